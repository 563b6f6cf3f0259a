import { uptime } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, steadyMs } from '@bakeoff/runner/ports'

export const systemClock: Clock = {
  now: () => Date.now(),
  steadyMs,
  // The uptime of the machine goes on while it sleeps, the time of the process does not.
  sleptMs: () => uptime() * 1000 - performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}
