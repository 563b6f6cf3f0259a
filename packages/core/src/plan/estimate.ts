import {
  type Block,
  benchesOf,
  kindOf,
  type LoadSpec,
  loadIdOf,
  type Plan,
  type PlannedEntry,
  type PlannedScenario,
  type RepetitionRecord,
  type RunRules,
} from '@bakeoff/model'
import { isHopeless } from './adaptive.js'
import { ratesPerBlock } from './curve.js'
import { assignBlocks, isAfterFirst, type Placed } from './fleet.js'
import { secondInstrumentMs } from './second-instrument.js'
import { windowRulesOf } from './window-length.js'

/** Time for start, readiness, verification and removal of a fast target, seen on two cores; a first guess until the run knows. */
const OVERHEAD_MS = 4000
const PER_SERVICE_MS = 1500
/** Time before and after a window: connections are filled, and requests under way end. */
const AROUND_WINDOW_MS = 800
/** Time for the null server and its agent at the start of a block. */
const CANARY_MS = 6000

/** The duration of one repetition of an entry with the given warm-up. */
export function repetitionMs(scenario: PlannedScenario, rules: RunRules, warmUpMs: number): number {
  const windowMs = (load: LoadSpec) => windowRulesOf(rules, scenario, loadIdOf(load)).leastMs + AROUND_WINDOW_MS
  const loads = scenario.loads.reduce((sum, load) => sum + kindOf(load).durationMs(load, windowMs(load)), 0)
  return OVERHEAD_MS + scenario.services.length * PER_SERVICE_MS + warmUpMs + loads
}

/** The part of a plan for which a time is estimated. */
export interface Measured {
  readonly scenarios: readonly PlannedScenario[]
  readonly entries: readonly PlannedEntry[]
  readonly rules: RunRules
  /** how many benches measure at once; absent: one */
  readonly benches?: number
}

/** Wall time of a number of repetitions of everything, without regard to the budget, with each warm-up as long as given. */
export function repetitionsMs(measured: Measured, repetitions: number, warmUpMs: number): number {
  const { scenarios, entries, rules, benches = 1 } = measured
  if (benches > 1) return endOf(sharedOut(measured, { repetitions, warmUpMs, benches }))
  const sum = (msOf: (scenario: PlannedScenario) => number) =>
    entries.reduce(
      (total, entry) => total + msOf(scenarios.find(({ id }) => id === entry.scenario) as PlannedScenario),
      0,
    )
  return (
    repetitions * (sum((scenario) => repetitionMs(scenario, rules, warmUpMs)) + scenarios.length * CANARY_MS) +
    (repetitions - 1) * sum((scenario) => curveMs(scenario, rules)) +
    sum((scenario) => secondInstrumentMs(scenario, rules))
  )
}

/**
 * Wall time of the measured part: least where no decision is open after the fewest repetitions, most with all of them and the longest
 * warm-ups. The budget ends either, but not the first round, nor a block that has begun.
 */
export function estimateMs(measured: Measured): { least: number; most: number } {
  const { rules } = measured
  const ofRound = (warmUpMs: number) => repetitionsMs(measured, 1, warmUpMs)
  const least = repetitionsMs(measured, rules.minRepetitions, rules.warmUp.minMs)
  const all = repetitionsMs(measured, rules.maxRepetitions, rules.warmUp.maxMs)
  const first = ofRound(rules.warmUp.maxMs)
  return {
    least: Math.max(ofRound(rules.warmUp.minMs), Math.min(least, rules.budgetMs)),
    most: Math.min(all, first >= rules.budgetMs ? first : rules.budgetMs + longestBlockMs(measured)),
  }
}

/** The blocks of so many repetitions, on benches that measure side by side. */
function sharedOut(
  { scenarios, entries, rules }: Measured,
  {
    repetitions,
    warmUpMs,
    benches,
  }: { readonly repetitions: number; readonly warmUpMs: number; readonly benches: number },
): Placed[] {
  const numbers = Array.from({ length: repetitions }, (_, index) => index + 1)
  const blocks = scenarios.flatMap((scenario) => {
    const order = entries.filter((entry) => entry.scenario === scenario.id).map(({ id }) => id)
    return numbers.map((repetition) => {
      const block = { id: `${scenario.id}#${repetition}`, scenario: scenario.id, repetition, order }
      return {
        block,
        durationMs: blockMs({ scenarios, rules }, block, warmUpMs),
        afterFirst: isAfterFirst({ scenarios }, block),
      }
    })
  })
  return assignBlocks(blocks, named(benches))
}

function named(benches: number): string[] {
  return Array.from({ length: benches }, (_, index) => String(index))
}

/** When the last bench is done. */
function endOf(placed: readonly Placed[]): number {
  return Math.max(0, ...placed.map(({ toMs }) => toMs))
}

/** Wall time of a block: its canary and one repetition of each of its entries, with the rates of the curve from the second block on. */
export function blockMs(
  { scenarios, rules }: Pick<Measured, 'scenarios' | 'rules'>,
  block: Block,
  warmUpMs: number,
): number {
  const scenario = scenarios.find(({ id }) => id === block.scenario) as PlannedScenario
  const more = block.repetition === 1 ? secondInstrumentMs(scenario, rules) : curveMs(scenario, rules)
  return CANARY_MS + block.order.length * (repetitionMs(scenario, rules, warmUpMs) + more)
}

/** Wall time of the longest block, which may begin just before the budget is spent. */
function longestBlockMs({ scenarios, entries, rules }: Measured): number {
  return Math.max(
    ...scenarios.map((scenario) => {
      const count = entries.filter((entry) => entry.scenario === scenario.id).length
      return CANARY_MS + count * (repetitionMs(scenario, rules, rules.warmUp.maxMs) + curveMs(scenario, rules))
    }),
  )
}

/**
 * Time left, from what is known: benches share the blocks that are left, repetitions took as long as those of the same entry did (all entries, where there is
 * none yet), an entry that cannot be measured takes no more, the first round and a block that has begun are run whole, and the
 * budget ends the rest. Whether a decision will still be open after the fewest repetitions is not foreseen. Null before the first
 * repetition.
 *
 * @param benches how many measure side by side now
 */
export function leftMs(
  plan: Plan,
  records: readonly RepetitionRecord[],
  elapsedMs: number,
  benches = benchesOf(plan).length,
): number | null {
  const took = records.map((record) => ({
    entry: record.entry,
    ms: Date.parse(record.endedAt) - Date.parse(record.startedAt) - secondInstrumentMsOf(plan, record),
  }))
  if (took.length === 0) return null
  const mean = (values: readonly { ms: number }[]) => values.reduce((sum, { ms }) => sum + ms, 0) / values.length
  const all = mean(took)
  const msOfBlock = (block: Block) =>
    missingIn(block, records).reduce((sum, entry) => {
      const own = took.filter((one) => one.entry === entry)
      return sum + (own.length > 0 ? mean(own) : all)
    }, 0)
  const msOf = (blocks: readonly Block[]) => {
    const left = blocks.map((block) => ({ block, durationMs: msOfBlock(block), afterFirst: isAfterFirst(plan, block) }))
    if (benches === 1) return left.reduce((sum, { durationMs }) => sum + durationMs, 0)
    return endOf(
      assignBlocks(
        left.filter(({ durationMs }) => durationMs > 0),
        named(benches),
      ),
    )
  }
  const isBegun = ({ id }: Block) => records.some(({ block }) => block === id)
  const promised = plan.blocks.filter((block) => block.repetition <= plan.rules.minRepetitions || isBegun(block))
  const left = msOf(promised) + secondInstrumentLeftMs(plan, records) / benches
  const firstRound = plan.blocks.some(
    ({ repetition, order }) =>
      repetition === 1 && order.some((entry) => !records.some((record) => record.entry === entry)),
  )
  if (firstRound) return left
  const untilBudget = Math.max(0, plan.rules.budgetMs - elapsedMs)
  return Math.max(msOf(plan.blocks.filter(isBegun)), Math.min(left, untilBudget))
}

/** The entries of a block that have no record in it and can be measured. */
function missingIn({ id, order }: Block, records: readonly RepetitionRecord[]): string[] {
  return order.filter((entry) => {
    const own = records.filter((record) => record.entry === entry)
    return !isHopeless(own) && !own.some(({ block }) => block === id)
  })
}

/** The time of the second instrument in a repetition: it comes once, and says nothing about later repetitions. */
function secondInstrumentMsOf(plan: Plan, { entry, secondInstrument }: RepetitionRecord): number {
  return secondInstrument?.kind === 'measured' ? secondInstrumentMsFor(plan, entry) : 0
}

/** The time that the second instrument will take with the entries that are left. */
function secondInstrumentLeftMs(plan: Plan, records: readonly RepetitionRecord[]): number {
  return plan.entries
    .filter(({ id }) => !records.some(({ entry }) => entry === id))
    .reduce((sum, { id }) => sum + secondInstrumentMsFor(plan, id), 0)
}

function secondInstrumentMsFor(plan: Plan, entry: string): number {
  const scenario = plan.scenarios.find(({ id }) => entry.startsWith(`${id}/`))
  return scenario ? secondInstrumentMs(scenario, plan.rules) : 0
}

/** The rates that a repetition adds from the second one on. */
function curveMs(scenario: PlannedScenario, rules: RunRules): number {
  if (!scenario.loads.some((load) => kindOf(load).best === 'gives')) return 0
  return ratesPerBlock(rules) * (rules.windowMs + AROUND_WINDOW_MS)
}
