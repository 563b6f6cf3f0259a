import type { GateRules } from './rules.js'

export interface GateReport {
  /** cells that broke a rule, and how */
  readonly broken: readonly Broken[]
  /** cells that some rule could not judge, and why; they do not break it */
  readonly unjudged: readonly Unjudged[]
  /** cells that were judged by every rule about them, of so many that some rule is about */
  readonly judged: number
  readonly of: number
  /** how many runs of the baseline's kind told how much runs differ; 1: it alone, which does not tell. null: no rule needs one */
  readonly runs: number | null
}

export interface Broken {
  readonly cell: string
  readonly rule: keyof GateRules
  readonly says: string
}

export interface Unjudged {
  readonly cell: string
  readonly says: string
}

/** The report of some rules about some cells. */
export type Judgement = Pick<GateReport, 'broken' | 'unjudged'>

export const FINE: Judgement = { broken: [], unjudged: [] }

export function broken(cell: string, rule: keyof GateRules, says: string): Judgement {
  return { broken: [{ cell, rule, says }], unjudged: [] }
}

export function unjudged(cell: string, says: string): Judgement {
  return { broken: [], unjudged: [{ cell, says }] }
}

export function all(judgements: readonly Judgement[]): Judgement {
  return {
    broken: judgements.flatMap((each) => each.broken),
    unjudged: judgements.flatMap((each) => each.unjudged),
  }
}
