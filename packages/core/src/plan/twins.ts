import { createHash } from 'node:crypto'
import { competes, type PlannedEntry, type RunRules } from '@bakeoff/model'
import { LEAST_REPETITIONS } from './least-repetitions.js'

/**
 * One contender of each scenario once more, under another name (A/A): what the judge calls different between the two is its own
 * error. The seed chooses which. None where nothing is compared: in runs of one or two repetitions, and of one entry.
 */
export function twinsOf(
  entries: readonly PlannedEntry[],
  { maxRepetitions }: Pick<RunRules, 'maxRepetitions'>,
  seed: number,
): PlannedEntry[] {
  if (maxRepetitions < LEAST_REPETITIONS) return []
  const scenarios = [...new Set(entries.map(({ scenario }) => scenario))]
  return scenarios.flatMap((scenario) => {
    const contenders = entries.filter((entry) => entry.scenario === scenario && competes(entry))
    if (contenders.length < 2) return []
    const rank = ({ id }: PlannedEntry) => createHash('sha256').update(`${seed}\0twin\0${id}`).digest('hex')
    const chosen = contenders.reduce((first, entry) => (rank(entry) < rank(first) ? entry : first))
    return [{ ...chosen, id: `${chosen.id}.again`, variant: `${chosen.variant}.again`, twinOf: chosen.id }]
  })
}
