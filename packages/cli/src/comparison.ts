import { join, parse } from 'node:path'
import { compareRuns } from '@bakeoff/core'
import { BakeoffError, type Plan, type Results, type RunComparison } from '@bakeoff/model'
import { comparisonLines, renderComparison, renderComparisonCard } from '@bakeoff/report'
import type { Project } from './project.js'
import { findRun, RunFolder } from './run-folder.js'
import { analyseFolder, fileLink, readResults, writePage } from './write-report.js'

/** Writes the page that shows runs side by side. Returns its path. */
export function writeComparison(project: Project, comparison: RunComparison, output: string | null): string {
  const path = output ?? join(project.reports, `compare-${comparison.runs.map(({ name }) => name).join('-')}.html`)
  const card = renderComparisonCard(comparison)
  const { dir, name } = parse(path)
  if (card) writePage(join(dir, `${name}.png`), card)
  writePage(path, renderComparison(comparison, card ? `${name}.png` : undefined))
  return path
}

/** Compares a finished replay with the run that it repeats, in lines and as a page. */
export function compareWithFirst(
  project: Project,
  { replayOf }: Plan,
  results: Results,
  tell: (text: string) => void,
): void {
  if (!replayOf) return
  let first: Results
  try {
    first = resultsOf(project, replayOf)
  } catch (error) {
    if (!(error instanceof BakeoffError)) throw error
    tell(`Not compared with ${replayOf}: ${error.message}`) // the other run was readable at the start; the replay is complete without the comparison
    return
  }
  const comparison = compareRuns([
    { name: replayOf, results: first },
    { name: results.run.id, results },
  ])
  tell(['', ...comparisonLines(comparison)].join('\n'))
  tell(`Comparison: ${fileLink(writeComparison(project, comparison, null))}`)
}

/** The results on disk, else computed from the repetitions: a run that was killed has no results yet. */
function resultsOf({ reports }: Project, run: string): Results {
  const folder = RunFolder.open(findRun(reports, run))
  return folder.isWhole ? analyseFolder(folder, 'aborted') : readResults(reports, run).results
}
