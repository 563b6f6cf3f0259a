import { blameOf } from '@bakeoff/core'
import type {
  Block,
  ClockGap,
  ErrorRecord,
  ImageFacts,
  LoadRecord,
  Outcome,
  Plan,
  PlannedEntry,
  RepetitionRecord,
  SecondInstrumentRecord,
  Stage,
  TargetInfo,
  Verification,
  WarmUpRecord,
} from '@bakeoff/model'
import { toErrorRecord } from '@bakeoff/model'
import { UnsupportedBuild } from './ports.js'

/** The draft of a repetition's record: what is known so far. However the repetition ends, the draft is sealed into its record. */
export interface Draft {
  /** which repetition it is, and when it began */
  readonly of: Pick<RepetitionRecord, 'runId' | 'entry' | 'block' | 'repetition' | 'bench' | 'startedAt'>
  stage: Stage
  image: ImageFacts | null
  images: Record<string, string>
  info: TargetInfo | null
  tellsNothing?: boolean
  coldStart: RepetitionRecord['coldStart']
  idleMemoryBytes: number | null
  verification: Verification | null
  warmUp: WarmUpRecord | null
  readonly loads: LoadRecord[]
  secondInstrument: SecondInstrumentRecord | null
  logTail: string[]
  readonly notes: string[]
  /** null: the clocks went together */
  clockGap: ClockGap | null
}

/** @param bench where it runs, as its record says it; default: nothing to say */
export function newDraft(
  plan: Plan,
  { block, entry }: { readonly block: Block; readonly entry: PlannedEntry },
  startedAtMs: number,
  bench: Pick<RepetitionRecord, 'bench'> = {},
): Draft {
  return {
    of: {
      runId: plan.runId,
      entry: entry.id,
      block: block.id,
      repetition: block.repetition,
      ...bench,
      startedAt: new Date(startedAtMs).toISOString(),
    },
    stage: 'build',
    image: null,
    images: {},
    info: null,
    coldStart: null,
    idleMemoryBytes: null,
    verification: null,
    warmUp: null,
    loads: [],
    secondInstrument: null,
    logTail: [],
    notes: [],
    clockGap: null,
  }
}

/** The outcome of a repetition that an error ended. Where the error ends the whole run nothing failed: it is aborted. */
export function outcomeOf(error: unknown, stage: Stage, signal: AbortSignal): Outcome {
  if (error instanceof UnsupportedBuild) return { kind: 'unsupported', reason: error.message }
  if (signal.aborted) return { kind: 'aborted', reason: reasonOf(signal) }
  const record: ErrorRecord = toErrorRecord(error)
  if (blameOf(record.code) === 'run') return { kind: 'aborted', reason: endOfRun(record) }
  return { kind: 'failed', stage, error: record }
}

/** Whether an error ends the whole run, because nothing else could be measured after it. */
export function endsTheRun(error: unknown): boolean {
  return !(error instanceof UnsupportedBuild) && blameOf(toErrorRecord(error).code) === 'run'
}

/** A sentence that says why an error ended a run. */
export function endOfRun({ code, message }: ErrorRecord): string {
  return code === 'BUG' ? `a bug in Bakeoff: ${message}` : message
}

export function reasonOf(signal: AbortSignal): string {
  const { reason } = signal
  return reason instanceof Error ? reason.message : String(reason ?? 'stopped')
}

/** The record of a repetition that has ended. */
export function seal({ of, stage: _, ...known }: Draft, outcome: Outcome, endedAtMs: number): RepetitionRecord {
  return { schemaVersion: 1, ...of, endedAt: new Date(endedAtMs).toISOString(), outcome, ...known }
}
