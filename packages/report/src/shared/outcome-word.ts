import type { Cell } from '@bakeoff/model'

/**
 * An outcome in a word. What a run did not come to is not reached, as the decision has it: nobody aborted it, and a run that goes
 * on may still come to it.
 */
export function outcomeWord(outcome: Cell['outcome']): string {
  return outcome === 'aborted' ? 'not reached' : outcome
}
