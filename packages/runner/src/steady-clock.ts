/**
 * The steady scale: epoch ms of this process's start, plus the time since by a clock that cannot be set. It is the scale of all readings and
 * measurements of a run. After the machine's clock was set, or the machine slept, it is no longer the time of day.
 */
export function steadyMs(): number {
  return performance.timeOrigin + performance.now()
}

/**
 * Converts a time of the engine's clock to the steady scale. The clocks of the two machines may differ, and either may have been set:
 * only that the time lies between a call and its return is certain.
 *
 * @param offsetMs what to add to the engine's clock to have the steady scale; default: it is this machine's clock
 */
export function steadyOfEngine(
  engineMs: number,
  calledAtMs: number,
  returnedAtMs: number,
  offsetMs = steadyMs() - Date.now(),
): number {
  return Math.min(returnedAtMs, Math.max(calledAtMs, engineMs + offsetMs))
}
