import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import {
  BakeoffError,
  type PlannedAgainst,
  type PlannedEntry,
  type PlannedScenario,
  type PlannedService,
  type PlanWarning,
  reachOf,
  type ScenarioSpec,
  type TargetSpec,
} from '@bakeoff/model'
import type { BrokenPart } from '../parse/broken.js'
import { buildOf } from './build-of.js'
import { planEntry, planService } from './planned-parts.js'

/** The targets and services of another commit, whose files the caller has put into a folder below the project. */
export interface OtherCommit {
  /** as the user named it */
  readonly ref: string
  /** its full hash */
  readonly commit: string
  /** absolute path of the folder with its files */
  readonly root: string
  readonly targets: readonly TargetSpec[]
  readonly scenarios: readonly ScenarioSpec[]
  readonly broken: readonly BrokenPart[]
  /** folders with the same files there and here, relative to the project: `targets/x`, `compose/y`, `services/z` that a target builds */
  readonly unchanged: ReadonlySet<string>
  /** folders that both are built with, which are today's although they differ there: `compose/toolchains/go` */
  readonly shared: readonly string[]
}

/** The entries of this checkout that are to have partners. */
interface Here {
  readonly entries: readonly PlannedEntry[]
  readonly scenarios: readonly PlannedScenario[]
  /** digest of a scenario's requests and answers, as far as the plan uses them */
  readonly workOf: (scenario: ScenarioSpec) => string
}

/** The entries of another commit, one for each entry that it has too. */
export interface Partners {
  readonly entries: readonly PlannedEntry[]
  readonly against: PlannedAgainst
  readonly warnings: readonly PlanWarning[]
}

/**
 * The same entries from another commit: its Dockerfiles, sources, settings and services, under today's caps, requests, answers and
 * loads, so that the work is the same.
 *
 * @throws BakeoffError BAD_SPEC when that commit has none of the entries
 */
export function partnersOf({ entries, scenarios, workOf }: Here, other: OtherCommit, root: string): Partners {
  const found = entries.map((entry) => {
    const scenario = scenarios.find(({ id }) => id === entry.scenario) as PlannedScenario
    return { entry, partner: partnerOf(entry, scenario, { ...other, project: root }) }
  })
  const partners = found.flatMap(({ partner }) => ('why' in partner ? [] : [partner]))
  const leftOut = found.flatMap(({ entry, partner }) =>
    'why' in partner ? [{ entry: entry.id, why: partner.why }] : [],
  )
  if (partners.length === 0) {
    throw new BakeoffError(
      'BAD_SPEC',
      `--against ${other.ref} (${shortCommit(other.commit)}): nothing that was selected is there\n${leftOut.map(({ entry, why }) => `  ${entry}: ${why}`).join('\n')}`,
      { hint: 'Name a commit that has these targets: git log --oneline -- targets' },
    )
  }
  const { ref, commit } = other
  const otherWork = scenarios.filter(({ id, workDigest }) => {
    const there = other.scenarios.find((scenario) => scenario.id === id)
    return there !== undefined && workOf(there) !== workDigest
  })
  return {
    entries: partners,
    against: { ref, commit, leftOut },
    warnings: [
      ...leftOut.map(({ entry, why }) => ({
        what: `${entry} is not compared with ${ref}`,
        where: `--against ${ref}`,
        why: `${why}.`,
        todo: 'It is measured by itself.',
      })),
      ...otherWork.map(({ id }) => ({
        what: `${id} has other requests or answers in ${ref}`,
        where: `--against ${ref}`,
        why: 'Both commits are measured with those of this checkout, so that the work is the same.',
        todo: `Targets of ${ref} that give the answers of then fail.`,
      })),
      ...(other.shared.length > 0
        ? [
            {
              what: `${other.shared.join(', ')} differ in ${ref}`,
              where: `--against ${ref}`,
              why: 'Both commits are built with those of this checkout: what changed in them is not part of the comparison.',
              todo: 'To compare them too, check that commit out, measure it, and name the run: --baseline RUN',
            },
          ]
        : []),
    ],
  }
}

/**
 * The order of a block: random by rank, and each entry beside its partner. Which of the two comes first is drawn by the seed, and
 * then takes turns from block to block: what the first one leaves to the second cancels.
 */
export function inBlock(
  entries: readonly PlannedEntry[],
  rank: (id: string) => string,
  { seed, repetition }: { readonly seed: number; readonly repetition: number },
): string[] {
  const places = entries.map((entry) => {
    const pair = entry.ofRef?.of ?? entry.id
    const drawn = createHash('sha256').update(`${seed}\0against\0${pair}`).digest()[0] as number
    const isTurned = (drawn + repetition) % 2 === 1
    return { id: entry.id, pair: rank(pair), turn: Number(Boolean(entry.ofRef) !== isTurned) }
  })
  return places.toSorted((a, b) => (a.pair === b.pair ? a.turn - b.turn : a.pair < b.pair ? -1 : 1)).map(({ id }) => id)
}

/** The first eight digits of a hash, which are enough to find a commit by. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 8)
}

interface Other extends OtherCommit {
  /** absolute path of the project */
  readonly project: string
}

/** The partner of an entry, or the reason why there is none. */
function partnerOf(entry: PlannedEntry, scenario: PlannedScenario, other: Other): PlannedEntry | { why: string } {
  const { ref } = other
  const target = other.targets.find(({ name }) => name === entry.target)
  if (!target) return { why: whyMissing('target', entry.target, other) }
  const variant = target.variants.find(({ name }) => name === entry.variant)
  if (!variant) return { why: `${ref} has no variant ${entry.variant} of ${entry.target}` }
  if (!variant.scenarios.includes(scenario.id)) return { why: `in ${ref} it does not serve ${scenario.id}` }
  if (entry.services || variant.services)
    return { why: 'it runs on services of its own, and only those of a scenario are taken from another commit' }
  const services = servicesOf(scenario, other)
  if (services !== null && 'why' in services) return services
  const there = planEntry({ target, variant }, scenario, other.project)
  const partner = withImage(there, entry, other)
  const isSame = services === null && JSON.stringify(measuredAs(partner)) === JSON.stringify(measuredAs(entry))
  return {
    ...partner,
    id: `${entry.id}.against`,
    variant: `${entry.variant}.against`,
    ofRef: { of: entry.id, isSame, services },
  }
}

/** The partner with its image: today's where it is made in the same way of the same files, or taken by the same name; else one of its own. */
function withImage(there: PlannedEntry, entry: PlannedEntry, other: Other): PlannedEntry {
  const [then, now] = [buildOf(there), buildOf(entry)]
  if (then === null) return there // by its name, which may be another one than today's
  const context = relative(relative(other.project, other.root), then.context) || '.'
  const isSame =
    now !== null &&
    other.unchanged.has(context) &&
    context === now.context &&
    then.dockerfile === now.dockerfile &&
    then.stage === now.stage
  if (!isSame) return { ...there, image: imageOf(`target/${entry.target}`, other) }
  const { imageFrom: _, ...rest } = there
  const { folder, image, imageFrom } = entry
  return { ...rest, folder, image, ...(imageFrom ? { imageFrom } : {}) }
}

/** What of an entry decides how it runs. */
function measuredAs({ image, replicas, proxy, command, environment, reach, tmpfs }: PlannedEntry) {
  const { port, tls } = reachOf({ reach })
  const sorted = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))
  return { image, replicas, proxy, command, environment: sorted, port, tls, tmpfs: tmpfs ?? [] }
}

/** The services of a scenario as they are there; null: they are the same. */
function servicesOf(scenario: PlannedScenario, other: Other): PlannedService[] | null | { why: string } {
  if (scenario.services.length === 0) return null
  const there = other.scenarios.find(({ id }) => id === scenario.id)
  if (!there) return { why: whyMissing('scenario', scenario.id, other) }
  const names = (services: readonly { readonly name: string }[]) => services.map(({ name }) => name).sort()
  if (names(there.services).join() !== names(scenario.services).join())
    return { why: `in ${other.ref} ${scenario.id} has other services: ${names(there.services).join(', ') || 'none'}` }
  const services = scenario.services.map((service): PlannedService => {
    const spec = there.services.find(({ name }) => name === service.name) as (typeof there.services)[number]
    const planned = planService(spec, scenario.cores, other.project)
    const { caps, requestedCpus } = service
    if (spec.build === null) return { ...planned, caps, requestedCpus }
    const path = relative(other.root, spec.build)
    const isSameImage = other.unchanged.has(path) && path === service.build
    const { build, image } = isSameImage
      ? service
      : { build: planned.build, image: imageOf(relative('compose', path), other) }
    return { ...planned, build, image, caps, requestedCpus }
  })
  return JSON.stringify(services) === JSON.stringify(scenario.services) ? null : services
}

function whyMissing(kind: 'target' | 'scenario', name: string, { ref, broken }: Other): string {
  const part = broken.find((one) => one.kind === kind && one.name === name)
  return part ? `in ${ref} its file cannot be used: ${part.message.split('\n', 1)[0]}` : `${ref} has no ${kind} ${name}`
}

/** The name of an image of another commit. It differs from today's, since both are measured in one run. */
function imageOf(path: string, { commit }: Other): string {
  return `bakeoff/against/${shortCommit(commit)}/${path}`
}
