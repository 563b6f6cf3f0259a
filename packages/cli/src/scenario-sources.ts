/** What a new scenario is made of, as a user says it. */
import type { ApiFilter, SecretsAs } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'

/** Of the five sources one gives requests; `compose` gives services, beside it or alone. */
export interface ScenarioSources {
  readonly har: string | null
  readonly openapi: string | null
  /** commands, or `@FILE` */
  readonly curl: readonly string[] | null
  readonly compose: string | null
  readonly from: string | null
  /** a target, or the address of a server that runs */
  readonly reference: string | null
  /** the scenario that init began and whose place this one takes */
  readonly replace: string | null
  readonly targetService: string | null
  readonly filter: ApiFilter
  readonly most: number
  readonly each: number
  readonly seed: number
  readonly count: number | null
  readonly port: number
  readonly secretsAs: SecretsAs
}

/** The numbers of a source that a user does not name. */
export const USUAL_NUMBERS = { most: 1000, each: 1, seed: 1, port: 0 } as const

type Source = 'har' | 'openapi' | 'curl' | 'from'

/** Options that only some sources read, with those: beside the others they would have no effect. */
const OF_SOURCES: readonly {
  readonly option: string
  readonly sources: readonly Source[]
  isGiven(given: ScenarioSources): boolean
}[] = [
  { option: '--origin', sources: ['har'], isGiven: ({ filter }) => filter.origins !== null },
  { option: '--mime', sources: ['har', 'from'], isGiven: ({ filter }) => filter.mimes !== null },
  { option: '--method', sources: ['har', 'from', 'openapi'], isGiven: ({ filter }) => filter.methods !== null },
  { option: '--most', sources: ['har', 'from', 'openapi'], isGiven: ({ most }) => most !== USUAL_NUMBERS.most },
  { option: '--each', sources: ['openapi'], isGiven: ({ each }) => each !== USUAL_NUMBERS.each },
  { option: '--seed', sources: ['openapi'], isGiven: ({ seed }) => seed !== USUAL_NUMBERS.seed },
  { option: '--count', sources: ['from'], isGiven: ({ count }) => count !== null },
  { option: '--port', sources: ['from'], isGiven: ({ port }) => port !== USUAL_NUMBERS.port },
  {
    option: '--secrets',
    sources: ['har', 'from', 'openapi', 'curl'],
    isGiven: ({ secretsAs }) => secretsAs !== 'dropped',
  },
]

/** @throws BakeoffError BAD_SPEC for sources that say the same twice, or nothing, and for options that would have no effect */
export function refuseContradictions(given: ScenarioSources): void {
  const { har, openapi, curl, from, compose, reference, targetService } = given
  const sources = Object.entries({ har, openapi, curl, from }).flatMap(([source, value]) =>
    value === null ? [] : [source as Source],
  )
  const [source] = sources
  if (sources.length > 1)
    throw new BakeoffError('BAD_SPEC', `${sources.map((one) => `--${one}`).join(' and ')} both give requests`, {
      hint: 'Make a scenario of each.',
    })
  if (source === undefined && compose === null)
    throw new BakeoffError('BAD_SPEC', 'there is nothing to make a scenario of', {
      hint: "Give one: --har FILE, --openapi FILE, --curl '…', --from http://127.0.0.1:3000 or --compose docker-compose.yml",
    })
  if (reference === null && har === null && from === null)
    throw new BakeoffError('BAD_SPEC', `--${source ?? 'compose'} has no answers, and a scenario needs golden ones`, {
      hint: 'Say who gives them: --reference TARGET starts one of targets/, --reference http://127.0.0.1:3000 asks a server that runs.',
    })
  if (targetService !== null && compose === null)
    throw new BakeoffError('BAD_SPEC', '--target-service is a service of --compose', {
      hint: 'Add --compose docker-compose.yml.',
    })
  const idle = OF_SOURCES.find((one) => one.isGiven(given) && !(source && one.sources.includes(source)))
  if (idle !== undefined)
    throw new BakeoffError('BAD_SPEC', `${idle.option} has no effect with --${source ?? 'compose'}`, {
      hint: `It is for ${idle.sources.map((one) => `--${one}`).join(', ')}: take it out.`,
    })
}
