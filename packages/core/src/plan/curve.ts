import {
  type Block,
  DEFAULT_OFFERED,
  type LoadSpec,
  loadIdOf,
  type Plan,
  type RepetitionRecord,
  type RunRules,
  rateLoad,
} from '@bakeoff/model'
import { bestRates, commonRates, medianOf } from '../stats/index.js'

/** The largest share of its own best throughput that a target is offered: above it only the growth of its queue would show. */
const MOST_OF_BEST = 0.97

/**
 * The rates at which the latency–throughput curves of a scenario are measured: the same for all targets, from what they
 * reached in the first block. Empty before it, for scenarios without a closed load, and in profiles without curves.
 */
export function curveRatesOf(plan: Plan, scenario: string, records: readonly RepetitionRecord[]): number[] {
  const count = plan.rules.curveRates ?? 0
  if (count === 0) return []
  const best = plan.entries
    .filter((entry) => entry.scenario === scenario)
    .flatMap(({ id }) => bestOf(records.filter((record) => record.entry === id && record.repetition === 1)) ?? [])
  return best.length === 0 ? [] : commonRates(best, count)
}

/** The loads that this repetition of an entry adds to those of its scenario: its part of the curve. */
export function curveLoads(plan: Plan, block: Block, entry: string, records: readonly RepetitionRecord[]): LoadSpec[] {
  const scenario = plan.scenarios.find(({ id }) => id === block.scenario)
  if (!scenario) return []
  const rates = curveRatesOf(plan, scenario.id, records)
  const best = bestOf(records.filter((record) => record.entry === entry))
  if (best === null) return []
  const turn = ratesInTurn(plan.rules, block.repetition, rates.length).map((place) => rates[place] as number)
  return [...new Set(turn)]
    .filter((perSecond) => perSecond <= best * MOST_OF_BEST)
    .sort((a, b) => a - b)
    .map((perSecond) => rateLoad(perSecond, scenario.offered ?? DEFAULT_OFFERED))
    .filter((load) => !scenario.loads.some((each) => loadIdOf(each) === loadIdOf(load)))
}

/**
 * The places of the rates that a repetition measures, of so many. From the second repetition on they take turns, so that the least number of
 * repetitions goes through all of them.
 */
export function ratesInTurn(
  rules: Pick<RunRules, 'curveRates' | 'minRepetitions'>,
  repetition: number,
  count: number,
): number[] {
  if (repetition < 2) return []
  const each = Math.min(count, ratesPerBlock(rules))
  return Array.from({ length: each }, (_, index) => ((repetition - 2) * each + index) % count)
}

/** The number of rates per repetition with which the fewest repetitions go through all rates. */
export function ratesPerBlock({ curveRates, minRepetitions }: Pick<RunRules, 'curveRates' | 'minRepetitions'>): number {
  return Math.ceil((curveRates ?? 0) / Math.max(1, minRepetitions - 1))
}

/** The median over repetitions of the best closed throughput; null where there is none. */
function bestOf(records: readonly RepetitionRecord[]): number | null {
  return medianOf(bestRates(records).filter((rate) => rate > 0))
}
