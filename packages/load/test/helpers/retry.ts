import { thresholds } from '@bakeoff/core'
import type { LoadMeasurement } from '@bakeoff/model'

/** Windows that may be measured before a figure counts as wrong. */
const TRIES = 3

/** The agent says itself that its times are in doubt: its event loop was full, or it sent late. */
export function inDoubt({ agent, lateShare }: LoadMeasurement): boolean {
  return (agent.eventLoopUtilisation ?? 0) > thresholds.agent.eventLoop || (lateShare ?? 0) > thresholds.lateSends
}

/**
 * A measurement that other work on the machine may disturb: measured again, in a fresh window, when it does not hold, since
 * a bound that every disturbed window keeps would be too loose to show anything.
 *
 * @param measure whatever must hold in every window, accounting above all, belongs in here: its errors are thrown at once
 * @param floor   what no disturbance can change, for every window: nothing is faster than the server was
 * @param judge   must hold in one of three windows, or the agent must have said of the last one that it is in doubt
 */
export async function measured<T extends { readonly measurement: LoadMeasurement }>(
  measure: () => Promise<T>,
  { floor, judge }: { floor: (taken: T) => void; judge: (taken: T) => void },
): Promise<void> {
  for (let left = TRIES; ; left--) {
    const taken = await measure()
    floor(taken)
    try {
      judge(taken)
      return
    } catch (error) {
      if (left > 1) continue
      if (inDoubt(taken.measurement)) return
      throw error
    }
  }
}
