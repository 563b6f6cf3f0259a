import { judge, reasonOf, rightPerSecond, viewCells } from '@bakeoff/core'
import type { Plan, PlannedEntry, RunEvent, RunRecord } from '@bakeoff/model'
import { shownP99MsOf } from './figures.js'

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
      throughput: rightPerSecond(load.measurement),
      p99Ms: shownP99MsOf(load),
      invalid: verdicts.get(load.loadId)?.causes.find(({ effect }) => effect === 'invalidates')?.evidence ?? null,
    })),
    leftMs,
  }
}
