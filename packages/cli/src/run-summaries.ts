import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type RunSummary, summaryOf } from '@bakeoff/core'
import { BakeoffError, type History, type Results } from '@bakeoff/model'
import { listRuns, RunFolder } from './run-folder.js'
import { writerOf } from './run-owner.js'
import { analyseFolder, readResults } from './write-report.js'

/** The runs of a folder of reports, each as a few numbers, since all of their results at once would be gigabytes. */
export interface RunSummaries {
  readonly runs: readonly RunSummary[]
  /** runs that go on, or cannot be read */
  readonly leftOut: History['leftOut']
}

/** Reads every run of a folder of reports, whole or not, of this version of the format or an earlier one. */
export async function readSummaries(reports: string): Promise<RunSummaries> {
  const runs: RunSummary[] = []
  const leftOut: { name: string; why: string }[] = []
  for (const name of listRuns(reports)) {
    const found = await readSummary(RunFolder.open(join(reports, name)), reports)
    if (typeof found === 'string') leftOut.push({ name, why: found })
    else runs.push(found)
  }
  return { runs, leftOut }
}

/** A text says why the run is left out. */
async function readSummary(folder: RunFolder, reports: string): Promise<RunSummary | string> {
  if ((await writerOf(folder.path)) === 'alive') return 'it still goes on'
  try {
    return summaryOf(resultsOf(folder, reports), folder.runId)
  } catch (error) {
    if (error instanceof BakeoffError) return error.message
    throw error
  }
}

/** The results on disk. A run that was killed has none, or those of when it still went on: they are made of its repetitions. */
function resultsOf(folder: RunFolder, reports: string): Results {
  if (!existsSync(join(folder.path, 'results.json'))) return analyseFolder(folder, 'aborted')
  const { results } = readResults(reports, folder.path)
  return results.run.status === 'running' && folder.isWhole ? analyseFolder(folder, 'aborted') : results
}
