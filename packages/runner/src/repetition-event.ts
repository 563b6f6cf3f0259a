import { judge, reasonOf, rightPerSecond, viewCells } from '@bakeoff/core'
import type { Plan, RepetitionRecord } from '@bakeoff/model'
import { shownP99MsOf } from './figures.js'
import { entryOf } from './materials.js'
import type { ToTell } from './tell.js'

type RepetitionEvent = Extract<ToTell, { kind: 'repetition' }>

/** The event of a repetition as soon as it is on disk: its figures, and which of them are already known not to count. */
export function repetitionEvent(plan: Plan, record: RepetitionRecord, leftMs: number | null): RepetitionEvent {
  const entry = entryOf(plan, record.entry)
  const verdicts = new Map(
    viewCells({ ...plan, entries: [entry] }, [record], []).map((view) => [view.loadId, judge(view)]),
  )
  return {
    kind: 'repetition',
    entry: entry.id,
    block: record.block,
    repetition: record.repetition,
    outcome: record.outcome.kind,
    message: reasonOf(record.outcome),
    figures: record.loads.map((load) => ({
      loadId: load.loadId,
      throughput: rightPerSecond(load.measurement),
      ...(load.capacity ? { capacityPerSecond: load.capacity.perSecond } : {}),
      p99Ms: shownP99MsOf(load),
      invalid: verdicts.get(load.loadId)?.causes.find(({ effect }) => effect === 'invalidates')?.evidence ?? null,
    })),
    leftMs,
  }
}
