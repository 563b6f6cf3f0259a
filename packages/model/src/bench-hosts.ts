import type { PlannedBench } from './machines.js'

/** Every host of a bench, once, the target's first. */
export function hostsOf({ target, services, agents }: PlannedBench): string[] {
  return [...new Set([target, services, ...agents])]
}
