import type { LoadSlice, Timeline } from '@bakeoff/model'
import { medianRepetition } from '../figures/estimate.js'
import { round } from '../figures/times.js'
import type { Slice, Use } from '../observe/use.js'
import type { CellView } from '../observe/view.js'

/** The curves of the median repetition, warm-up before 0. Null when nothing was measured. */
export function timelineOf(view: CellView): Timeline | null {
  const repetition = medianRepetition(view)
  if (!repetition) return null
  const { whole, record, target, services, agent, host } = repetition
  const warmUp = whole.warmUp
  return {
    repetition: repetition.number,
    windows: [
      ...(warmUp?.windows ?? []).map((slice) => point(slice, -warmUp!.durationMs, true)),
      ...record.measurement.windows.map((slice) => point(slice, 0, false)),
    ],
    target: curve(target),
    services: Object.fromEntries(Object.entries(services).map(([name, use]) => [name, curve(use)])),
    agent: curve(agent),
    host: host.slices.map(({ atMs, pressure, steal }) => ({
      atMs: Math.round(atMs),
      pressure: rounded(pressure),
      steal: rounded(steal),
    })),
  }
}

function point(slice: LoadSlice, offsetMs: number, warmUp: boolean): Timeline['windows'][number] {
  const ms = (us: number | null) => (us === null ? null : round(us / 1000))
  return {
    atMs: Math.round(slice.atMs + offsetMs),
    throughput: slice.durationMs > 0 ? round((slice.ok / slice.durationMs) * 1000) : 0,
    p50Ms: ms(slice.p50Us),
    p99Ms: ms(slice.p99Us),
    warmUp,
  }
}

function curve({ slices }: Use): Timeline['target'] {
  return slices.map(({ atMs, cores, memoryBytes, throttledShare }: Slice) => ({
    atMs: Math.round(atMs),
    cores: rounded(cores),
    memoryBytes,
    throttledShare: rounded(throttledShare),
  }))
}

function rounded(value: number | null): number | null {
  return value === null ? null : round(value)
}
