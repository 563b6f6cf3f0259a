import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import {
  type ContractCase,
  contractCase,
  DEFAULT_OFFERED,
  goldenLine,
  type LoadSpec,
  loadKinds,
  type Offered,
  parseBytes,
  parseDurationMs,
  parseFraction,
  parsePerSecond,
  requestLine,
  type ScenarioSpec,
  type ServiceSpec,
  scenarioFile,
} from '@bakeoff/model'
import { parse } from 'yaml'
import { inOneForm, type PlainScenarioFile, type ServiceFile } from './compose-forms.js'
import { goldenProblems, ignoreProblems, withIgnored } from './golden.js'
import { readNdjson, valueLines } from './ndjson.js'
import { badSpec, didYouMean, type Problem } from './problem.js'
import { reservedOfScenario } from './reserved-env.js'
import { readState } from './state.js'
import { counterProblems, countersOf, respellOf, respellProblems, unspellable } from './under-load.js'
import { type Located, readYaml } from './yaml.js'

export interface ScenarioTexts {
  /** the file's name without .yaml */
  readonly id: string
  readonly file: string
  readonly yaml: string
  /** absolute path of a path written in the file, which is relative to it */
  resolve(path: string): string
  /** text of a file beside the scenario, null when there is none */
  read(path: string): string | null
  /** true when the folder exists and holds a Dockerfile */
  buildable(path: string): boolean
}

/** Members of a service that say nothing of the target: its folder does. */
const NOT_OF_TARGET = ['build', 'command', 'healthcheck', 'read_only', 'tmpfs', 'shm_size', 'user'] as const

const DEFAULT_TOLERANCE = { exact: 0, 'ranked-scores': 1e-4, cosine: 1e-4 }

/**
 * A scenario from its Compose file and the files that it names.
 *
 * @throws BakeoffError BAD_SPEC with file, line and column
 */
export function parseScenario(texts: ScenarioTexts): ScenarioSpec {
  const located = inOneForm(readYaml(texts.file, texts.yaml, scenarioFile))
  const file = located.value
  const x = file['x-scenario']
  const { requests, golden, contract, places, respell, state, workDigest } = readWork(texts, located)
  const offered = offeredOf(x)
  const services = Object.entries(file.services).map(([name, service]) => toService(name, service, texts, x.quotas))
  return {
    id: texts.id,
    file: texts.file,
    summary: x.summary,
    source: x.source ?? null,
    target: services.find(({ name }) => name === 'target') as ServiceSpec,
    services: inStartOrder(services.filter(({ name }) => name !== 'target')),
    quotas: x.quotas ?? false,
    requests,
    golden,
    contract,
    ...(places ? { places } : {}),
    compare: x.expect.compare,
    tolerance: x.expect.tolerance ?? DEFAULT_TOLERANCE[x.expect.compare],
    loads: toLoads(x, offered),
    ...offered,
    ...levelsOf(x),
    stream: x.stream ?? false,
    script: x.script ? { firstByteMs: ms(x.script.firstByte), gapMs: ms(x.script.gap), chunks: x.script.chunks } : null,
    requestTimeoutMs: parseDurationMs(x.load.timeout ?? '10s') as number,
    wholePasses: x.load.wholePasses ?? false,
    warmUpLimitMs: x.load.warmUp === undefined ? null : ms(x.load.warmUp),
    longestWindowMs: x.load.longest === undefined ? null : ms(x.load.longest),
    respell,
    counters: countersOf(file),
    state,
    workDigest,
  }
}

/** The folders that a scenario wants to have built for its services, relative to its file. Checks nothing else. */
export function wantedServiceFolders(yaml: string): string[] {
  try {
    const { services } = (parse(yaml) ?? {}) as { readonly services?: Readonly<Record<string, { build?: unknown }>> }
    return Object.values(services ?? {}).flatMap((service) => {
      const build = scenarioFile.shape.services.valueType.shape.build.safeParse(service?.build).data
      return build === undefined ? [] : [typeof build === 'string' ? build : build.context]
    })
  } catch {
    return []
  }
}

/** What a scenario asks, which answers are right, and what the contract is. */
type Work = Pick<ScenarioSpec, 'requests' | 'golden' | 'contract' | 'places' | 'respell' | 'state' | 'workDigest'>

/** @throws BakeoffError BAD_SPEC with all that is wrong in the file, else in what it names */
function readWork(texts: ScenarioTexts, located: Located<PlainScenarioFile>): Work {
  const file = located.value
  const x = file['x-scenario']
  const { contents, missing } = readNamed(texts, located)
  const problems = [...problemsOf(texts, located), ...missing]
  if (problems.length > 0) throw badSpec(problems, texts.yaml)

  const [requestText, goldenText] = [contents.requests as string, contents.golden as string]
  const beside = (path: string) => join(dirname(texts.file), path)
  const requests = readNdjson(beside(x.requests), requestText, requestLine)
  const written = readNdjson(beside(x.expect.golden), goldenText, goldenLine)
  const unfit = goldenProblems(beside(x.expect.golden), goldenText, written, x.expect.compare)
  if (unfit.length > 0) throw badSpec(unfit, goldenText)
  const golden = withIgnored(written, x.expect.ignore)
  const contract: ContractCase[] = x.contract
    ? readNdjson(beside(x.contract), contents.contract as string, contractCase)
    : []
  const mismatches = workProblems(located, { requests, golden, contract })
  if (mismatches.length > 0) throw badSpec(mismatches, texts.yaml)
  const state = readState({
    located,
    requests: { file: beside(x.requests), text: requestText, values: requests },
    golden: { file: beside(x.expect.golden), text: goldenText, values: golden },
    contract: { file: beside(x.contract ?? ''), text: contents.contract ?? '', values: contract },
    read: (path) => texts.read(path),
    beside,
  })
  const respell = respellOf(file)
  const odd = respell ? unspellable(beside(x.requests), requestText, requests, respell) : []
  if (odd.length > 0) throw badSpec(odd, requestText)
  const places = {
    requests: beside(x.requests),
    golden: beside(x.expect.golden),
    contract: valueLines(contents.contract ?? '').map(({ number }) => `${beside(x.contract ?? '')}:${number}`),
  }
  const workDigest = digestOf(requestText, goldenText, x, state)
  return { requests, golden, contract, places, respell, state, workDigest }
}

/** @param state its values with what they are picked from; of a secret only the name of its variable */
function digestOf(
  requestText: string,
  goldenText: string,
  { expect: { ignore } }: PlainScenarioFile['x-scenario'],
  state: Work['state'],
): string {
  const digest = createHash('sha256').update(requestText).update('\0').update(goldenText)
  if (state) digest.update('\0').update(JSON.stringify(state))
  if (ignore) digest.update('\0').update(JSON.stringify(ignore))
  return digest.digest('hex')
}

/** What is wrong in the file by itself. */
function problemsOf(texts: ScenarioTexts, located: Located<PlainScenarioFile>): Problem[] {
  const { name } = located.value
  return [
    ...serviceProblems(texts, located),
    ...targetProblems(located),
    ...reservedOfScenario(located),
    ...toleranceProblems(located),
    ...ignoreProblems(located),
    ...loadProblems(located),
    ...respellProblems(located),
    ...counterProblems(located),
    ...(name === undefined || name === texts.id
      ? []
      : [
          located.problem(['name'], `name is "${name}", and the file is ${texts.id}.yaml`, {
            hint: 'They are the same word: rename one of them.',
          }),
        ]),
  ]
}

/** The texts of the files that a scenario names, by what they are. */
function readNamed(texts: ScenarioTexts, located: Located<PlainScenarioFile>) {
  const { requests, expect, contract } = located.value['x-scenario']
  const named = [
    { what: 'requests', at: ['requests'], path: requests },
    { what: 'golden', at: ['expect', 'golden'], path: expect.golden },
    ...(contract ? [{ what: 'contract', at: ['contract'], path: contract }] : []),
  ]
  const contents: Record<string, string> = {}
  const missing: Problem[] = []
  for (const { what, at, path } of named) {
    const text = texts.read(path)
    if (text === null) missing.push(located.problem(['x-scenario', ...at], `there is no file ${path}`))
    else contents[what] = text
  }
  return { contents, missing }
}

/** What does not fit together in the files that a scenario names. */
function workProblems(
  located: Located<PlainScenarioFile>,
  { requests, golden, contract }: Pick<Work, 'requests' | 'golden' | 'contract'>,
): Problem[] {
  const problems: Problem[] = []
  if (requests.length === 0) problems.push(located.problem(['x-scenario', 'requests'], 'the file has no request'))
  if (golden.length !== requests.length) {
    problems.push(
      located.problem(
        ['x-scenario', 'expect', 'golden'],
        `${golden.length} golden answers for ${requests.length} requests`,
        { hint: 'Line i answers request i.' },
      ),
    )
  }
  for (const one of contract) {
    for (const service of [one.while?.stopped, one.request.service]) {
      if (service && !(service in located.value.services))
        problems.push(
          located.problem(
            ['x-scenario', 'contract'],
            `the case "${one.name}" names the service "${service}", which is not in services`,
          ),
        )
    }
  }
  return problems
}

function serviceProblems(texts: ScenarioTexts, located: Located<PlainScenarioFile>): Problem[] {
  const { services } = located.value
  const names = Object.keys(services)
  const problems: Problem[] = []
  if (!services.target) {
    const meant = didYouMean('target', names)
    problems.push(
      located.problem(
        ['services'],
        'no service is called "target": nothing would be measured',
        meant ? { key: true, hint: `Did you mean "target" where it says "${meant}"?` } : { key: true },
      ),
    )
  }
  for (const name of names) {
    problems.push(...imageProblems(texts, located, name), ...dependencyProblems(located, name))
    if (name !== 'target' && services[name]?.cpus === 0)
      problems.push(located.problem(['services', name, 'cpus'], 'only the target can be without a cap'))
  }
  if (services.target?.cpus === 0 && located.value['x-scenario'].quotas)
    problems.push(located.problem(['services', 'target', 'cpus'], 'a target without a cap has no quota either'))
  if (problems.length === 0 && cycleIn(services))
    problems.push(
      located.problem(['services'], `depends_on goes round in a circle: ${cycleIn(services)}`, { key: true }),
    )
  return problems
}

/** What is wrong with what a service is called and made from. */
function imageProblems(texts: ScenarioTexts, located: Located<PlainScenarioFile>, name: string): Problem[] {
  const service = located.value.services[name] as ServiceFile
  const path = ['services', name]
  const problems: Problem[] = []
  if (name === 'agent')
    problems.push(located.problem(path, 'a service cannot be called "agent": that is the load agent', { key: true }))
  if (name === 'target' && service.image !== '${TARGET_IMAGE}') {
    problems.push(
      located.problem(
        [...path, ...(service.image === undefined ? [] : ['image'])],
        'the target\'s image is "${TARGET_IMAGE}": every target takes its place',
      ),
    )
  }
  if (name !== 'target' && (service.image === undefined) === (service.build === undefined)) {
    problems.push(located.problem(path, `${name} needs either image or build`, { key: true }))
  }
  if (name !== 'target' && service.image?.includes('$')) {
    problems.push(
      located.problem([...path, 'image'], `"${service.image}" is not replaced: only \${TARGET_IMAGE} is known`, {
        hint: 'Nothing is taken from the environment of the host. Write the name of the image itself.',
      }),
    )
  }
  if (service.build !== undefined && !texts.buildable(service.build)) {
    problems.push(located.problem([...path, 'build'], `there is no Dockerfile in ${service.build}`))
  }
  return problems
}

/** What is said of the target, and would go nowhere. */
function targetProblems({ value, problem }: Located<PlainScenarioFile>): Problem[] {
  const { target } = value.services
  return NOT_OF_TARGET.filter((member) => target?.[member] !== undefined).map((member) =>
    problem(['services', 'target', member], `${member} of the target is not read: every target brings its own`, {
      key: true,
      hint: 'Take it out. What differs from target to target stands in its Dockerfile and target.yaml.',
    }),
  )
}

function toleranceProblems({ value, problem }: Located<PlainScenarioFile>): Problem[] {
  const { compare, tolerance } = value['x-scenario'].expect
  return compare !== 'exact' || tolerance === undefined
    ? []
    : [
        problem(['x-scenario', 'expect', 'tolerance'], 'exact answers have no tolerance', {
          key: true,
          hint: 'Take it out, or compare by `ranked-scores` or `cosine`.',
        }),
      ]
}

/** What is wrong with what a service waits for. */
function dependencyProblems(located: Located<PlainScenarioFile>, name: string): Problem[] {
  const { services } = located.value
  const { depends_on: dependsOn = {} } = services[name] as ServiceFile
  const problems: Problem[] = []
  for (const [other, { condition }] of Object.entries(dependsOn)) {
    const at = ['services', name, 'depends_on', other]
    if (!services[other]) {
      const meant = didYouMean(other, Object.keys(services))
      problems.push(
        located.problem(at, `${name} depends on "${other}", which is not in services`, {
          key: true,
          ...(meant ? { hint: `Did you mean "${meant}"?` } : {}),
        }),
      )
    } else if (condition === 'service_healthy' && !services[other].healthcheck && other !== 'target') {
      problems.push(
        located.problem(at, `${name} waits until ${other} is healthy, and ${other} has no healthcheck`, { key: true }),
      )
    } else if (condition === 'service_completed_successfully' && services[other].healthcheck) {
      problems.push(
        located.problem(
          at,
          `${name} waits until ${other} has done its work and ended, and ${other} has a healthcheck`,
          {
            key: true,
            hint: 'Take the healthcheck out: a service that has one is not meant to end.',
          },
        ),
      )
    }
  }
  if (name !== 'target' && dependsOn.target)
    problems.push(
      located.problem(
        ['services', name, 'depends_on', 'target'],
        'a service cannot wait for the target: the target is started last',
        { key: true },
      ),
    )
  return problems
}

function loadProblems(located: Located<PlainScenarioFile>): Problem[] {
  const { load, slo } = located.value['x-scenario']
  const problems: Problem[] = []
  const path = ['x-scenario', 'load']
  const asked = loadKinds.filter(({ kind }) => isAsked(load[kind]))
  const alone = loadKinds.flatMap(({ kind, best }) => (best === 'needs' ? [] : kind))
  if (!asked.some(({ best }) => best !== 'needs')) {
    problems.push(
      located.problem(
        path,
        `load has neither ${alone.slice(0, -1).join(', ')} nor ${alone.at(-1)}: nothing would be measured`,
        { key: true },
      ),
    )
  }
  const about = { givesBest: asked.some(({ best }) => best === 'gives'), hasSlo: slo !== undefined }
  for (const kind of asked) {
    const refusal = kind.refusal(about)
    if (refusal === null) continue
    const { why, hint } = refusal
    problems.push(located.problem([...path, kind.kind], why, { key: true, ...(hint === null ? {} : { hint }) }))
  }
  for (const { kind } of asked) {
    const values: unknown = load[kind]
    if (!Array.isArray(values)) continue
    const twice = values.findIndex((value, index) => typeof value === 'number' && values.indexOf(value) !== index)
    if (twice >= 0) problems.push(located.problem([...path, kind, twice], `${kind} has ${values[twice]} twice`))
  }
  return problems
}

/** `true`, or a list with something in it. */
function isAsked(written: boolean | readonly unknown[] | undefined): boolean {
  return Array.isArray(written) ? written.length > 0 : Boolean(written)
}

function cycleIn(services: PlainScenarioFile['services']): string | null {
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]): string | null => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name].join(' → ')
    if (done.has(name)) return null
    for (const other of Object.keys(services[name]?.depends_on ?? {})) {
      const found = visit(other, [...trail, name])
      if (found) return found
    }
    done.add(name)
    return null
  }
  for (const name of Object.keys(services)) {
    const found = visit(name, [])
    if (found) return found
  }
  return null
}

function toService(name: string, service: ServiceFile, texts: ScenarioTexts, quotas = false): ServiceSpec {
  const check = service.healthcheck
  return {
    name,
    build: service.build === undefined ? null : texts.resolve(service.build),
    image: name === 'target' ? null : (service.image ?? null),
    cpus: service.cpus,
    quota: quotas || !Number.isInteger(service.cpus),
    memoryBytes: toBytes(service.mem_limit),
    environment: Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    command: service.command ?? null,
    dependsOn: Object.entries(service.depends_on ?? {}).map(([other, { condition }]) => ({
      service: other,
      condition,
    })),
    healthcheck: check
      ? {
          test: check.test,
          intervalMs: parseDurationMs(check.interval ?? '100ms') as number,
          timeoutMs: parseDurationMs(check.timeout ?? '5s') as number,
          retries: check.retries ?? 300,
          startPeriodMs: parseDurationMs(check.start_period ?? '0s') as number,
        }
      : null,
    readOnly: service.read_only ?? true,
    tmpfs: service.tmpfs ?? [],
    shmBytes: service.shm_size === undefined ? null : toBytes(service.shm_size),
    user: service.user ?? null,
  }
}

/** The loads of the file, by kind; searches come last, since they leave a target overloaded. */
function toLoads({ load }: PlainScenarioFile['x-scenario'], offered: Offered): LoadSpec[] {
  const loads = loadKinds.flatMap((kind) => {
    const written = load[kind.kind]
    return written === undefined
      ? []
      : kind.read(written, offered).map((each) => ({ each, last: kind.windows === 'several' }))
  })
  return loads.toSorted((a, b) => Number(a.last) - Number(b.last)).map(({ each }) => each)
}

/** The settings of all offered loads of a scenario, whether its file names the rate or a run adds it. */
function offeredOf({ load, slo }: PlainScenarioFile['x-scenario']): Offered {
  return {
    connections: load.connections ?? DEFAULT_OFFERED.connections,
    arrivals: load.arrivals ?? DEFAULT_OFFERED.arrivals,
    slo: slo ? { p99Ms: ms(slo.p99), errors: toShare(slo.errors ?? 0) } : null,
  }
}

/** The service level at the rate that the file names; nothing where it names none. */
function levelsOf({ slo }: PlainScenarioFile['x-scenario']): Pick<ScenarioSpec, 'levels'> {
  if (slo?.at === undefined) return {}
  const perSecond = typeof slo.at === 'number' ? slo.at : (parsePerSecond(slo.at) as number)
  return { levels: [{ perSecond, p95Ms: null, p99Ms: ms(slo.p99), errors: toShare(slo.errors ?? 0) }] }
}

/** Services so that each comes after those it depends on; otherwise as written. */
function inStartOrder(services: readonly ServiceSpec[]): ServiceSpec[] {
  const ordered: ServiceSpec[] = []
  const add = (service: ServiceSpec): void => {
    if (ordered.includes(service)) return
    for (const { service: other } of service.dependsOn) {
      const found = services.find(({ name }) => name === other)
      if (found) add(found)
    }
    ordered.push(service)
  }
  for (const service of services) add(service)
  return ordered
}

function toBytes(size: string | number): number {
  return typeof size === 'number' ? size : (parseBytes(size) as number)
}

function toShare(share: string | number): number {
  return typeof share === 'number' ? share : (parseFraction(share) as number)
}

function ms(duration: string): number {
  return parseDurationMs(duration) as number
}
