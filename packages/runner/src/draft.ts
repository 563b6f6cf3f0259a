import type {
  Block,
  ErrorRecord,
  ImageFacts,
  LoadRecord,
  Outcome,
  Plan,
  PlannedEntry,
  RunRecord,
  SecondInstrumentRecord,
  Stage,
  TargetInfo,
  Verification,
  WarmUpRecord,
} from '@bakeoff/model'
import { toErrorRecord } from '@bakeoff/model'
import { UnsupportedBuild } from './ports.js'

/** What is known so far of a repetition. Whatever ends it, what was measured by then is in here and gets sealed. */
export interface Draft {
  stage: Stage
  image: ImageFacts | null
  images: Record<string, string>
  info: TargetInfo | null
  coldStart: RunRecord['coldStart']
  idleMemoryBytes: number | null
  verification: Verification | null
  warmUp: WarmUpRecord | null
  readonly loads: LoadRecord[]
  secondInstrument: SecondInstrumentRecord | null
  logTail: string[]
  readonly notes: string[]
}

export function newDraft(): Draft {
  return {
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
  }
}

/** How a repetition ended that threw. */
export function outcomeOf(error: unknown, stage: Stage, signal: AbortSignal): Outcome {
  if (error instanceof UnsupportedBuild) return { kind: 'unsupported', reason: error.message }
  const record: ErrorRecord = toErrorRecord(error)
  if (signal.aborted) return { kind: 'aborted', reason: reasonOf(signal) }
  if (record.code === 'ENGINE_LOST') return { kind: 'aborted', reason: record.message }
  return { kind: 'failed', stage, error: record }
}

export function reasonOf(signal: AbortSignal): string {
  const { reason } = signal
  return reason instanceof Error ? reason.message : String(reason ?? 'stopped')
}

export function seal(
  draft: Draft,
  outcome: Outcome,
  job: { readonly plan: Plan; readonly block: Block; readonly entry: PlannedEntry },
  startedAtMs: number,
  endedAtMs: number,
): RunRecord {
  const { stage: _, ...known } = draft
  return {
    schemaVersion: 1,
    runId: job.plan.runId,
    entry: job.entry.id,
    block: job.block.id,
    repetition: job.block.repetition,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    outcome,
    ...known,
  }
}
