import {
  type GateReport,
  type GateRules,
  gate,
  otherConditions,
  parseGateRules,
  type RunConditions,
} from '@bakeoff/core'
import { BakeoffError, type Results } from '@bakeoff/model'
import type { Terminal } from './terminal.js'
import { readResults } from './write-report.js'

/** The rules of `--fail-on` with their baseline, read before anything is measured: a typing error must not cost an hour. */
export interface Gate {
  readonly rules: GateRules
  readonly baseline: Results | null
}

/** @throws BakeoffError BAD_SPEC or BAD_RESULTS */
export function openGate(reports: string, failOn: string | undefined, baseline: string | undefined): Gate | null {
  if (failOn === undefined) {
    if (baseline === undefined) return null
    throw new BakeoffError('BAD_SPEC', `--baseline ${baseline} is only read by --fail-on, and no rule is given`, {
      hint: `Name one, e.g. --fail-on regression=5%,errors=0. Or only look: npm run compare -- ${baseline} RUN`,
    })
  }
  const rules = parseGateRules(failOn)
  if ((rules.regression !== null || rules.cpu !== null) && baseline === undefined) {
    throw new BakeoffError('BAD_SPEC', `--fail-on ${failOn} compares with an earlier run, and none is named`, {
      hint: 'Name its folder or results.json: --baseline reports/<run-id>',
    })
  }
  return { rules, baseline: baseline === undefined ? null : readResults(reports, baseline).results }
}

/**
 * A change between a baseline and a run of another machine, engine, profile, caps or work says nothing about a target.
 *
 * @throws BakeoffError BAD_SPEC, before anything is measured, when the baseline cannot be judged against here
 */
export function refuseOtherSetting(gate: Gate | null, here: RunConditions): void {
  if (!gate?.baseline) return
  const { baseline } = gate
  const differences = otherConditions(baseline, here)
  if (differences.length === 0) return
  throw new BakeoffError(
    'BAD_SPEC',
    `--baseline ${baseline.run.id} was measured under other conditions: ${differences.join('; ')}`,
    {
      hint: `Measure a baseline under these and name that one, or only look: npm run compare -- ${baseline.run.id} RUN`,
    },
  )
}

/** Prints which cell broke which rule, and how many could be judged. True when no rule was broken. */
export function passesGate(results: Results, { rules, baseline }: Gate, terminal: Terminal): boolean {
  const report: GateReport = gate(results, baseline, rules)
  const { green, red, yellow } = terminal.colours
  for (const { cell, says } of report.unjudged) terminal.say(yellow(`– ${cell}: not judged, ${says}`))
  for (const { cell, rule, says } of report.broken) terminal.say(red(`✗ ${cell}: ${rule}: ${says}`))
  const count = `${report.judged} of ${results.cells.length} cells judged`
  if (report.broken.length === 0)
    terminal.say(report.judged === 0 ? yellow(`! --fail-on: ${count}`) : green(`✓ --fail-on: ${count}, no rule broken`))
  return report.broken.length === 0
}
