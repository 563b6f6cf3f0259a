import type { CurvePoint, Random, RateProbe } from '../../src/stats/index.js'

/** p99 of the time in an M/M/1 queue that serves 1,000 a second on average: exponential with the rate μ − λ. */
export function mm1P99Ms(perSecond: number, capacity = 1000): number {
  return (1000 * Math.log(100)) / (capacity - perSecond)
}

/** p99 of the time in an M/D/1 queue whose service takes 1 ms: 1 ms + the wait, by Erlang's sum (1909). */
export function md1P99Ms(perSecond: number): number {
  const load = perSecond / 1000
  const waitsAtMost = (ms: number) => {
    let sum = 0
    for (let k = 0; k <= ms; k++) {
      let term = Math.exp(load * (ms - k))
      for (let factor = 1; factor <= k; factor++) term *= (-load * (ms - k)) / factor
      sum += term
    }
    return (1 - load) * sum
  }
  return 1 + bisect((ms) => waitsAtMost(ms) < 0.99, 0, 30)
}

/** p99 of the time of requests that arrive at random and wait for one server, 1 ms of service each (Lindley 1952). */
export function simulatedMd1P99Ms(perSecond: number, seconds: number, random: Random): number {
  const times: number[] = []
  for (let wait = 0, now = 0; now < seconds * 1000; ) {
    times.push(wait + 1)
    const gap = (1000 / perSecond) * random.exponential()
    now += gap
    wait = Math.max(0, wait + 1 - gap)
  }
  times.sort((a, b) => a - b)
  return times[Math.ceil(times.length * 0.99) - 1]!
}

/** The largest x for which it holds, within 2^-60 of the span. */
export function bisect(holds: (x: number) => boolean, low: number, high: number): number {
  let [from, to] = [low, high]
  for (let step = 0; step < 60; step++) {
    const middle = (from + to) / 2
    if (holds(middle)) from = middle
    else to = middle
  }
  return from
}

/** `count` rates in equal ratios. */
export function geometric(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from * (to / from) ** (index / (count - 1)))
}

/** A measured curve: 5 repetitions, each p99 off by `noise`, each repetition's capacity off by `shared` (both relative). */
export function measure(
  p99Ms: (perSecond: number, capacity: number) => number,
  rates: readonly number[],
  { noise, shared = 0 }: { readonly noise: number; readonly shared?: number },
  random: Random,
): CurvePoint[] {
  return Array.from({ length: 5 }, (_, repetition) => {
    const capacity = 1000 * Math.exp(shared * random.normal())
    return rates.map((rate) => ({
      repetition,
      offeredPerSecond: rate,
      servedPerSecond: Math.min(rate, capacity),
      // Beyond the capacity the queue grows as long as the window lasts.
      p99Ms: (rate < capacity ? Math.min(5000, p99Ms(rate, capacity)) : 5000) * Math.exp(noise * random.normal()),
      failedShare: 0,
    }))
  }).flat()
}

/** A probe of one server with a queue, from empty: exponential or fixed service, and at times a stall of 300 ms. */
export function probeQueue(
  perSecond: number,
  {
    capacity,
    service,
    sloMs,
    stalls,
  }: {
    readonly capacity: number
    readonly service: 'fixed' | 'exponential'
    readonly sloMs: number
    readonly stalls: number
  },
  random: Random,
  probeMs = 5000,
): RateProbe {
  const stallAtMs = random.next() < stalls ? random.next() * probeMs : Number.POSITIVE_INFINITY
  const times: number[] = []
  let served = 0
  let freeAtMs = 0
  let stalled = false
  for (
    let now = (1000 / perSecond) * random.exponential();
    now < probeMs;
    now += (1000 / perSecond) * random.exponential()
  ) {
    let begin = Math.max(now, freeAtMs)
    if (!stalled && begin >= stallAtMs) {
      begin = Math.max(begin, stallAtMs + 300)
      stalled = true
    }
    freeAtMs = begin + (1000 / capacity) * (service === 'fixed' ? 1 : random.exponential())
    times.push(freeAtMs - now)
    if (freeAtMs <= probeMs) served++
  }
  times.sort((a, b) => a - b)
  const p99 = times[Math.ceil(times.length * 0.99) - 1] ?? 0
  return { perSecond, servedPerSecond: (served / probeMs) * 1000, ok: p99 <= sloMs }
}
