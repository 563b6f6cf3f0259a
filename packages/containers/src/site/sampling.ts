import type { HostReading } from '@bakeoff/model'
import type { RunningContainer, SampledBetween, Sampler } from '@bakeoff/runner/ports'

/** The sampler of one host. */
export interface HostSampler {
  readonly host: string
  readonly sampler: Sampler
  /** largest error of the alignment of its clock; null: not known */
  readonly clockErrorMs: () => number | null
}

/** Containers by the names of their hosts, in the order of the containers. */
export function byHost(
  containers: readonly RunningContainer[],
  usual: string,
): ReadonlyMap<string, RunningContainer[]> {
  const groups = new Map<string, RunningContainer[]>()
  for (const container of containers) {
    const host = container.host ?? usual
    groups.set(host, [...(groups.get(host) ?? []), container])
  }
  return groups
}

/** One sampler of several: the machine of the first is `host`, the others are named. Disposing it disposes them all. */
export function joinSamplers(samplers: readonly HostSampler[]): Sampler {
  return {
    between: (fromMs, toMs) =>
      joined(
        samplers.map(({ host, sampler, clockErrorMs }) => {
          const { containers, host: readings } = sampler.between(fromMs, toMs)
          return { host, containers, readings, clockErrorMs: clockErrorMs() }
        }),
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all(samplers.map(({ sampler }) => sampler[Symbol.asyncDispose]()))
    },
  }
}

interface HostSamples {
  readonly host: string
  readonly containers: SampledBetween['containers']
  readonly readings: HostReading[]
  readonly clockErrorMs: number | null
}

function joined(all: readonly HostSamples[]): SampledBetween {
  const [first, ...others] = all
  return {
    containers: Object.assign({}, ...all.map(({ containers }) => containers)),
    host: first?.readings ?? [],
    clockErrorMs: first?.clockErrorMs ?? null,
    ...(others.length === 0
      ? {}
      : {
          machines: Object.fromEntries(
            others.map(({ host, readings, clockErrorMs }) => [host, { readings, clockErrorMs }]),
          ),
        }),
  }
}
