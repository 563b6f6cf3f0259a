import type { Cell, PlannedScenario } from '@bakeoff/model'

/**
 * Observed − scripted: what the target and its client library add to a service that keeps to a script. Medians are
 * compared, since a script has no spread. Null without a script, for batches (their tasks are not seen from outside)
 * and where no answer came.
 */
export function overheadOf(
  scenario: PlannedScenario,
  latency: Cell['latencyMs'],
  stream: Cell['stream'],
): Cell['overhead'] {
  const { script } = scenario
  if (!script || latency?.p50 == null) return null
  const scriptedMs = script.firstByteMs + script.gapMs * (script.chunks - 1)
  const perStreamMs = latency.p50 - scriptedMs
  const firstByte = stream?.firstByteMs.p50 ?? null
  return {
    firstByteMs: firstByte === null ? null : firstByte - script.firstByteMs,
    perStreamMs,
    perChunkMs: perStreamMs / script.chunks,
  }
}
