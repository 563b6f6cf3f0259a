import { decodeHistogram, isSupported, judge, reasonOf, viewCells } from '@bakeoff/core'
import type { LoadRecord, Plan, PlannedEntry, RunEvent, RunRecord } from '@bakeoff/model'
import { p99MsOf, throughputOf } from './figures.js'

type RepetitionEvent = Extract<RunEvent, { kind: 'repetition' }>

/** What is told of a repetition as soon as it is on disk: its figures, and which of them do not count even now. */
export function repetitionEvent(
  plan: Plan,
  entry: PlannedEntry,
  run: RunRecord,
  leftMs: number | null,
  at: string,
): RepetitionEvent {
  const verdicts = new Map(
    viewCells({ ...plan, entries: [entry] }, [run], []).map((view) => [view.loadId, judge(view)]),
  )
  return {
    kind: 'repetition',
    at,
    entry: entry.id,
    block: run.block,
    repetition: run.repetition,
    outcome: run.outcome.kind,
    message: reasonOf(run.outcome),
    figures: run.loads.map((load) => ({
      loadId: load.loadId,
      throughput: throughputOf(load),
      p99Ms: isP99Supported(load) ? p99MsOf(load) : null,
      invalid: verdicts.get(load.loadId)?.causes.find(({ effect }) => effect === 'invalidates')?.evidence ?? null,
    })),
    leftMs,
  }
}

/** Whether there were as many answers as a p99 needs; the report shows none with fewer. */
function isP99Supported({ measurement }: LoadRecord): boolean {
  return isSupported(0.99, decodeHistogram(measurement.responseTime ?? measurement.serviceTime).count)
}
