import type { Caps, ComponentUse, HostReading, Reading } from '@bakeoff/model'
import { thresholds } from '../thresholds.js'

/** The use of resources by one container, or several together, in a window. A member is null when it could not be read. */
export interface Use {
  readonly cpuSeconds: number | null
  readonly cpuUserSeconds: number | null
  readonly cpuSystemSeconds: number | null
  readonly coresUsed: number | null
  readonly throttledMs: number | null
  readonly memoryPeakBytes: number | null
  /** over its network, in both directions */
  readonly rxBytes: number | null
  readonly txBytes: number | null
  /** TCP segments sent, and how many of them again; read on several machines only */
  readonly tcpSegments: number | null
  readonly tcpRetransmits: number | null
  /** the window in equal slices */
  readonly slices: readonly Slice[]
}

export interface Slice {
  /** from the window's start to the slice's end */
  readonly atMs: number
  readonly cores: number | null
  readonly memoryBytes: number | null
  readonly throttledShare: number | null
}

export interface HostUse {
  /** busy cores of the whole machine, without network work that belongs to no process */
  readonly busyCores: number | null
  readonly steal: number | null
  readonly pressure: number | null
  readonly slices: readonly { readonly atMs: number; readonly pressure: number | null; readonly steal: number | null }[]
}

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** The number of slices: shorter ones would show the sampling, and a chart cannot show more of them. */
const SLICE_MS = 250
const MOST_SLICES = 40

/**
 * The use within a window, from cumulative counters read a few times a second. Values at the window's ends are interpolated
 * between the readings around them. Where the readings cover only part of the window, their rate stands for all of it,
 * and where they cover less than half of it, the use is unknown.
 */
export function useOf(readings: readonly Reading[], span: Span): Use {
  const cpu = counter(readings, (each) => each.cpuTotalSeconds ?? total(each.cpuUserSeconds, each.cpuSystemSeconds))
  const throttled = counter(readings, (each) => each.throttledSeconds)
  const memory = readings.flatMap(({ atMs, memoryAnonBytes }) =>
    memoryAnonBytes === null ? [] : [{ atMs, bytes: memoryAnonBytes }],
  )
  const seconds = (span.toMs - span.fromMs) / 1000
  const cpuSeconds = increase(cpu, span)
  const over = (pick: (each: Reading) => number | null | undefined) =>
    increase(
      counter(readings, (each) => pick(each) ?? null),
      span,
    )
  const throttledSeconds = increase(throttled, span)
  return {
    cpuSeconds,
    cpuUserSeconds: over((each) => each.cpuUserSeconds),
    cpuSystemSeconds: over((each) => each.cpuSystemSeconds),
    coresUsed: cpuSeconds === null || seconds <= 0 ? null : cpuSeconds / seconds,
    throttledMs: throttledSeconds === null ? null : throttledSeconds * 1000,
    memoryPeakBytes: peak(memory, span),
    rxBytes: over((each) => each.rxBytes),
    txBytes: over((each) => each.txBytes),
    tcpSegments: over((each) => each.tcpSegments),
    tcpRetransmits: over((each) => each.tcpRetransmits),
    slices: slicesOf(span).map((slice) => {
      const sliceSeconds = (slice.toMs - slice.fromMs) / 1000
      const used = increase(cpu, slice)
      const held = increase(throttled, slice)
      return {
        atMs: slice.toMs - span.fromMs,
        cores: used === null ? null : used / sliceSeconds,
        memoryBytes: peak(memory, slice),
        throttledShare: held === null ? null : held / sliceSeconds,
      }
    }),
  }
}

/**
 * The use of several containers as one component, since replicas and their proxy share one cap. Memory is the highest sum of peaks within
 * one slice. A value that is unknown for one container is unknown for all.
 */
export function sumOfUses(uses: readonly Use[]): Use {
  const [only] = uses
  if (uses.length === 1 && only) return only
  const sum = (pick: (use: Use) => number | null) => (uses.length === 0 ? null : uses.map(pick).reduce(total))
  const slices = (only?.slices ?? []).map((slice, index) => {
    const across = (pick: (each: Slice) => number | null) =>
      uses.map((use) => (use.slices[index] ? pick(use.slices[index]) : null)).reduce(total)
    return {
      atMs: slice.atMs,
      cores: across((each) => each.cores),
      memoryBytes: across((each) => each.memoryBytes),
      throttledShare: across((each) => each.throttledShare),
    }
  })
  return {
    cpuSeconds: sum((use) => use.cpuSeconds),
    cpuUserSeconds: sum((use) => use.cpuUserSeconds),
    cpuSystemSeconds: sum((use) => use.cpuSystemSeconds),
    coresUsed: sum((use) => use.coresUsed),
    throttledMs: sum((use) => use.throttledMs),
    memoryPeakBytes: highest(slices.map(({ memoryBytes }) => memoryBytes)) ?? sum((use) => use.memoryPeakBytes),
    rxBytes: sum((use) => use.rxBytes),
    txBytes: sum((use) => use.txBytes),
    tcpSegments: sum((use) => use.tcpSegments),
    tcpRetransmits: sum((use) => use.tcpRetransmits),
    slices,
  }
}

export function hostUseOf(readings: readonly HostReading[], span: Span): HostUse {
  const busy = counter(readings, ({ busySeconds, softirqSeconds }) =>
    busySeconds === null ? null : busySeconds - (softirqSeconds ?? 0),
  )
  const all = counter(readings, ({ busySeconds, idleSeconds, stealSeconds }) =>
    total(busySeconds, total(idleSeconds, stealSeconds)),
  )
  const stolen = counter(readings, ({ stealSeconds }) => stealSeconds)
  const waited = counter(readings, ({ pressureSeconds }) => pressureSeconds)
  const steal = (part: Span) => ratio(increase(stolen, part), increase(all, part))
  const pressure = (part: Span) => ratio(increase(waited, part), (part.toMs - part.fromMs) / 1000)
  return {
    busyCores: ratio(increase(busy, span), (span.toMs - span.fromMs) / 1000),
    steal: steal(span),
    pressure: pressure(span),
    slices: slicesOf(span).map((slice) => ({
      atMs: slice.toMs - span.fromMs,
      pressure: pressure(slice),
      steal: steal(slice),
    })),
  }
}

/** The use with its cap, for the results. */
export function componentUse(use: Use, caps: Caps | null): ComponentUse {
  const known = use.slices.flatMap(({ cores }) => (cores === null ? [] : [cores]))
  return {
    caps,
    cpuSeconds: use.cpuSeconds,
    cpuUserSeconds: use.cpuUserSeconds,
    cpuSystemSeconds: use.cpuSystemSeconds,
    coresUsed: use.coresUsed,
    cpuShare: caps === null ? null : ratio(use.coresUsed, caps.cpus),
    atCapShare:
      caps === null || known.length === 0
        ? null
        : known.filter((cores) => cores >= thresholds.atCap * caps.cpus).length / known.length,
    throttledMs: use.throttledMs,
    memoryPeakBytes: use.memoryPeakBytes,
    memoryShare: caps === null ? null : ratio(use.memoryPeakBytes, caps.memoryBytes),
  }
}

interface Point {
  readonly atMs: number
  readonly value: number
}

/** A counter without its restarts: where it falls, its container began again from 0, and the values before are added. */
function counter<T extends { readonly atMs: number }>(
  readings: readonly T[],
  pick: (reading: T) => number | null,
): Point[] {
  const points: Point[] = []
  let sum = 0
  let previous: number | null = null
  for (const reading of readings) {
    const value = pick(reading)
    if (value === null) continue
    if (previous !== null) sum += value >= previous ? value - previous : value
    previous = value
    points.push({ atMs: reading.atMs, value: sum })
  }
  return points
}

function increase(points: readonly Point[], span: Span): number | null {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return null
  const from = Math.max(span.fromMs, first.atMs)
  const to = Math.min(span.toMs, last.atMs)
  const length = span.toMs - span.fromMs
  if (length <= 0 || to - from < length / 2) return null
  return ((valueAt(points, to) - valueAt(points, from)) * length) / (to - from)
}

function valueAt(points: readonly Point[], atMs: number): number {
  let low = 0
  let high = points.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (points[middle]!.atMs < atMs) low = middle + 1
    else high = middle
  }
  const after = points[low]!
  const before = points[low - 1]
  if (!before || after.atMs <= atMs) return after.value
  return before.value + ((after.value - before.value) * (atMs - before.atMs)) / (after.atMs - before.atMs)
}

/** The highest reading within the span, or the last one before it when none lies within. */
function peak(memory: readonly { readonly atMs: number; readonly bytes: number }[], span: Span): number | null {
  const within = memory.filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
  if (within.length > 0) return Math.max(...within.map(({ bytes }) => bytes))
  return memory.filter(({ atMs }) => atMs < span.fromMs).at(-1)?.bytes ?? null
}

function slicesOf({ fromMs, toMs }: Span): Span[] {
  const length = toMs - fromMs
  if (length <= 0) return []
  const count = Math.min(MOST_SLICES, Math.max(1, Math.floor(length / SLICE_MS)))
  return Array.from({ length: count }, (_, index) => ({
    fromMs: fromMs + (length * index) / count,
    toMs: fromMs + (length * (index + 1)) / count,
  }))
}

function total(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}

function ratio(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : part / whole
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}
