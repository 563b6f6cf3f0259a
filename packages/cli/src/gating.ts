import {
  askGate,
  type Baseline,
  type GateReport,
  type GateRules,
  many,
  otherConditions,
  parseGateRules,
  type RunConditions,
  type RunSummary,
  summaryOf,
} from '@bakeoff/core'
import { BakeoffError, type Plan, type Results } from '@bakeoff/model'
import { readSummaries } from './run-summaries.js'
import type { Terminal } from './terminal.js'
import { readResults } from './write-report.js'

/** The rules of `--fail-on` with their baseline, read before anything is measured: a typing error must not cost an hour. */
export interface Gate {
  readonly rules: GateRules
  readonly baseline: Baseline | null
}

/** What the rules about a change compare with. */
export interface ComparedWith {
  /** the run that is compared with, then others of before that tell how much runs differ. Those in the folder of reports that were measured under the same conditions tell it too */
  readonly baseline: readonly string[]
  /** a commit that is measured in the same blocks; null: none */
  readonly against: string | null
}

/** @throws BakeoffError BAD_SPEC or BAD_RESULTS */
export async function openGate(
  reports: string,
  failOn: string | undefined,
  { baseline, against }: ComparedWith,
): Promise<Gate | null> {
  const [first, ...others] = baseline
  if (first !== undefined && against !== null) {
    throw new BakeoffError(
      'BAD_SPEC',
      `--fail-on compares with one thing: commit ${against} is measured in the same run, and --baseline ${first} is an earlier one`,
      {
        hint: `Leave one of them out. --against sees smaller changes, since both are measured in the same blocks; to look at the other too: npm run compare -- ${first} RUN`,
      },
    )
  }
  if (failOn === undefined) {
    if (first === undefined) return null
    throw new BakeoffError('BAD_SPEC', `--baseline ${first} is only read by --fail-on, and no rule is given`, {
      hint: `Name one, e.g. --fail-on regression=5%,errors=0. Or only look: npm run compare -- ${first} RUN`,
    })
  }
  const rules = parseGateRules(failOn)
  const needsOther = rules.regression !== null || rules.cpu !== null
  if (needsOther && first === undefined && against === null) {
    throw new BakeoffError(
      'BAD_SPEC',
      `--fail-on ${failOn} compares with an earlier run or a commit, and none is named`,
      {
        hint: 'Name the folder or results.json of a run: --baseline reports/<run-id>. Or a commit that is measured in the same blocks: --against main',
      },
    )
  }
  return { rules, baseline: first === undefined ? null : await readBaseline(reports, first, others) }
}

async function readBaseline(reports: string, first: string, others: readonly string[]): Promise<Baseline> {
  const { results } = readResults(reports, first)
  const named = others.map((other) => summaryOf(readResults(reports, other).results))
  for (const { run, conditions } of named) refuse(run.id, otherConditions(conditions, results))
  const { runs } = await readSummaries(reports)
  const ids = new Set(results.cells.map(({ id }) => id))
  const alike = runs.filter(
    ({ conditions, cells }) => cells.some(({ id }) => ids.has(id)) && otherConditions(conditions, results).length === 0,
  )
  const byId = new Map([...named, ...alike].map((each) => [each.run.id, each]))
  byId.delete(results.run.id)
  return { results, earlier: [...byId.values()] }
}

/**
 * A change between a baseline and a run of another machine, engine, profile, caps or work says nothing about a target.
 *
 * @throws BakeoffError BAD_SPEC, before anything is measured, when the baseline cannot be judged against here
 */
export function refuseOtherSetting(gate: Gate | null, here: RunConditions): void {
  if (!gate?.baseline) return
  const { results } = gate.baseline
  refuse(results.run.id, otherConditions(results, here))
}

/**
 * A rule about service levels judges nothing in a run that asks for none.
 *
 * @throws BakeoffError BAD_SPEC, before anything is measured
 */
export function refuseWithoutLevel(gate: Gate | null, { scenarios }: Pick<Plan, 'scenarios'>): void {
  if (!gate?.rules.slo || scenarios.some(({ levels }) => (levels ?? []).length > 0)) return
  throw new BakeoffError('BAD_SPEC', '--fail-on slo judges service levels at a rate, and this run asks for none', {
    hint: 'Name one: --slo p99=30ms@200/s. Or write the rate into the scenario: slo: { p99: 30ms, at: 200/s }.',
  })
}

function refuse(baseline: string, differences: readonly string[]): void {
  if (differences.length === 0) return
  throw new BakeoffError(
    'BAD_SPEC',
    `--baseline ${baseline} was measured under other conditions: ${differences.join('; ')}`,
    {
      hint: `Measure a baseline under these and name that one, or only look: npm run compare -- ${baseline} RUN`,
    },
  )
}

/** Prints which cell broke which rule, and how many could be judged. True when no rule was broken. */
export function passesGate(results: Results, { rules, baseline }: Gate, terminal: Terminal): boolean {
  const report: GateReport = askGate(results, baseline && before(results, baseline), rules)
  const { green, red, yellow } = terminal.colours
  for (const { cell, says } of report.unjudged) terminal.say(yellow(`– ${cell}: not judged, ${says}`))
  for (const { cell, rule, says } of report.broken) terminal.say(red(`✗ ${cell}: ${rule}: ${says}`))
  if (report.runs !== null) terminal.say(spreadWords(report.runs))
  const count = `${report.judged} of ${many(report.of, 'cell')} judged`
  if (report.broken.length === 0)
    terminal.say(report.judged === 0 ? yellow(`! --fail-on: ${count}`) : green(`✓ --fail-on: ${count}, no rule broken`))
  return report.broken.length === 0
}

/** The baseline with the runs that began before this one, which may lie among them. */
function before({ run }: Results, { results, earlier }: Baseline): Baseline {
  const isBefore = (other: RunSummary) => other.run.id !== run.id && other.run.startedAt < run.startedAt
  return { results, earlier: earlier.filter(isBefore) }
}

/** What is known of how much runs differ, and what follows for the rules. */
function spreadWords(runs: number): string {
  return runs === 1
    ? '! one run of before (n = 1 of its level): how much runs differ is not known, so a rule may break by the day alone. With more of them in the folder of reports, or --baseline given again, their spread counts'
    : `The spread of ${runs} runs of before counts: a rule breaks by what exceeds it`
}
