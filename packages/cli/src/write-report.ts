import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { analyse, parseJson, upgradeResults } from '@bakeoff/core'
import {
  BakeoffError,
  type PlanWarning,
  type RepetitionRecord,
  type Results,
  type RunEvent,
  results,
} from '@bakeoff/model'
import { type RunListing, renderCard, renderCsv, renderHtml, renderIndex, renderSummary } from '@bakeoff/report'
import { removeLeftovers, writeWhole } from './durable-file.js'
import { type Damage, damageWarning, damageWords, problemOfText, type RunFiles } from './run-files.js'
import { findRun, listRuns, type RunFolder } from './run-folder.js'
import type { Terminal } from './terminal.js'
import { writeFailure } from './write-failure.js'

/** The state of a run without an end: it still goes on, was killed, or is written on a machine that cannot be asked from here. */
export type Unended = 'running' | 'aborted' | 'elsewhere'

/** Rebuilds all outputs from the files of the run, without engine, network or clock. */
export function rebuildReport(folder: RunFolder, otherwise: Unended = 'aborted', page: string | null = null): Rebuilt {
  removeLeftovers(folder.path)
  const analysed = analyseFiles(folder.read(), otherwise)
  folder.write('results.json', JSON.stringify(analysed.results))
  drawResults(folder, analysed.results, page)
  return analysed
}

/** The picture beside a page that is shown with a link to it. */
const CARD = 'card.png'

/**
 * Draws everything that is made from results.json anew. Returns the results.
 *
 * @param page the address where the page will be; null: not known, and the page names its card by where it lies beside it
 */
export function drawResults(folder: RunFolder, drawn: Results, page: string | null = null): Results {
  const card = renderCard(drawn)
  if (card) folder.write(CARD, card)
  folder.write('index.html', renderHtml(drawn, card ? { card: page === null ? CARD : new URL(CARD, page).href } : {}))
  folder.write('summary.md', renderSummary(drawn))
  folder.write('results.csv', renderCsv(drawn))
  return drawn
}

/** The outputs, in the order in which they are written. */
const DRAWN = ['results.json', 'index.html', 'summary.md', 'results.csv']

/** Whether the report is there, complete and about this end. False when the run was killed while it was written. */
export function isDrawn(folder: RunFolder, { run }: Results): boolean {
  try {
    const writtenAt = DRAWN.map((name) => statSync(join(folder.path, name)).mtimeMs)
    const { status, endedAt } = JSON.parse(readFileSync(join(folder.path, 'results.json'), 'utf8')).run
    const inOrder = writtenAt.every((atMs, index) => atMs >= (writtenAt[index - 1] ?? 0))
    return inOrder && status === run.status && endedAt === run.endedAt
  } catch {
    return false
  }
}

export interface Rebuilt {
  readonly results: Results
  /** results of the repetitions that could be read */
  readonly records: readonly RepetitionRecord[]
  /** what could not be read; it is also among the warnings of the results */
  readonly damage: readonly Damage[]
}

/** Analyses what is on disk, as it is now. */
export function analyseRun(folder: RunFolder, otherwise: Unended): Rebuilt {
  return analyseFiles(folder.read(), otherwise)
}

export function analyseFolder(folder: RunFolder, otherwise: Unended): Results {
  return analyseRun(folder, otherwise).results
}

/** @param otherwise the state of a run without an end */
function analyseFiles(
  { plan, records, calibrations, context, events, ...files }: RunFiles,
  otherwise: Unended,
): Rebuilt {
  const ended = endOf(events)
  const tried = events.findLast((event) => event.kind === 'boundary')
  const isRunning = ended === null && otherwise === 'running'
  // A file that is being written is not damaged.
  const damage = files.damage.filter(({ kind }) => !(isRunning && kind === 'half-line'))
  const results = analyse({
    plan,
    records,
    calibrations,
    claims: context.claims,
    targets: context.targets,
    base: context.base,
    boundary: tried?.boundary ?? null,
    endedAt: isRunning ? null : (ended?.at ?? events.at(-1)?.at ?? null),
    ...(ended ? { status: ended.status, statusReason: ended.reason } : UNENDED[otherwise]),
    warnings: [...damage.map(damageWarning), ...benchesThatLeft(events)],
  })
  return { results, records, damage }
}

/** The end of a run as its events tell it; null: it goes on, or was killed. */
function endOf(events: readonly RunEvent[]): Extract<RunEvent, { kind: 'run-ended' }> | null {
  const started = events.findLastIndex(({ kind }) => kind === 'run-started') // a resumed run starts again
  return events.slice(started + 1).findLast((event) => event.kind === 'run-ended') ?? null
}

/** The benches that left the run, once each: its figures are those of the others. */
function benchesThatLeft(events: readonly RunEvent[]): PlanWarning[] {
  const left = new Map(events.flatMap((event) => (event.kind === 'bench-left' ? [[event.bench, event] as const] : [])))
  return [...left.values()].map(({ bench, why, message }) => ({
    what: `Bench ${bench} ${why === 'odd' ? 'was left out' : 'left the run'}`,
    where: 'all scenarios',
    why: message,
    todo:
      why === 'odd'
        ? 'Find out what differs on its machines: npm run hosts. The figures are those of the other benches.'
        : 'What it had begun was measured on another bench. See whether its machines are well: npm run hosts.',
  }))
}

export function hasEnded(events: readonly RunEvent[]): boolean {
  return endOf(events) !== null
}

/** Prints what could not be read, and what follows. */
export function tellDamage(damage: readonly Damage[], { say, colours }: Pick<Terminal, 'say' | 'colours'>): void {
  for (const each of damage) say(colours.yellow(`! ${damageWords(each)}`))
}

const UNENDED: Readonly<Record<Unended, Pick<Results['run'], 'status' | 'statusReason'>>> = {
  running: { status: 'running', statusReason: null },
  aborted: { status: 'aborted', statusReason: 'the run was killed before its end' },
  elsewhere: {
    status: 'aborted',
    statusReason:
      'it has no end, and another machine wrote it: whether it still goes on there cannot be told from here',
  },
}

/** The results on disk, from the folder of a run or from a results.json itself. */
export function readResults(reports: string, wanted: string): { name: string; results: Results } {
  const path = wanted.endsWith('.json') ? wanted : join(findRun(reports, wanted), 'results.json')
  const hint = howToRebuild(path)
  const text = readText(path, hint)
  const json = parseJson(text)
  if (!json.ok) {
    const where = text.trim() === '' ? path : `${path}:${json.line}:${json.column}`
    throw new BakeoffError('BAD_RESULTS', `${where}: ${problemOfText(text, json)}`, {
      hint: `${likelyCause(json)} ${hint}`,
    })
  }
  const parsed = results.safeParse(upgradeResults(json.value))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new BakeoffError(
      'BAD_RESULTS',
      `${path} is not the results.json of a run: ${issue?.path.join('.') || 'it'}: ${issue?.message}`,
      {
        hint: `It is another file, or was written by another version of Bakeoff. ${hint}`,
      },
    )
  }
  return { name: parsed.data.run.id, results: parsed.data }
}

function readText(path: string, hint: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new BakeoffError('BAD_RESULTS', isMissing ? `there is no ${path}` : `${path}: ${(cause as Error).message}`, {
      hint,
      cause,
    })
  }
}

function likelyCause({ isCut }: { readonly isCut: boolean }): string {
  return isCut
    ? 'It was cut: a copy or a download ended early, or a disk was full.'
    : 'It was edited, or is another file.'
}

/** Results are made from the files beside them; where those are missing, results.json can only be fetched again. */
function howToRebuild(path: string): string {
  const folder = dirname(path)
  return existsSync(join(folder, 'plan.json')) && existsSync(join(folder, 'runs'))
    ? `Rebuild it: npm run report -- ${folder}`
    : 'Fetch it again from its source. On the machine that measured the run, npm run report makes it anew.'
}

/** The page of `npm run history`, in the folder of reports. */
export const HISTORY_PAGE = 'history.html'

/** Writes reports/index.html: all runs, newest first. A run that cannot be read is left out of the list. */
export function writeIndex(reports: string): void {
  const listings = listRuns(reports).flatMap((id) => {
    try {
      return [listing(readResults(reports, id).results, id)]
    } catch {
      return []
    }
  })
  const history = existsSync(join(reports, HISTORY_PAGE)) ? HISTORY_PAGE : null
  writePage(join(reports, 'index.html'), renderIndex(listings, history))
}

/** Writes a page that belongs to no single run, or what lies beside it. */
export function writePage(path: string, content: string | Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    removeLeftovers(dirname(path))
    writeWhole(path, content)
  } catch (error) {
    throw writeFailure(error, path, 'No run was touched.')
  }
}

export function fileLink(path: string): string {
  return pathToFileURL(path).href
}

function listing(results: Results, folder: string): RunListing {
  const { run, scenarios, entries, host } = results
  return {
    id: run.id,
    startedAt: run.startedAt,
    status: run.status,
    profile: run.profile,
    scenarios: scenarios.map(({ id }) => id),
    targets: new Set(entries.map(({ target }) => target)).size,
    headline: headlineOf(results),
    path: `${folder}/index.html`,
    host: host.hostname,
  }
}

/** Who keeps the service level that was asked for, or the first scenario that is decided, in the words with which the run ended; null when none is. Results of before 2026-12 have findings alone. */
function headlineOf({ decision, findings }: Results): string | null {
  if (!decision) return findings.find(({ tone }) => tone === 'finding')?.text ?? null
  const [level] = decision.levels ?? []
  if (level) return level.says
  const decided =
    decision.columns.find(({ standing }) => standing === 'leads') ??
    decision.columns.find(({ standing }) => standing === 'level')
  return decided ? `${decided.scenario}: ${decided.says}` : null
}
