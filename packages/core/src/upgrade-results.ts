import { type Estimate, isToldApart } from '@bakeoff/model'
import { TIMES, todaysId } from './figures/old-ids.js'
import { causeRules } from './judge/causes/index.js'
import { legend } from './results/legend.js'
import { letterGroups } from './stats/index.js'

// biome-ignore lint/suspicious/noExplicitAny: a file of an older version, which the schema checks once it is upgraded
type Old = any

/**
 * Upgrades a results.json of any version to this version. Values that an older version did not keep are not invented: a figure of which it had only
 * the median has no interval.
 *
 * @param file the parsed file; anything that is not of version 1 is returned as it is, and the schema judges it
 */
export function upgradeResults(file: unknown): unknown {
  if (typeof file !== 'object' || file === null || (file as Old).schemaVersion !== 1) return file
  const old = file as Old
  const list = (value: Old): Old[] => (Array.isArray(value) ? value : [])
  const { tiers, ...kept } = old
  const renamed = (each: Old) => ({ ...each, metric: todaysId(each?.metric, 'responseMs') }) // only p99 at common rates was compared
  const comparisons = list(old.comparisons).map(renamed)
  return {
    ...kept,
    schemaVersion: 2,
    legend: legend(),
    entries: list(old.entries).map(upgradeEntry),
    cells: list(old.cells).map(upgradeCell),
    groups: list(tiers).map((each) => upgradeTiers(renamed(each), comparisons)),
    comparisons: comparisons.map((each) => ({ ...each, least: null, provisional: null, outlook: null })),
    claims: list(old.claims).map(upgradeClaim),
  }
}

/** Tiers compared with their best only. Which pairs are told apart stood beside them, and groups follow from that. */
function upgradeTiers({ tiers, ...list }: Old, comparisons: readonly Old[]): Old {
  const ranked: string[] = (Array.isArray(tiers) ? tiers : []).flat()
  const isHere = (each: Old) => (['scenario', 'loadId', 'metric'] as const).every((key) => each[key] === list[key])
  const apart = new Set(
    comparisons
      .filter((each) => isHere(each) && isToldApart(each))
      .flatMap(({ of, to }) => [`${of} ${to}`, `${to} ${of}`]),
  )
  return { ...list, ranked, groups: letterGroups(ranked, (a, b) => apart.has(`${a} ${b}`)) }
}

function upgradeEntry(entry: Old): Old {
  return {
    ...entry,
    figures: {
      coldStartMs: entry?.coldStartMs ?? null,
      startCallMs: entry?.startCallMs ?? null,
      idleMemoryBytes: entry?.idleMemoryBytes ?? null,
      imageBytes: alone(entry?.image?.bytes, entry?.repetitions),
      buildSeconds: alone(entry?.image?.buildSeconds, entry?.repetitions),
    },
  }
}

function upgradeCell(cell: Old): Old {
  const { target = {}, agent = {}, host = {}, batch, capacity, overhead, load, repetitions } = cell ?? {}
  const isMeasured = cell?.latencyMs != null
  const shown = load?.kind === 'closed' ? 'serviceMs' : 'responseMs'
  const one = (value: Old) => alone(value, repetitions)
  const shownTimes = TIMES.map((name) => [`${shown}.${name}`, timeOf(cell, name)])
  const otherTimes = TIMES.map((name) => [`serviceMs.${name}`, one(cell?.serviceTimeMs?.[name])])
  return {
    ...cell,
    verdict: upgradeVerdict(cell?.verdict, load),
    shownTime: isMeasured && load?.kind !== 'batch' ? shown : null,
    figures: {
      throughput: cell?.throughput ?? null,
      capacityPerSecond: capacity?.perSecond ?? null,
      wallSeconds: batch?.wallSeconds ?? null,
      offeredPerSecond: one(cell?.offeredPerSecond),
      windowSeconds: one(cell?.windowSeconds),
      ...Object.fromEntries(otherTimes),
      ...Object.fromEntries(shownTimes),
      cpuMsPerRequest: target.cpuMsPerRequest ?? null,
      requestsPerCpuSecond: one(target.requestsPerCpuSecond),
      estimatedCapacity: one(cell?.estimatedCapacity),
      cpuSeconds: one(target.cpuSeconds),
      coresUsed: one(target.coresUsed),
      cpuShare: one(target.cpuShare),
      userSeconds: one(target.cpuUserSeconds),
      systemSeconds: one(target.cpuSystemSeconds),
      throttledMs: one(target.throttledMs),
      memoryPeakBytes: one(target.memoryPeakBytes),
      overheadPerStreamMs: one(overhead?.perStreamMs),
      overheadPerChunkMs: one(overhead?.perChunkMs),
      overheadFirstByteMs: one(overhead?.firstByteMs),
      agentEventLoop: one(agent.eventLoopUtilisation),
      agentCpuSeconds: one(agent.cpuSeconds),
      agentCpuShare: one(agent.cpuShare),
      ceilingShare: one(agent.ceilingShare),
      lateShare: one(agent.lateShare),
      hostSteal: one(host.steal),
      hostPressure: one(host.pressure),
      hostOthers: one(host.otherLoad),
    },
    atLeast: Object.fromEntries(
      Object.entries(cell?.latencyAtLeastMs ?? {}).map(([name, ms]) => [`${shown}.${name}`, ms]),
    ),
    probes: capacity?.probes ?? null,
    tasksFailed: batch?.failed ?? null,
  }
}

/** What a cause limits was not kept apart from its sentence. */
function upgradeVerdict(verdict: Old, load: Old): Old {
  if (!Array.isArray(verdict?.causes)) return verdict ?? null
  const causes = verdict.causes.map((each: Old) => ({
    ...each,
    limit: causeRules.find(({ id }) => id === each?.cause)?.limits?.(each?.subject ?? null, load) ?? null,
  }))
  return { ...verdict, causes }
}

/** Of its repetitions the least and the most were kept. */
function timeOf(cell: Old, name: string): Estimate | null {
  const median = cell?.latencyMs?.[name]
  if (typeof median !== 'number') return null
  const [least, most] = cell.latencyRangeMs?.[name] ?? [median, median]
  const [low, high] = cell.latencyIntervalMs?.[name] ?? [null, null]
  const values = least === most ? [median] : [least, most]
  return { ...alone(median, cell.repetitions)!, low, high, values }
}

/** A figure of which the median alone was kept. */
function alone(value: Old, repetitions: Old): Estimate | null {
  if (typeof value !== 'number') return null
  const n = typeof repetitions === 'number' && repetitions > 0 ? repetitions : 1
  return { median: value, mean: value, low: null, high: null, n, values: [value], method: 'of version 1', outliers: [] }
}

function upgradeClaim(claim: Old): Old {
  const keys = (figures: Old) =>
    Object.fromEntries(Object.entries(figures ?? {}).map(([id, value]) => [todaysId(id, 'serviceMs'), value]))
  return {
    ...claim,
    subjects: (claim?.subjects ?? []).map((subject: Old) => ({
      ...subject,
      published: keys(subject?.published),
      measured: keys(subject?.measured),
    })),
    comparisons: (claim?.comparisons ?? []).map((each: Old) => ({
      ...each,
      metric: todaysId(each?.metric, 'serviceMs'),
    })),
  }
}
