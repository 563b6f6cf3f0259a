import { formatDurationMs, type Plan, type PlanWarning, type RepetitionRecord } from '@bakeoff/model'
import { list, many } from '../words/quantities.js'
import { entriesToRun, nothingOpen } from './adaptive.js'
import { type Measured, repetitionsMs } from './estimate.js'

export interface OtherDraft {
  readonly profile: string
  readonly drafted: Measured
}

/**
 * The fewest repetitions of a profile are a promise. Where even the shortest warm-ups leave no time for them within the
 * budget, the run says so before it starts, with what could keep it. At most one warning.
 */
export function tooShortBudget(
  drafted: Measured,
  known: { readonly profile: string; readonly others: () => readonly OtherDraft[] },
): PlanWarning[] {
  const { rules, entries } = drafted
  const promised = promisedMs(drafted)
  if (rules.minRepetitions === 1 || promised <= rules.budgetMs) return []
  const affordable = repetitionsWithin(drafted)
  return [
    {
      what: `The budget is too short for ${many(rules.minRepetitions, 'repetition')}`,
      where: `profile ${known.profile}`,
      why: `${many(rules.minRepetitions, 'repetition')} of ${many(entries.length, 'entry', 'entries')} take ${formatDurationMs(promised)} or more, and the budget is ${formatDurationMs(rules.budgetMs)}: it ends after ${affordable === 1 ? 'the first' : `about ${affordable}`}, the run is partial, and what it decides is provisional.`,
      todo: `${list(
        [
          `Give it time (--budget ${Math.ceil(promised / 60_000)}m)`,
          ...choices(drafted),
          ...known
            .others()
            .filter((other) => promisedMs(other.drafted) <= other.drafted.rules.budgetMs)
            .map(
              ({ profile, drafted: other }) =>
                `take --profile ${profile} (${many(other.rules.minRepetitions, 'repetition')} in ${formatDurationMs(promisedMs(other))})`,
            ),
        ],
        'or',
      )}.`,
    },
  ]
}

/**
 * The reason why a run that came to its end is not complete: entries that could be measured have fewer repetitions than were promised.
 * Null when the promise was kept.
 */
export function brokenPromise(plan: Plan, records: readonly RepetitionRecord[]): string | null {
  const { minRepetitions, budgetMs } = plan.rules
  const owed = plan.blocks
    .filter(({ repetition }) => repetition <= minRepetitions)
    .flatMap((block) =>
      entriesToRun(plan, block, { known: { records, calibrations: [] }, elapsedMs: 0, isOpen: nothingOpen }),
    )
  if (owed.length === 0) return null
  const counts = [...new Set(owed)].map(
    (entry) => records.filter((record) => record.entry === entry && record.outcome.kind === 'measured').length,
  )
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  const got = fewest === most ? `${fewest}` : `${fewest} to ${most}`
  return `the budget of ${formatDurationMs(budgetMs)} ended it after ${got} of at least ${many(minRepetitions, 'repetition')}`
}

/** Wall time of the promised repetitions, with the shortest warm-ups. */
function promisedMs(drafted: Measured): number {
  return repetitionsMs(drafted, drafted.rules.minRepetitions, drafted.rules.warmUp.minMs)
}

/** Repetitions of everything for which the budget is long enough; the first round is always run. */
function repetitionsWithin(drafted: Measured): number {
  const { budgetMs, warmUp, minRepetitions } = drafted.rules
  let repetitions = minRepetitions
  while (repetitions > 1 && repetitionsMs(drafted, repetitions, warmUp.minMs) > budgetMs) repetitions--
  return repetitions
}

/** As many scenarios as fit into the budget, the first ones first. Empty when not even one does, or when there is one only. */
function choices(drafted: Measured): string[] {
  const { scenarios, entries, rules } = drafted
  if (scenarios.length === 1) return []
  const upTo = (count: number): Measured => {
    const some = scenarios.slice(0, count)
    return {
      ...drafted,
      scenarios: some,
      entries: entries.filter((entry) => some.some(({ id }) => id === entry.scenario)),
    }
  }
  let count = scenarios.length - 1
  while (count > 0 && promisedMs(upTo(count)) > rules.budgetMs) count--
  if (count === 0) return []
  const names = scenarios.slice(0, count).map(({ id }) => id)
  return [`measure less (--scenario ${names.join(',')} takes ${formatDurationMs(promisedMs(upTo(count)))})`]
}
