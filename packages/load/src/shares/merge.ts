import { type Distribution, encodeDistribution, histogramQuantile, mergeDistributions } from '@bakeoff/core'
import type { EncodedHistogram, LoadCounts, LoadMeasurement, LoadSlice } from '@bakeoff/model'
import type { LoadRequest } from '@bakeoff/runner/ports'
import { driverOf } from '../worker/drivers.js'
import { FIRST_ANSWERS, type Part, type Phase, type SlicePart } from '../worker/messages.js'

/** The results of checking picked answers, which the counts of the processes lack. */
export interface Checked {
  readonly checked: number
  readonly wrong: number
  readonly wrongSamples: LoadMeasurement['wrongSamples']
}

/** Puts the slices of a load together of what its processes report. */
export class SliceMerger {
  readonly #processes: number
  /** incomplete slices, for which some process has not sent its part, by phase and index */
  readonly #pending = new Map<string, SlicePart[]>()
  readonly slices: Record<Phase, LoadSlice[]> = { settling: [], window: [] }

  /** @param processes how many take part, of all agents */
  constructor(processes: number) {
    this.#processes = processes
  }

  /** @returns the slice that is complete with this part; null: there is none */
  take(part: SlicePart): LoadSlice | null {
    const key = `${part.phase} ${part.index}`
    const told = [...(this.#pending.get(key) ?? []), part]
    this.#pending.set(key, told)
    if (told.length < this.#processes) return null
    this.#pending.delete(key)
    const slice = mergeSlices(told)
    this.slices[part.phase].push(slice)
    return slice
  }
}

/** Merges the same slice of all processes into one. */
export function mergeSlices(parts: readonly SlicePart[]): LoadSlice {
  const sum = (of: (part: SlicePart) => number) => parts.reduce((total, part) => total + of(part), 0)
  const longest = (of: (part: SlicePart) => number) => Math.max(...parts.map(of))
  const ok = sum(({ ok }) => ok)
  return {
    atMs: longest(({ atMs }) => atMs),
    durationMs: longest(({ durationMs }) => durationMs),
    ok,
    failed: sum(({ failed }) => failed),
    ...quantilesOf(parts),
    meanUs: ok === 0 ? null : sum(({ ok, meanUs }) => ok * (meanUs ?? 0)) / ok,
    agentBusy: longest(({ busy }) => busy),
    ramping: parts.some(({ ramping }) => ramping),
  }
}

/**
 * Merges the measurements of all processes: counts and CPU are added, times merged and encoded as they are stored, and the busiest
 * event loop is taken.
 *
 * @param parts at least one
 * @throws Error when requests are unaccounted for, which is a bug in Bakeoff
 */
export function mergeParts(
  request: LoadRequest,
  parts: readonly Part[],
  slices: Readonly<Record<Phase, readonly LoadSlice[]>>,
  { checked, wrong, wrongSamples }: Checked,
): LoadMeasurement {
  const driver = driverOf(request.order)
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0)
  const counts: LoadCounts = {
    sent: sum(({ counts }) => counts.sent),
    ok: sum(({ counts }) => counts.ok) - wrong,
    errorStatus: sum(({ counts }) => counts.errorStatus),
    wrong,
    checked,
    timeouts: sum(({ counts }) => counts.timeouts),
    lost: sum(({ counts }) => counts.lost),
    connectErrors: sum(({ counts }) => counts.connectErrors),
    inFlight: sum(({ counts }) => counts.inFlight),
    unsent: sum(({ counts }) => counts.unsent),
  }
  const { sent, ok, errorStatus, timeouts, lost, inFlight } = counts
  if (sent !== ok + wrong + errorStatus + timeouts + lost + inFlight)
    throw new Error(`accounting: ${JSON.stringify(counts)} does not add up`)
  const serviceTime = merge(parts.map(({ serviceTime }) => serviceTime)) as Distribution
  const responseTime = merge(parts.map(({ responseTime }) => responseTime))
  return {
    startedAtMs: Math.min(...parts.map(({ startedAtMs }) => startedAtMs)),
    durationMs: Math.max(...parts.map(({ durationMs }) => durationMs)),
    counts,
    errorsByKind: addUp(parts.map(({ errorsByKind }) => errorsByKind)),
    serviceTime: encodeDistribution(serviceTime),
    responseTime: encoded(responseTime),
    lateness: encoded(merge(parts.map(({ lateness }) => lateness))),
    lateShare: !driver.isTimed ? null : sent === 0 ? 0 : sum(({ lateSends }) => lateSends) / sent,
    offeredPerSecond: driver.offeredPerSecond(request.order),
    settling: [...slices.settling],
    windows: [...slices.window],
    window: mergeCuts(parts, responseTime ?? serviceTime, wrong, counts.ok + wrong),
    agent: {
      processes: parts.length,
      eventLoopUtilisation: Math.max(...parts.map(({ eventLoopUtilisation }) => eventLoopUtilisation)),
      cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    },
    wrongSamples,
    stream: mergeStreams(parts),
    batch: readBatch(driver.tasksAtOnce(request.order), parts[0] as Part),
  }
}

/** The quantile above which peaks are kept: p99.9 is the highest that is judged by them. */
const PEAK_QUANTILE = 0.998

/** The weights between the cuts, of all processes. A wrong sampled answer takes its part from the weight of right answers. */
function mergeCuts(
  parts: readonly Part[],
  times: Distribution,
  wrong: number,
  answers: number,
): NonNullable<LoadMeasurement['window']> {
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0)
  const answered = sum(({ weighted }) => weighted.ok)
  const wrongWeight = answers === 0 ? 0 : (answered * wrong) / answers
  return {
    weighted: {
      ok: answered - wrongWeight,
      wrong: wrongWeight,
      errorStatus: sum(({ weighted }) => weighted.errorStatus),
      timeouts: sum(({ weighted }) => weighted.timeouts),
      lost: sum(({ weighted }) => weighted.lost),
    },
    account: {
      connectionMs: sum(({ account }) => account.connectionMs),
      answeredMs: sum(({ account }) => account.answeredMs),
      failedMs: sum(({ account }) => account.failedMs),
      unendedMs: sum(({ account }) => account.unendedMs),
      betweenMs: sum(({ account }) => account.betweenMs),
    },
    silentConnections: sum(({ silentConnections }) => silentConnections),
    censored: sum(({ censored }) => censored),
    peaks: mergePeaks(
      parts.map(({ peaks }) => peaks),
      histogramQuantile(times, PEAK_QUANTILE) ?? 0,
    ),
    settledMs: Math.max(...parts.map(({ settledMs }) => settledMs)),
    runOutMs: Math.max(...parts.map(({ runOutMs }) => runOutMs)),
    answered: sum(({ answered }) => answered),
    firstThousandMs: thousandth(parts.flatMap(({ firstMs }) => firstMs)),
  }
}

/** When the thousandth answer came; null where there were fewer. Each process has told its own first thousand. */
function thousandth(firstMs: readonly number[]): number | null {
  return [...firstMs].sort((a, b) => a - b)[FIRST_ANSWERS - 1] ?? null
}

/** The slowest time of all processes in each bucket, for times above a limit; sorted by time. */
function mergePeaks(all: readonly Part['peaks'][], aboveUs: number): [number, number][] {
  const slowest = new Map<number, number>()
  for (const peaks of all)
    for (const [atMs, us] of peaks) if (us > aboveUs) slowest.set(atMs, Math.max(us, slowest.get(atMs) ?? 0))
  return [...slowest].sort(([a], [b]) => a - b)
}

function quantilesOf(parts: readonly SlicePart[]): Pick<LoadSlice, 'p50Us' | 'p99Us'> {
  if (parts.length === 1) return { p50Us: (parts[0] as SlicePart).p50Us, p99Us: (parts[0] as SlicePart).p99Us }
  const times = merge(parts.map(({ times }) => times))
  if (times === null) return { p50Us: null, p99Us: null }
  return { p50Us: histogramQuantile(times, 0.5), p99Us: histogramQuantile(times, 0.99) }
}

function mergeStreams(parts: readonly Part[]): LoadMeasurement['stream'] {
  const streams = parts.flatMap(({ stream }) => (stream === null ? [] : [stream]))
  const firstByte = merge(streams.map((stream) => stream.firstByte))
  const interChunk = merge(streams.map((stream) => stream.interChunk))
  if (firstByte === null || interChunk === null) return null
  return {
    firstByte: encodeDistribution(firstByte),
    interChunk: encodeDistribution(interChunk),
    chunks: streams.reduce((sum, { chunks }) => sum + chunks, 0),
  }
}

/** The target's own counts of a batch; null when there was no right answer. How many tasks were under way at once is known only from the order. */
function readBatch(concurrency: number | null, { batch }: Part): LoadMeasurement['batch'] {
  if (concurrency === null || batch === null) return null
  const counts = batchCounts(batch.body)
  return counts === null ? null : { concurrency, ...counts, wallMs: batch.wallMs }
}

interface BatchCounts {
  readonly tasks: number
  readonly ok: number
  readonly failed: number
  readonly digest: string | null
}

/** Parses `{"tasks":8,"ok":8,"failed":0,"digest":"…"}`; null for any other body. */
export function batchCounts(body: string): BatchCounts | null {
  let value: Partial<Record<keyof BatchCounts, unknown>> | null
  try {
    value = JSON.parse(body)
  } catch {
    return null
  }
  const { tasks, ok, failed, digest } = value ?? {}
  if (![tasks, ok, failed].every(Number.isInteger)) return null
  return {
    tasks: tasks as number,
    ok: ok as number,
    failed: failed as number,
    digest: typeof digest === 'string' ? digest : null,
  }
}

function merge(times: readonly (Distribution | null)[]): Distribution | null {
  return mergeDistributions(times.filter((each) => each !== null))
}

function encoded(times: Distribution | null): EncodedHistogram | null {
  return times === null ? null : encodeDistribution(times)
}

function addUp(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const record of records)
    for (const [kind, count] of Object.entries(record)) total[kind] = (total[kind] ?? 0) + count
  return total
}
