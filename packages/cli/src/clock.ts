import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@bakeoff/runner/ports'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}
