import { compareRuns } from '@bakeoff/core'
import { BakeoffError, type Plan, type Results } from '@bakeoff/model'
import { comparisonLines } from '@bakeoff/report'
import { writeComparison } from './commands/report.js'
import type { Project } from './project.js'
import { findRun, RunFolder } from './run-folder.js'
import { analyseFolder, fileLink, readResults } from './write-report.js'

/** The end of a replay: its figures beside those of the run that it repeats, in lines and as a page. */
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
    tell(`Not compared with ${replayOf}: ${error.message}`) // it was there at the start; the replay stands without it
    return
  }
  const comparison = compareRuns([
    { name: replayOf, results: first },
    { name: results.run.id, results },
  ])
  tell(['', ...comparisonLines(comparison)].join('\n'))
  tell(`Comparison: ${fileLink(writeComparison(project, comparison, null))}`)
}

/** As they are on disk, else from the repetitions: a run that was killed has no results yet. */
function resultsOf({ reports }: Project, run: string): Results {
  const folder = RunFolder.open(findRun(reports, run))
  return folder.isWhole ? analyseFolder(folder, 'aborted') : readResults(reports, run).results
}
