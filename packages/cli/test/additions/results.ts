import type * as core from '@bakeoff/core'
import type { Results } from '@bakeoff/model'
import {
  aLoadRecord,
  anEntry,
  aPlan,
  aRepetitionRecord,
  aScenario,
  nothingElse,
  type Observed,
} from '../../../core/test/builders.js'

/** Results of one target in one repetition, as the core of a copy makes them. */
export function resultsOf({ analyse }: Pick<typeof core, 'analyse'>, observed: Observed): Results {
  const plan = aPlan([aScenario()], [anEntry('predict', 'go-net-http')])
  return analyse({
    ...nothingElse,
    plan,
    records: [aRepetitionRecord(plan.entries[0]!, 1, [aLoadRecord(observed)])],
  })
}
