import { decodeHistogram, histogramQuantile, mergeHistograms } from '@bakeoff/core'
import type { EncodedHistogram, LoadCounts, LoadMeasurement, LoadWindow } from '@bakeoff/model'
import type { LoadRequest } from '@bakeoff/runner/ports'
import type { Part, WindowPart } from '../worker/messages.js'

/** What the checking of samples adds to what the processes counted. */
export interface Checked {
  readonly checked: number
  readonly wrong: number
  readonly wrongSamples: LoadMeasurement['wrongSamples']
}

/** The same window of all processes as one. */
export function mergeWindows(parts: readonly WindowPart[]): LoadWindow {
  const sum = (of: (part: WindowPart) => number) => parts.reduce((total, part) => total + of(part), 0)
  const longest = (of: (part: WindowPart) => number) => Math.max(...parts.map(of))
  return {
    atMs: longest(({ atMs }) => atMs),
    durationMs: longest(({ durationMs }) => durationMs),
    ok: sum(({ ok }) => ok),
    failed: sum(({ failed }) => failed),
    ...quantilesOf(parts),
    agentBusy: longest(({ busy }) => busy),
  }
}

/**
 * The measurement of all processes together: counts and CPU added, histograms merged, the busiest event loop.
 *
 * @param parts at least one
 * @throws Error when requests are unaccounted for: our bug
 */
export function mergeParts(
  request: LoadRequest,
  parts: readonly Part[],
  windows: readonly LoadWindow[],
  { checked, wrong, wrongSamples }: Checked,
): LoadMeasurement {
  const { order } = request
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
  return {
    startedAtMs: Math.min(...parts.map(({ startedAtMs }) => startedAtMs)),
    durationMs: Math.max(...parts.map(({ durationMs }) => durationMs)),
    counts,
    errorsByKind: addUp(parts.map(({ errorsByKind }) => errorsByKind)),
    serviceTime: merge(parts.map(({ serviceTime }) => serviceTime)) as EncodedHistogram,
    responseTime: merge(parts.map(({ responseTime }) => responseTime)),
    lateness: merge(parts.map(({ lateness }) => lateness)),
    lateShare: order.kind !== 'open' ? null : sent === 0 ? 0 : sum(({ lateSends }) => lateSends) / sent,
    offeredPerSecond: order.kind === 'open' ? order.perSecond : null,
    windows: [...windows],
    agent: {
      processes: parts.length,
      eventLoopUtilisation: Math.max(...parts.map(({ eventLoopUtilisation }) => eventLoopUtilisation)),
      cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    },
    wrongSamples,
    stream: mergeStreams(parts),
    batch: order.kind === 'batch' ? readBatch(order, parts[0] as Part) : null,
  }
}

function quantilesOf(parts: readonly WindowPart[]): Pick<LoadWindow, 'p50Us' | 'p99Us'> {
  if (parts.length === 1) return { p50Us: (parts[0] as WindowPart).p50Us, p99Us: (parts[0] as WindowPart).p99Us }
  const merged = merge(parts.map(({ times }) => times))
  if (merged === null) return { p50Us: null, p99Us: null }
  const distribution = decodeHistogram(merged)
  return { p50Us: histogramQuantile(distribution, 0.5), p99Us: histogramQuantile(distribution, 0.99) }
}

function mergeStreams(parts: readonly Part[]): LoadMeasurement['stream'] {
  const streams = parts.flatMap(({ stream }) => (stream === null ? [] : [stream]))
  const firstByte = merge(streams.map((stream) => stream.firstByte))
  const interChunk = merge(streams.map((stream) => stream.interChunk))
  if (firstByte === null || interChunk === null) return null
  return { firstByte, interChunk, chunks: streams.reduce((sum, { chunks }) => sum + chunks, 0) }
}

/** The target's own counts; null when there was no right answer. */
function readBatch(order: { tasks: number; concurrency: number }, { batch }: Part): LoadMeasurement['batch'] {
  if (batch === null) return null
  const counts = batchCounts(batch.body)
  if (counts === null) return null
  return { tasks: order.tasks, concurrency: order.concurrency, ...counts, wallMs: batch.wallMs }
}

/** `{"tasks":8,"ok":8,"failed":0,"digest":"…"}`; null when a body is not that. */
export function batchCounts(body: string): { ok: number; failed: number; digest: string | null } | null {
  let value: { ok?: unknown; failed?: unknown; digest?: unknown } | null
  try {
    value = JSON.parse(body)
  } catch {
    return null
  }
  if (!Number.isInteger(value?.ok) || !Number.isInteger(value?.failed)) return null
  return {
    ok: value?.ok as number,
    failed: value?.failed as number,
    digest: typeof value?.digest === 'string' ? value.digest : null,
  }
}

function merge(histograms: readonly (EncodedHistogram | null)[]): EncodedHistogram | null {
  return mergeHistograms(histograms.filter((histogram) => histogram !== null))
}

function addUp(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const record of records)
    for (const [kind, count] of Object.entries(record)) total[kind] = (total[kind] ?? 0) + count
  return total
}
