import { createHash } from 'node:crypto'
import {
  BakeoffError,
  type Block,
  benchesOf,
  type EngineFacts,
  formatBytes,
  formatDurationMs,
  type HostFacts,
  type LoadSpec,
  type Plan,
  type PlannedEntry,
  type PlannedScenario,
  type PlannedSite,
  type PlanWarning,
  type ProfileSpec,
  type RunRules,
  type ScenarioSpec,
} from '@bakeoff/model'
import { brokenWarning } from '../parse/broken.js'
import type { Catalogue } from '../parse/catalogue.js'
import { thresholds } from '../thresholds.js'
import { isBesideProbe } from '../words/benches.js'
import { inBlock, type OtherCommit, type Partners, partnersOf } from './against.js'
import { chooseLoads, type WantedLoads } from './choose-loads.js'
import { type ClaimLoads, claimLoadsOf } from './claim-loads.js'
import { assignCores, type CoreDemand } from './cores.js'
import { estimateMs, type Measured } from './estimate.js'
import { LEAST_WINDOWS } from './least-repetitions.js'
import { AGENT_MEMORY_BYTES, RESERVED_BYTES } from './memory.js'
import { placeholdersIn } from './placeholders.js'
import { capsOf, planEntry, planService } from './planned-parts.js'
import { planState } from './planned-state.js'
import { type OtherDraft, tooShortBudget } from './promise.js'
import { brokenInReach, type Selected, type Selection, select } from './select.js'
import { levelsOf, levelWindowMs } from './service-levels.js'
import { checkMemoryOn, mainHostOf, type Placement, placeOn, refuseOtherClasses } from './site.js'
import { takeRequests } from './take-requests.js'
import { twinsOf } from './twins.js'
import { usableCpus } from './usable-cpus.js'
import { windowRulesOf } from './window-length.js'

export interface PlanRequest extends WantedLoads {
  readonly catalogue: Catalogue
  readonly selection: Selection
  /** the machine and its engine; with a site those of its first bench's target take their place */
  readonly host: HostFacts
  readonly engine: EngineFacts
  /** the machines of `--hosts`; null or absent: everything runs on `host` */
  readonly site?: PlannedSite | null | undefined
  readonly profile: string
  /** exactly this many repetitions, instead of the profile's numbers */
  readonly repetitions: number | null
  /** the measured window instead of the profile's; null or absent: as the profile says */
  readonly windowMs?: number | null
  /** instead of the profile's; null: as the profile says */
  readonly budgetMs: number | null
  /** seed of order and arrivals; null: the one of matrix.yaml, or else `freshSeed` */
  readonly seed: number | null
  /** the commit whose targets and services are measured beside those of this checkout; null or absent: none */
  readonly against?: OtherCommit | null
  /** drawn for this run by the caller, since a plan draws nothing itself */
  readonly freshSeed: number
  readonly runId: string
  readonly createdAt: string
  readonly command: string
  readonly git: { readonly commit: string | null; readonly dirty: boolean | null }
  /** absolute path of the project; folders in the plan are relative to it */
  readonly root: string
}

/** No claims were selected. */
const NOT_PUBLISHED: ClaimLoads = { loads: [], warnings: [] }

/**
 * Plans the whole run before anything is measured: which target runs on which cores, in which order, under which rules.
 * Same input, same plan.
 *
 * @throws BakeoffError BAD_SPEC for names that do not exist and for benches that are not alike, OUT_OF_RESOURCES when a machine does
 *         not have enough memory
 */
export function planMatrix(request: PlanRequest): Plan {
  const { catalogue, site = null } = request
  if (site) refuseOtherClasses(site)
  const { host, engine } = machineOf(request)
  const profile = profileOf(request)
  const considered = inOrder(
    select(catalogue, request.selection, profile),
    ({ scenario }) => scenario.id,
    catalogue.matrix.order,
  )
  const selected = considered.filter(({ entries }) => entries.length > 0)
  const seed = seedOf(request)
  const published = selected.map(({ scenario }) =>
    request.selection.claims ? claimLoadsOf(scenario, catalogue.claims) : NOT_PUBLISHED,
  )
  const drafted = draftOf(request, selected, published, profile)
  const { scenarios, entries, rules, partners } = drafted
  for (const [index, planned] of scenarios.entries()) {
    const { scenario } = selected[index]!
    if (site) checkMemoryOn(site, planned, scenario)
    else checkMemory(planned, scenario, engine)
  }
  const blocks = planBlocks(scenarios, entries, rules.maxRepetitions, seed)
  return {
    schemaVersion: 1,
    runId: request.runId,
    createdAt: request.createdAt,
    command: request.command,
    profile: profile.name,
    seed,
    gitCommit: request.git.commit,
    gitDirty: request.git.dirty,
    host,
    engine,
    ...(site ? { site } : {}),
    scenarios: [...scenarios],
    entries: [...entries],
    leftOut: considered.flatMap(({ leftOut }) => leftOut),
    blocks,
    ...(partners ? { against: partners.against } : {}),
    rules,
    estimateMs: estimateMs(drafted),
    warnings: [
      ...brokenInReach(catalogue, request.selection).map(brokenWarning),
      ...published.flatMap(({ warnings }) => warnings),
      ...(partners?.warnings ?? []),
      ...warningsOf(scenarios, enginesOf(request), { profile, usual: catalogue.matrix.profiles.default }),
      ...levelWarnings(scenarios, rules),
      ...selected.flatMap(({ scenario }) => placeholdersIn(scenario)),
      ...tooShortBudget(drafted, {
        profile: profile.name,
        others: () => otherDrafts(request, (other) => draftOf(request, selected, published, other)),
      }),
    ],
  }
}

/** What the other profiles would make of it, but for smoke runs: one repetition decides nothing. */
function otherDrafts({ catalogue, profile }: PlanRequest, draft: (other: ProfileSpec) => Measured): OtherDraft[] {
  return Object.values(catalogue.matrix.profiles)
    .filter((other) => other.name !== profile && other.maxRepetitions > 1)
    .map((other) => ({ profile: other.name, drafted: draft(other) }))
}

function seedOf({ seed, catalogue, freshSeed }: PlanRequest): number {
  return seed ?? catalogue.matrix.seed ?? freshSeed
}

/** The machine that stands for the run. */
function machineOf({ host, engine, site }: PlanRequest): Pick<PlanRequest, 'host' | 'engine'> {
  if (!site) return { host, engine }
  const { facts, engine: itsEngine } = mainHostOf(site)
  return { host: facts, engine: itsEngine }
}

/** Engines that differ in name, each once. */
function enginesOf({ engine, site }: PlanRequest): EngineFacts[] {
  const all = site ? site.hosts.map((host) => host.engine) : [engine]
  return [...new Map(all.map((each) => [each.name, each])).values()]
}

type Place = (demand: CoreDemand) => Placement

function placingOn({ host, engine, site }: PlanRequest): Place {
  if (site) return (demand) => placeOn(site, demand)
  const cpus = usableCpus(host, engine)
  return (demand) => ({ cores: assignCores(cpus, demand), agents: null })
}

interface Draft extends Measured {
  /** null: the run is not compared with another commit */
  readonly partners: Partners | null
}

/** What a profile makes of a selection, before its blocks are laid out. */
function draftOf(
  request: PlanRequest,
  selected: readonly Selected[],
  published: readonly ClaimLoads[],
  profile: ProfileSpec,
): Draft {
  const frame = { request, profile, place: placingOn(request) }
  const workOf = (scenario: ScenarioSpec) => takeRequests(scenario, profile.requests).workDigest
  const loads = chooseLoads(
    selected.map(({ scenario }, index) => ({ scenario, loads: published[index]!.loads })),
    profile,
    request,
  )
  const scenarios = selected.map(({ scenario }, index) => planScenario(scenario, frame, loads[index]!))
  const entries = selected.flatMap(({ entries: chosen }, index) =>
    chosen.map((candidate) => planEntry(candidate, scenarios[index] as PlannedScenario, request.root)),
  )
  const rules = rulesOf(profile, request)
  const { against = null, root } = request
  const partners = against && partnersOf({ entries, scenarios, workOf }, against, root)
  const twins = twinsOf(entries, rules, seedOf(request))
  const benches = benchesOf(request).length
  return { scenarios, entries: [...entries, ...(partners?.entries ?? []), ...twins], rules, benches, partners }
}

/** The scenarios in the order of matrix.yaml; those that it does not name come after, by name. */
export function inOrder<T>(things: readonly T[], idOf: (thing: T) => string, order: readonly string[]): T[] {
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length)
  return things.toSorted((a, b) => place(idOf(a)) - place(idOf(b)) || (idOf(a) < idOf(b) ? -1 : 1))
}

/** A shorter window is `too-short`; a longer one is a soak test, which is another question. */
const WINDOW_MS = { least: thresholds.shortest.seconds * 1000, most: 600_000 }

function profileOf({ catalogue, profile, repetitions, budgetMs, windowMs = null }: PlanRequest): ProfileSpec {
  const found = catalogue.matrix.profiles[profile]
  if (!found) {
    throw new BakeoffError('BAD_SPEC', `matrix.yaml has no profile "${profile}"`, {
      hint: `There are: ${Object.keys(catalogue.matrix.profiles).join(', ')}`,
    })
  }
  if (windowMs !== null && (windowMs < WINDOW_MS.least || windowMs > WINDOW_MS.most)) {
    throw new BakeoffError(
      'BAD_SPEC',
      `--window ${formatDurationMs(windowMs)} is ${windowMs < WINDOW_MS.least ? 'too short' : 'too long'} to measure`,
      {
        hint: `From ${formatDurationMs(WINDOW_MS.least)} to ${formatDurationMs(WINDOW_MS.most)}, such as --window 10s.`,
      },
    )
  }
  return {
    ...found,
    ...(repetitions === null ? {} : { minRepetitions: repetitions, maxRepetitions: repetitions }),
    ...(budgetMs === null ? {} : { budgetMs }),
    ...(windowMs === null ? {} : { windowMs }),
  }
}

/** What all scenarios of a plan have in common. */
interface Frame {
  readonly request: PlanRequest
  readonly profile: ProfileSpec
  readonly place: Place
}

function planScenario(
  scenario: ScenarioSpec,
  { request, profile, place }: Frame,
  loads: readonly LoadSpec[],
): PlannedScenario {
  const { target, services, quotas } = scenario
  const { cores, agents } = place({ target: target.cpus, services, quotas })
  const work = takeRequests(scenario, profile.requests)
  const levels = levelsOf(scenario, request.levels ?? [], loads)
  return {
    id: scenario.id,
    summary: scenario.summary,
    source: scenario.source,
    targetCaps: capsOf(scenario.target, cores.target),
    requestedTargetCpus: scenario.target.cpus || cores.target.length,
    ...(scenario.target.cpus === 0 ? { isUncapped: true } : {}),
    targetEnvironment: { ...scenario.target.environment },
    targetDependsOn: scenario.target.dependsOn.map((dependency) => ({ ...dependency })),
    services: scenario.services.map((service) => planService(service, cores, request.root)),
    cores,
    ...(agents ? { agents: agents.map((own) => [...own]) } : {}),
    loads: [...loads],
    stream: scenario.stream,
    script: scenario.script,
    requestTimeoutMs: scenario.requestTimeoutMs,
    offered: { connections: scenario.connections, arrivals: scenario.arrivals },
    wholePasses: scenario.wholePasses,
    warmUpLimitMs: scenario.warmUpLimitMs,
    longestWindowMs: scenario.longestWindowMs,
    respell: scenario.respell,
    counters: [...scenario.counters],
    ...planState(scenario),
    slo: scenario.slo,
    ...(levels.length > 0 ? { levels } : {}),
    compare: scenario.compare,
    tolerance: scenario.tolerance,
    requests: work.requests.length,
    workDigest: work.workDigest,
  }
}

function checkMemory(planned: PlannedScenario, scenario: ScenarioSpec, engine: EngineFacts): void {
  const parts = [
    { name: 'target', bytes: planned.targetCaps.memoryBytes },
    ...planned.services.map(({ name, caps }) => ({ name, bytes: caps.memoryBytes })),
  ]
  const needed = parts.reduce((sum, { bytes }) => sum + bytes, AGENT_MEMORY_BYTES + RESERVED_BYTES)
  if (needed <= engine.memoryBytes) return
  throw new BakeoffError(
    'OUT_OF_RESOURCES',
    `${scenario.file}: ${parts.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`).join(', ')} with the load agent need ${formatBytes(needed)}, and the engine has ${formatBytes(engine.memoryBytes)}`,
    {
      hint: 'Lower mem_limit in this file, give the engine more memory, or leave the scenario out: npm run matrix -- --scenario NAME',
    },
  )
}

function rulesOf(profile: ProfileSpec, { loads = null }: PlanRequest): RunRules {
  return {
    budgetMs: profile.budgetMs,
    minRepetitions: profile.minRepetitions,
    maxRepetitions: profile.maxRepetitions,
    warmUp: profile.warmUp,
    windowMs: profile.windowMs,
    leastResponses: profile.leastResponses,
    curveRates: loads === null ? profile.curveRates : 0, // rates that a run finds out have no names
    agentWarmUpMs: 2000,
    sampleEvery: 64,
    samplingHz: 10,
    calibrationMs: Math.min(3000, profile.windowMs),
    secondInstrument: profile.secondInstrument,
  }
}

/**
 * Blocks of all scenarios taken in turn, so that a run that ends early has measured every scenario. Within a block the
 * order is random but reproducible: entries are sorted by a hash of seed, block and entry, and each is beside its partner of
 * another commit.
 */
function planBlocks(
  scenarios: readonly PlannedScenario[],
  entries: readonly PlannedEntry[],
  repetitions: number,
  seed: number,
): Block[] {
  const blocks: Block[] = []
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const { id } of scenarios) {
      const block = `${id}#${repetition}`
      const rank = (entry: string) => createHash('sha256').update(`${seed}\0${block}\0${entry}`).digest('hex')
      const own = entries.filter((entry) => entry.scenario === id)
      blocks.push({
        id: block,
        scenario: id,
        repetition,
        order: inBlock(own, rank, { seed, repetition }),
      })
    }
  }
  return blocks
}

/** Repetitions from which on differences that matter can be shown. */
const DECISIVE = 5

/** @param usual the profile of a run for which none is named */
function warningsOf(
  scenarios: readonly PlannedScenario[],
  engines: readonly EngineFacts[],
  { profile, usual }: { readonly profile: ProfileSpec; readonly usual: ProfileSpec | undefined },
): PlanWarning[] {
  return [
    ...oncePerKind(scenarios.flatMap(warningsOfScenario)),
    ...engines
      .filter(({ reducedTruth }) => reducedTruth)
      .map(({ name }) => ({
        what: `${name} gives coarse statistics`,
        where: 'all scenarios',
        why: 'No OOM events, statistics every 5 s.',
        todo: 'Use Docker Engine where memory or CPU figures matter.',
      })),
    ...(profile.maxRepetitions < DECISIVE
      ? [
          {
            what: `${profile.maxRepetitions} ${profile.maxRepetitions === 1 ? 'repetition' : 'repetitions'} at most`,
            where: 'all scenarios',
            why: 'With fewer than five the intervals are so wide that mostly large differences can be shown.',
            todo:
              usual && usual.maxRepetitions >= DECISIVE
                ? 'For a decision run npm run matrix as it is, without another profile or --repetitions.'
                : `For a decision raise \`repetitions\` of the profile default in matrix.yaml, or run npm run matrix -- --repetitions ${DECISIVE}.`,
          },
        ]
      : []),
  ]
}

function warningsOfScenario(scenario: PlannedScenario): PlanWarning[] {
  return [
    ...scenario.cores.notes.map((note) => ({
      what: note,
      where: scenario.id,
      why: 'Each role gets cores of its own only where the machine has enough.',
      todo: 'Compare ratios of this run only; for absolute figures use a machine with more cores.',
    })),
    ...scenario.cores.shared.map((roles) => ({
      what: `${roles.join(', ')} share cores`,
      where: scenario.id,
      ...whatSharingMeans(scenario, roles),
    })),
  ]
}

function whatSharingMeans(
  { isUncapped, targetCaps }: PlannedScenario,
  roles: readonly string[],
): Pick<PlanWarning, 'why' | 'todo'> {
  if (isBesideProbe(roles))
    return {
      why: 'That machine has no core to spare for its probe, which takes about 1 % of one.',
      todo: 'This is no reason for doubt; a machine with four cores or more keeps one for it.',
    }
  const isOfTarget = roles.includes('target')
  if (isOfTarget && isUncapped)
    return {
      why: 'The target has no cap, as its source had none.',
      todo: 'Compare its figures with those of the source alone.',
    }
  if (isOfTarget && targetCaps.quotaCpus !== null && !roles.includes('agent'))
    return {
      why: 'Their caps are quotas of time, as those of the source were, and these cores hold them together.',
      todo: 'Compare its figures with those of the source alone.',
    }
  return {
    why: `${roles.includes('probe') ? 'Their' : 'This'} machine has fewer cores than the scenario needs.`,
    todo: isOfTarget ? 'Do not trust these figures.' : 'The load agent may be the limit: look at the verdicts.',
  }
}

/** Warnings about service levels that this plan cannot answer. */
function levelWarnings(scenarios: readonly PlannedScenario[], rules: RunRules): PlanWarning[] {
  const asked = scenarios.filter(({ levels }) => (levels ?? []).length > 0)
  const few: PlanWarning[] =
    asked.length === 0 || rules.maxRepetitions >= LEAST_WINDOWS
      ? []
      : [
          {
            what: 'Too few repetitions to answer whether a service level is kept',
            where: asked.map(({ id }) => id).join(', '),
            why: `${rules.maxRepetitions === 1 ? 'One start does' : `${rules.maxRepetitions} starts do`} not tell how much the next one differs: only a level that is missed by far is answered.`,
            todo: `Take ${LEAST_WINDOWS} at least: --repetitions ${LEAST_WINDOWS}.`,
          },
        ]
  return [...few, ...asked.flatMap((scenario) => shortWindows(scenario, rules))]
}

/** Levels at rates so low that the longest window of their scenario has too few answers to know a percentile. */
function shortWindows(scenario: PlannedScenario, rules: RunRules): PlanWarning[] {
  return (scenario.levels ?? []).flatMap((level) => {
    const needed = levelWindowMs(level)
    const { longestMs } = windowRulesOf(rules, scenario, '')
    if (needed <= longestMs) return []
    const seconds = Math.ceil(needed / 1000)
    const isPossible = needed <= WINDOW_MS.most
    return [
      {
        what: `Too few answers at ${level.perSecond}/s to know the percentile of its service level`,
        where: scenario.id,
        why: `A window of ${formatDurationMs(longestMs)} has about ${Math.round((level.perSecond * longestMs) / 1000)} answers, and ${formatDurationMs(seconds * 1000)} are needed.`,
        todo: isPossible
          ? `Measure longer: --window ${seconds}s.`
          : 'Ask for p95, which needs a fifth of the answers, or for a higher rate.',
      },
    ]
  })
}

/** Merges the same warning about several scenarios into one that names them all. */
function oncePerKind(warnings: readonly PlanWarning[]): PlanWarning[] {
  const kinds = new Map<string, PlanWarning>()
  for (const warning of warnings) {
    const key = `${warning.what} ${warning.todo}`
    const known = kinds.get(key)
    kinds.set(key, known ? { ...known, where: `${known.where}, ${warning.where}` } : warning)
  }
  return [...kinds.values()]
}
