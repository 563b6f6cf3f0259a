/**
 * Epoch ms of this process's start, plus what has passed since by a clock that nobody sets: the scale of all readings and
 * measurements of a run. When the machine's clock is set, or the machine slept, it is no longer the time of day.
 */
export function steadyMs(): number {
  return performance.timeOrigin + performance.now()
}

/**
 * A time of the engine's clock on the steady scale. The two machines' clocks may differ, and either may have been set:
 * what is certain is only that it lies between the call and its return.
 */
export function steadyOfEngine(engineMs: number, calledAtMs: number, returnedAtMs: number): number {
  const steady = engineMs + steadyMs() - Date.now()
  return Math.min(returnedAtMs, Math.max(calledAtMs, steady))
}
