import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { analyse } from '@bakeoff/core'
import { BakeoffError, type ClaimSpec, type Results, results } from '@bakeoff/model'
import { type RunListing, renderCsv, renderHtml, renderIndex, renderSummary } from '@bakeoff/report'
import { findRun, listRuns, type RunFolder } from './run-folder.js'

/** Everything right of the run files, rebuilt from what is in the folder: no engine, no network, no clock. */
export function rebuildReport(folder: RunFolder): Results {
  const analysed = analyseFolder(folder, 'aborted')
  folder.write('results.json', JSON.stringify(analysed))
  return drawResults(folder, analysed)
}

/** Draws everything that is drawn from results.json, anew. Gives the results back. */
export function drawResults(folder: RunFolder, drawn: Results): Results {
  folder.write('index.html', renderHtml(drawn))
  folder.write('summary.md', renderSummary(drawn))
  folder.write('results.csv', renderCsv(drawn))
  return drawn
}

/**
 * Analyses what is on disk.
 *
 * @param otherwise what a run without an end is: aborted when it was killed, running when it still goes on
 */
export function analyseFolder(folder: RunFolder, otherwise: 'aborted' | 'running'): Results {
  const events = folder.readEvents()
  const started = events.findLastIndex((event) => event.kind === 'run-started') // a resumed run starts again
  const ended = events.slice(started + 1).findLast((event) => event.kind === 'run-ended')
  const tried = events.findLast((event) => event.kind === 'boundary')
  const context = folder.readContext()
  return analyse({
    plan: folder.readPlan(),
    runs: folder.readRuns(),
    calibrations: folder.readCalibrations(),
    claims: context.claims as ClaimSpec[],
    targets: context.targets,
    base: context.base,
    boundary: tried?.kind === 'boundary' ? tried.boundary : null,
    endedAt: ended?.at ?? events.at(-1)?.at ?? null,
    status: ended?.kind === 'run-ended' ? ended.status : otherwise,
    statusReason:
      ended?.kind === 'run-ended' ? ended.reason : otherwise === 'aborted' ? 'the run was killed before its end' : null,
  })
}

/** Results as they are on disk, of a folder or of a results.json itself. */
export function readResults(reports: string, wanted: string): { name: string; results: Results } {
  const path = wanted.endsWith('.json') ? wanted : join(findRun(reports, wanted), 'results.json')
  if (!existsSync(path))
    throw new BakeoffError('BAD_RESULTS', `there is no ${path}`, { hint: `Rebuild it: npm run report -- ${wanted}` })
  const parsed = results.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new BakeoffError('BAD_RESULTS', `${path}: ${issue?.path.join('.')}: ${issue?.message}`, {
      hint: `Rebuild it with this version: npm run report -- ${wanted}`,
    })
  }
  return { name: parsed.data.run.id, results: parsed.data }
}

/** reports/index.html: all runs, newest first. A run that cannot be read is left out of the list, not in the way of it. */
export function writeIndex(reports: string): void {
  const listings = listRuns(reports).flatMap((id) => {
    try {
      return [listing(readResults(reports, id).results, id)]
    } catch {
      return []
    }
  })
  mkdirSync(reports, { recursive: true })
  const path = join(reports, 'index.html')
  writeFileSync(`${path}.part`, renderIndex(listings))
  renameSync(`${path}.part`, path)
}

export function fileLink(path: string): string {
  return pathToFileURL(path).href
}

function listing({ run, scenarios, entries, findings, host }: Results, folder: string): RunListing {
  return {
    id: run.id,
    startedAt: run.startedAt,
    status: run.status,
    profile: run.profile,
    scenarios: scenarios.map(({ id }) => id),
    targets: new Set(entries.map(({ target }) => target)).size,
    headline: findings.find(({ tone }) => tone === 'finding')?.text ?? null,
    path: `${folder}/index.html`,
    host: host.hostname,
  }
}
