import type { NetworkKind, PlannedBench } from './machines.js'

/** Every host of a bench, once, the target's first. */
export function hostsOf({ target, services, agents }: PlannedBench): string[] {
  return [...new Set([target, services, ...agents])]
}

/** The kind of network of these benches: an overlay as soon as one of them has a second host. */
export function networkOf(benches: readonly PlannedBench[]): NetworkKind {
  return benches.every((bench) => hostsOf(bench).length === 1) ? 'bridge' : 'overlay'
}
