import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BakeoffError } from '@bakeoff/model'
import { type NamedRun, renderComparison } from '@bakeoff/report'
import { type Gate, passesGate } from '../gating.js'
import { newestRun } from '../own-runs.js'
import type { Project } from '../project.js'
import { findRun, RunFolder } from '../run-folder.js'
import type { Terminal } from '../terminal.js'
import { drawResults, fileLink, readResults, rebuildReport, writeIndex } from '../write-report.js'

/**
 * Rebuilds the report of a run, the newest when none is named; from its repetitions, or from results.json where that is
 * all that was kept. False when it breaks a rule of the gate.
 */
export function report(project: Project, wanted: string | null, gate: Gate | null, terminal: Terminal): boolean {
  const folder = RunFolder.open(wanted === null ? newestRun(project.reports) : findRun(project.reports, wanted))
  const results = folder.isWhole
    ? rebuildReport(folder)
    : drawResults(folder, readResults(project.reports, folder.path).results)
  writeIndex(project.reports)
  terminal.print(`Report: ${fileLink(join(folder.path, 'index.html'))}`)
  return gate === null || passesGate(results, gate, terminal)
}

/** One page that sets two or more runs side by side. */
export function compare(project: Project, wanted: readonly string[], output: string | null, terminal: Terminal): void {
  if (wanted.length < 2)
    throw new BakeoffError('BAD_SPEC', 'a comparison needs two runs', {
      hint: 'npm run compare -- reports/<earlier> reports/<later>',
    })
  const named = wanted.map((one) => readResults(project.reports, one))
  terminal.print(`Comparison: ${fileLink(writeComparison(project, named, output))}`)
}

/** Writes the page. Returns where. */
export function writeComparison(project: Project, named: readonly NamedRun[], output: string | null): string {
  const path = output ?? join(project.reports, `compare-${named.map(({ name }) => name).join('-')}.html`)
  writeFileSync(path, renderComparison(named))
  return path
}
