import type { Block, LoadSpec, PlannedEntry, Stage } from '@bakeoff/model'
import { type Draft, newDraft } from './draft.js'
import { benchIn } from './placement.js'
import type { Sampler } from './ports.js'
import type { Run } from './run.js'
import type { TargetGroup } from './target-group.js'
import type { Testbed } from './testbed.js'

/** One repetition to be run. */
export interface Job {
  readonly block: Block
  readonly entry: PlannedEntry
  /** best closed throughput of each earlier repetition, from which rates are taken */
  readonly earlier: readonly number[]
  /** its part of the latency–throughput curve, beside the scenario's loads */
  readonly curve: readonly LoadSpec[]
  /** whether the second instrument follows the loads; it does so once for an entry */
  readonly secondInstrument: boolean
}

/** One try at a repetition, from its first step on. However it ends, its draft holds what is known by then. */
export class Repetition {
  readonly run: Run
  readonly job: Job
  readonly draft: Draft

  constructor(run: Run, job: Job, startedAtMs: number) {
    this.run = run
    this.job = job
    this.draft = newDraft(run.plan, job, startedAtMs, benchIn(run))
  }

  /** The seed for the order of requests and the random numbers of its loads: the same for every target of a block. */
  get seed(): number {
    return this.run.plan.seed * 1000 + this.job.block.repetition
  }

  /**
   * Reports the step that begins, and the stage of the repetition to which errors belong from here on.
   *
   * @throws when the run is stopped
   */
  step(stage: Stage, name: string): void {
    const { block, entry } = this.job
    this.run.signal.throwIfAborted()
    this.draft.stage = stage
    this.run.emit({ kind: 'step', entry: entry.id, block: block.id, ...benchIn(this.run), step: name, detail: null })
  }

  /** Notes a problem that does not end the repetition; the same note is kept only once. */
  note(text: string): void {
    if (!this.draft.notes.includes(text)) this.draft.notes.push(text)
  }
}

/** A testbed whose target is ready and sampled; every load of a repetition runs on it. */
export interface ReadyTestbed {
  readonly repetition: Repetition
  readonly testbed: Testbed
  readonly target: TargetGroup
  readonly sampler: Sampler
}
