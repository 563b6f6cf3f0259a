import { join } from 'node:path'
import type { OwnerState } from '@bakeoff/containers'
import { compareRuns } from '@bakeoff/core'
import { BakeoffError, type Results, type RunComparison } from '@bakeoff/model'
import { renderComparison } from '@bakeoff/report'
import { type Gate, passesGate } from '../gating.js'
import { newestRun } from '../own-runs.js'
import type { Project } from '../project.js'
import { findRun, RunFolder } from '../run-folder.js'
import { writerOf } from '../run-owner.js'
import type { Terminal } from '../terminal.js'
import {
  drawResults,
  fileLink,
  hasEnded,
  readResults,
  rebuildReport,
  tellDamage,
  type Unended,
  writeIndex,
  writePage,
} from '../write-report.js'

/**
 * Rebuilds the report of a run, the newest when none is named; from its repetitions, or from results.json where that is
 * all that was kept. False when it breaks a rule of the gate.
 */
export async function report(
  project: Project,
  wanted: string | null,
  gate: Gate | null,
  terminal: Terminal,
): Promise<boolean> {
  const folder = RunFolder.open(wanted === null ? newestRun(project.reports) : findRun(project.reports, wanted))
  const results = folder.isWhole
    ? await rebuild(folder, terminal)
    : drawResults(folder, readResults(project.reports, folder.path).results)
  writeIndex(project.reports)
  terminal.print(`Report: ${fileLink(join(folder.path, 'index.html'))}`)
  return gate === null || passesGate(results, gate, terminal)
}

const UNENDED: Readonly<Record<OwnerState, Unended>> = { alive: 'running', dead: 'aborted', elsewhere: 'elsewhere' }

async function rebuild(folder: RunFolder, terminal: Terminal): Promise<Results> {
  const { results, damage } = rebuildReport(folder, UNENDED[await writerOf(folder.path)])
  const isRunning = results.run.status === 'running'
  // It may have ended while this was drawn: its last report must not be replaced by one of before.
  if (isRunning && (hasEnded(folder.readEvents()) || (await writerOf(folder.path)) !== 'alive'))
    return rebuild(folder, terminal)
  tellDamage(damage, terminal)
  if (isRunning) terminal.say(`Run ${results.run.id} is still running: the report shows what is on disk by now.`)
  return results
}

/** One page that sets two or more runs side by side. */
export function compare(project: Project, wanted: readonly string[], output: string | null, terminal: Terminal): void {
  if (wanted.length < 2)
    throw new BakeoffError('BAD_SPEC', 'a comparison needs two runs', {
      hint: 'npm run compare -- reports/<earlier> reports/<later>',
    })
  const comparison = compareRuns(wanted.map((one) => readResults(project.reports, one)))
  terminal.print(`Comparison: ${fileLink(writeComparison(project, comparison, output))}`)
}

/** Writes the page. Returns where. */
export function writeComparison(project: Project, comparison: RunComparison, output: string | null): string {
  const path = output ?? join(project.reports, `compare-${comparison.runs.map(({ name }) => name).join('-')}.html`)
  writePage(path, renderComparison(comparison))
  return path
}
