import type { HostReading, Reading } from '@bakeoff/model'
import type { Sampler } from '@bakeoff/runner/ports'
import { cut } from '../session/sampling/sampler.js'
import type { Sampled, SampledContainer, Tick } from './protocol.js'
import type { ProbeWire } from './wire.js'

/** A sampler of one host. Its readings are on the steady scale of this process. */
export interface ProbeSampler extends Sampler {
  /** names of the containers whose counters the probe cannot read: they have no readings */
  readonly unread: readonly string[]
}

/** @param offsetMs what is added to the probe's times at this moment */
export async function startProbeSampler(
  wire: ProbeWire,
  containers: readonly SampledContainer[],
  hz: number,
  offsetMs: () => number,
): Promise<ProbeSampler> {
  const series = new Map<string, Reading[]>(containers.map(({ name }) => [name, []]))
  const hostSeries: HostReading[] = []
  const here = <T extends { readonly atMs: number }>(reading: T): T => ({
    ...reading,
    atMs: reading.atMs + offsetMs(),
  })
  const hear = ({ host, containers }: Tick) => {
    hostSeries.push(here(host))
    for (const [name, reading] of Object.entries(containers)) series.get(name)?.push(here(reading))
  }
  const { result, stop } = await wire.follow<Sampled>({ ask: 'sample', containers, hz }, hear)
  return {
    unread: result.unread,
    between: (fromMs, toMs) => ({
      containers: Object.fromEntries([...series].map(([name, readings]) => [name, cut(readings, fromMs, toMs)])),
      host: cut(hostSeries, fromMs, toMs),
    }),
    async [Symbol.asyncDispose]() {
      await stop().catch(() => undefined) // a lost probe is told by `lost`
    },
  }
}
