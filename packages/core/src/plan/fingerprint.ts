import type {
  Calibration,
  EngineFacts,
  HostFacts,
  LogicalCpu,
  Plan,
  PlannedHost,
  PlannedSite,
  RepetitionRecord,
  StoredFingerprint,
} from '@bakeoff/model'
import { benchWords, formatBytes } from '@bakeoff/model'
import { list } from '../words/quantities.js'
import { benchesThatAreLeft } from './fleet.js'

/** A fingerprint: everything that must be the same before and after a break, or one run would hold figures of two different things. */
export interface Fingerprint {
  readonly host: HostFacts
  readonly engine: EngineFacts
  /** null: one machine, that of `host` and `engine` */
  readonly site: PlannedSite | null
  readonly git: { readonly commit: string | null; readonly dirty: boolean | null }
  /** sha256 of the program's code that plans and measures; null: not recorded */
  readonly code: string | null
  /** sha256 of plan.json; null: not recorded */
  readonly planDigest: string | null
  /** the profile of matrix.yaml; null: not recorded, or matrix.yaml has no profile of this name any more */
  readonly profile: Readonly<Record<string, unknown>> | null
  /** digests of requests and golden answers by scenario; null: the scenario is gone */
  readonly work: Readonly<Record<string, string | null>>
  /** null: not known */
  readonly baseId: string | null
  /** ids by name; more than one where records of one run disagree; `why` where there is none now */
  readonly images: Readonly<Record<string, { readonly ids: readonly string[]; readonly why?: string }>>
}

export interface FingerprintDifference {
  readonly of: 'host' | 'engine' | 'program' | 'plan' | 'work' | 'image'
  /** the name for readers: `kernel`, `image bakeoff/postgres` */
  readonly what: string
  readonly was: string
  readonly is: string
}

export interface FingerprintComparison {
  readonly differences: readonly FingerprintDifference[]
  /** what cannot be compared because the earlier run did not record it */
  readonly unchecked: readonly string[]
  /** sentences about differences that cannot change a figure */
  readonly notes: readonly string[]
}

/** The files of a run that a fingerprint is made from. */
export interface RunOnDisk {
  readonly plan: Plan
  /** null in runs that are older than fingerprints, and in runs that ended before their images were there */
  readonly stored: StoredFingerprint | null
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
  /** of context.json */
  readonly baseId: string | null
}

/** The tolerance for memory, which differs slightly from boot to boot on one machine. */
const MEMORY_TOLERANCE = 0.01

/** The fingerprint of a run, from its plan, its stored fingerprint, and the image ids in its records. */
export function fingerprintOnDisk({ plan, stored, records, calibrations, baseId }: RunOnDisk): Fingerprint {
  const images = new Map<string, Set<string>>()
  const add = (name: string, id: string) => images.set(name, (images.get(name) ?? new Set()).add(id))
  for (const [name, { id }] of Object.entries(stored?.images ?? {})) add(name, id)
  for (const { image, images: ids } of records) {
    if (image) add(image.name, image.id)
    for (const [name, id] of Object.entries(ids ?? {})) add(name, id)
  }
  for (const { images: ids } of calibrations) for (const [name, id] of Object.entries(ids ?? {})) add(name, id)
  return {
    host: plan.host,
    engine: plan.engine,
    site: plan.site ?? null,
    git: { commit: plan.gitCommit, dirty: plan.gitDirty },
    code: stored?.code ?? null,
    planDigest: stored?.planDigest ?? null,
    profile: stored?.profile ?? null,
    work: Object.fromEntries(plan.scenarios.map(({ id, workDigest }) => [id, workDigest])),
    baseId: stored?.baseId ?? baseId,
    images: Object.fromEntries([...images].map(([name, ids]) => [name, { ids: [...ids] }])),
  }
}

/** Every difference by name, with the old and the new value. Host names are not compared, only shown. */
export function compareFingerprints(before: Fingerprint, now: Fingerprint): FingerprintComparison {
  const differences: FingerprintDifference[] = []
  const unchecked: string[] = []
  const compare = (of: FingerprintDifference['of']) => {
    return (what: string, was: Shown, is: Shown, same: (a: string, b: string) => boolean = equal) => {
      if (was === null || was === undefined) {
        if (is !== null && is !== undefined) unchecked.push(what)
      } else if (is === null || is === undefined || !same(String(was), String(is)))
        differences.push({ of, what, was: String(was), is: String(is ?? 'unknown') })
    }
  }
  const compareMachine = (was: Machine, is: Machine, name = '') => {
    const of = (what: FingerprintDifference['of']) => named(compare(what), name)
    compareHosts(was.facts, is.facts, of('host'))
    compareEngines(was.engine, is.engine, of('engine'))
  }
  if (before.site && now.site) compareSites(before.site, now.site, compare('host'), compareMachine)
  else if (before.site || now.site) compare('host')('machines', machinesText(before.site), machinesText(now.site))
  else compareMachine({ facts: before.host, engine: before.engine }, { facts: now.host, engine: now.engine })
  const notes = [
    ...withoutBenches(before.site, now.site),
    ...compareProgram(before, now, compare('program'), unchecked),
  ]
  comparePlans(before, now, compare('plan'))
  for (const [scenario, digest] of Object.entries(before.work))
    compare('work')(`requests and answers of ${scenario}`, short(digest), short(now.work[scenario]) ?? 'gone')
  compare('image')('base image', short(before.baseId), short(now.baseId))
  for (const [name, { ids, why }] of Object.entries(now.images).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const earlier = before.images[name]?.ids
    const what = `image ${name}`
    if (earlier === undefined) {
      if (before.code === null) unchecked.push(what) // else it could not be built then, and nothing was measured with it
    } else compare('image')(what, earlier.map(short).join(' and '), why ?? ids.map(short).join(' and '))
  }
  return { differences, unchecked, notes }
}

type Shown = string | number | null | undefined
type Compare = (what: string, was: Shown, is: Shown, same?: (a: string, b: string) => boolean) => void

type Machine = Pick<PlannedHost, 'facts' | 'engine'>

/** Compares with the name of the machine before what is compared: `db-1: kernel`. */
function named(compare: Compare, name: string): Compare {
  return (what, ...values) => compare(name === '' ? what : `${name}: ${what}`, ...values)
}

/** The network, the benches, and each machine by its name. The ways to their engines may be others. */
function compareSites(
  before: PlannedSite,
  now: PlannedSite,
  compare: Compare,
  compareMachine: (was: Machine, is: Machine, name: string) => void,
): void {
  compare('kind of network', before.network, now.network)
  compare('MTU of the network', before.mtu, now.mtu)
  if (benchesThatAreLeft(before, now) === null) compare('benches', benchesText(before), benchesText(now))
  for (const was of before.hosts) {
    const is = now.hosts.find(({ name }) => name === was.name)
    if (!is) continue // the benches differ, and say so, or the run goes on without one of them
    compare(`${was.name}: address`, was.address, is.address)
    compareMachine(was, is, was.name)
  }
}

/** What a run that goes on does without. */
function withoutBenches(before: PlannedSite | null, now: PlannedSite | null): string[] {
  const left = before && now && benchesThatAreLeft(before, now)
  const gone = before?.benches.filter(({ id }) => left?.every((bench) => bench.id !== id)) ?? []
  return left === null || gone.length === 0 ? [] : [`the run goes on without ${list(gone.map(({ id }) => id))}`]
}

function machinesText(site: PlannedSite | null): string {
  return site === null ? 'this one' : benchesText(site)
}

function benchesText({ benches }: PlannedSite): string {
  return benches.map(benchWords).join('; ')
}

function compareHosts(before: HostFacts, now: HostFacts, compare: Compare): void {
  compare('machine', before.machineId, now.machineId)
  compare('processor', before.cpuModel, now.cpuModel)
  compare('cores', coresText(before.cpus), coresText(now.cpus))
  compare('memory', bytesText(before.memoryBytes), bytesText(now.memoryBytes), () =>
    isSameMemory(before.memoryBytes, now.memoryBytes),
  )
  compare('kernel', before.kernel, now.kernel)
  compare('CPU governor', before.governor, now.governor)
}

function compareEngines(before: EngineFacts, now: EngineFacts, compare: Compare): void {
  compare('engine', before.name, now.name)
  compare('engine version', before.version, now.version)
  // An engine without an id is identified by its endpoint.
  if (before.id === null && now.id === null) compare('engine endpoint', before.endpoint, now.endpoint)
  else compare('engine id', before.id, now.id)
  compare('cgroup version', before.cgroupVersion, now.cgroupVersion)
  compare('storage driver', before.storageDriver, now.storageDriver)
  if (now.sameKernel && before.sameKernel) return
  compare('cores of the engine', before.cpus, now.cpus)
  compare('memory of the engine', bytesText(before.memoryBytes), bytesText(now.memoryBytes), () =>
    isSameMemory(before.memoryBytes, now.memoryBytes),
  )
}

/** Compares the code itself where its digest is known, else the commit. */
function compareProgram(before: Fingerprint, now: Fingerprint, compare: Compare, unchecked: string[]): string[] {
  compare('Node', before.host.nodeVersion, now.host.nodeVersion)
  if (before.code !== null && now.code !== null) {
    compare('code that measures', codeText(before), codeText(now), () => before.code === now.code)
    return before.code === now.code && before.git.commit !== now.git.commit
      ? [
          `the commit is ${commitText(now.git)} and was ${commitText(before.git)}; the code that measures is the same in both`,
        ]
      : []
  }
  compare('commit', before.git.commit, now.git.commit)
  if (before.git.dirty !== false || now.git.dirty !== false) unchecked.push('changes that were not committed')
  return []
}

function comparePlans(before: Fingerprint, now: Fingerprint, compare: Compare): void {
  compare('plan.json', short(before.planDigest), short(now.planDigest))
  if (before.profile === null) {
    compare('profile in matrix.yaml', null, 'known')
    return
  }
  const names = new Set([...Object.keys(before.profile), ...Object.keys(now.profile ?? {})])
  if (now.profile === null) compare('profile in matrix.yaml', String(before.profile.name), 'gone')
  else
    for (const name of names)
      compare(
        `${name} of the profile in matrix.yaml`,
        JSON.stringify(before.profile[name]) ?? 'absent',
        JSON.stringify(now.profile[name]) ?? 'absent',
      )
}

function equal(a: string, b: string): boolean {
  return a === b
}

function isSameMemory(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && Math.abs(a - b) <= a * MEMORY_TOLERANCE
}

export function bytesText(bytes: number | null): string | null {
  return bytes === null ? null : formatBytes(bytes)
}

/** `2: 0 1`, with the special features of each: threads of one core, packages, caches and kinds. */
export function coresText(cpus: readonly LogicalCpu[]): string {
  const shown = cpus.map(({ id, core, package: socket, l3, kind }) =>
    [
      id,
      ...(core === id ? [] : [`of core ${core}`]),
      ...(socket === 0 ? [] : [`in package ${socket}`]),
      ...((l3 ?? 0) === 0 ? [] : [`on cache ${l3}`]),
      ...(kind === 'performance' ? [] : [kind]),
    ].join(' '),
  )
  return `${cpus.length} (${shown.join(', ')})`
}

function commitText({ commit, dirty }: Fingerprint['git']): string {
  if (commit === null) return 'unknown'
  return `${commit.slice(0, 10)}${dirty ? ' with changes' : ''}`
}

function codeText(of: Fingerprint): string {
  return `${short(of.code)} (commit ${commitText(of.git)})`
}

/** The first twelve digits, which are readable and still tell ids and digests apart. */
function short(id: string): string
function short(id: string | null | undefined): string | null
function short(id: string | null | undefined): string | null {
  return id?.replace(/^sha256:/, '').slice(0, 12) ?? null
}
