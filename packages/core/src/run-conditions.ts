import type {
  Caps,
  Condition,
  EngineFacts,
  HostFacts,
  LoadSpec,
  Plan,
  PlannedBench,
  PlannedScenario,
  PlannedService,
  PlannedSite,
  Results,
} from '@bakeoff/model'
import { BENCH_HERE, formatBytes } from '@bakeoff/model'
import { settingDifferenceText, sharedLoadDifferences, warmedUpBy } from './load-settings.js'
import { benchShape, otherMachinesWords } from './words/benches.js'
import { cores } from './words/quantities.js'

/** The conditions of a run: known from a plan before anything is measured, and from results. */
export interface RunConditions {
  readonly host: Pick<HostFacts, 'cpuModel' | 'architecture' | 'cpus' | 'memoryBytes'>
  readonly engine: Pick<EngineFacts, 'name' | 'version'>
  readonly run: Pick<Results['run'], 'profile' | 'windowMs'>
  /** null or absent: one machine */
  readonly site?: Pick<PlannedSite, 'network' | 'hosts' | 'benches'> | null | undefined
  readonly scenarios: readonly ScenarioConditions[]
}

type ScenarioConditions = Pick<PlannedScenario, 'id' | 'targetCaps'> & {
  readonly workDigest?: string | null | undefined
  readonly services: readonly Pick<PlannedService, 'name' | 'caps'>[]
  readonly loads?: readonly LoadSpec[]
}

export function conditionsOf({ host, engine, site, profile, rules, scenarios }: Plan): RunConditions {
  return { host, engine, site, run: { profile, windowMs: rules.windowMs }, scenarios }
}

/**
 * The differences that could explain a change of figures without a change of the targets: another class of machine, engine or profile, another
 * kind of network or other roles on machines of their own, and for the scenarios of both runs, other caps, other work or other settings of a load. One phrase each, e.g. `profile: brief there, default here`; empty when
 * the runs can be compared. A value that either run does not know is not a difference.
 *
 * A history goes by the same values, loads aside: runs under the same conditions are one series. A load is a cell of its own
 * there, and has no figure from a run in which it was set otherwise.
 */
export function otherConditions(baseline: RunConditions, here: RunConditions): string[] {
  return [
    ...differing(ofRun(baseline), ofRun(here)),
    ...here.scenarios.flatMap((scenario) => {
      const there = baseline.scenarios.find(({ id }) => id === scenario.id)
      return there
        ? [
            ...differing(ofScenario(there), ofScenario(scenario)),
            ...differing(ofWarmUp(there), ofWarmUp(scenario)),
            ...otherLoads(there, scenario),
          ]
        : []
    }),
  ]
}

/** The conditions under which a scenario of a run was measured. */
export function conditionsIn(run: RunConditions, scenario: string): Condition[] {
  return [...ofRun(run), ...run.scenarios.filter(({ id }) => id === scenario).flatMap(ofScenario)]
}

function ofRun({ host, engine, run, site }: RunConditions): Condition[] {
  return [
    { what: 'processor', value: host.cpuModel },
    { what: 'architecture', value: host.architecture },
    { what: 'logical CPUs', value: `${host.cpus.length}` },
    // Kernels reserve a little more or less of the same memory.
    { what: 'memory', value: host.memoryBytes === null ? null : `${Math.round(host.memoryBytes / 1024 ** 3)} GiB` },
    { what: 'engine', value: `${engine.name} ${engine.version}` },
    { what: 'profile', value: run.profile },
    { what: 'window', value: `${run.windowMs} ms` },
    ...ofMachines(site ?? null),
  ]
}

/** Who pays for a packet differs with the kind of network, and what load agents can do with the machines that they have for themselves. */
function ofMachines(site: NonNullable<RunConditions['site']> | null): Condition[] {
  const network = site?.network ?? 'bridge'
  const shape = benchShape(firstBench(site))
  const usual = benchShape(firstBench(null))
  return [
    { what: 'kind of network', value: network, ...(network === 'bridge' ? { isUsual: true } : {}) },
    { what: 'machines of a bench', value: shape, ...(shape === usual ? { isUsual: true } : {}) },
    { what: 'machine of services', value: site && otherMachinesWords(site, 'services') },
    { what: 'machines of load agents', value: site && otherMachinesWords(site, 'agents') },
  ]
}

function firstBench(site: NonNullable<RunConditions['site']> | null): PlannedBench {
  return site?.benches[0] ?? BENCH_HERE
}

function ofScenario({ id, workDigest, targetCaps, services }: ScenarioConditions): Condition[] {
  return [
    { what: `requests and answers of ${id}`, value: workDigest ?? null, isDigest: true },
    { what: `caps of the target in ${id}`, value: capsText(targetCaps) },
    ...services.map(({ name, caps }) => ({ what: `caps of ${name} in ${id}`, value: capsText(caps) })),
  ]
}

/** The load that comes first, by which a target is warm when the others begin. */
function ofWarmUp({ id, loads }: ScenarioConditions): Condition[] {
  return [{ what: `load that warms targets up in ${id}`, value: warmedUpBy(loads ?? []) }]
}

/** `load rate-200 of predict: connections 256 there, 32 here`. A load that only one of the runs has is no difference. */
function otherLoads({ loads: there = [] }: ScenarioConditions, { id, loads: here = [] }: ScenarioConditions): string[] {
  return sharedLoadDifferences(there, here).map(
    ({ loadId, settings }) => `load ${loadId} of ${id}: ${settings.map(settingDifferenceText).join(', ')}`,
  )
}

function differing(there: readonly Condition[], here: readonly Condition[]): string[] {
  return here.flatMap(({ what, value, isDigest }) => {
    const other = there.find((each) => each.what === what)?.value ?? null
    if (other === null || value === null || other === value) return []
    return [isDigest ? what : `${what}: ${other} there, ${value} here`]
  })
}

function capsText({ cpus, quotaCpus, memoryBytes }: Caps): string {
  const quota = quotaCpus === null ? '' : ` (quota ${quotaCpus})`
  return `${cores(cpus)}${quota} and ${formatBytes(memoryBytes)}`
}
