import { formatDurationMs, formatNumber, type Plan, type RunEvent, visibleText } from '@bakeoff/model'
import {
  boardLines,
  buildingWords,
  imageName,
  liveLine,
  stageWords,
  stillBuilding,
  timeLeft,
} from './progress-lines.js'
import { advance, nameOf, namesOf, noProgress, type ProgressState } from './progress-state.js'
import type { Terminal } from './terminal.js'
import { padEnd, widthOf } from './width.js'

/** Shows what happens as it happens. Disposing it clears the live lines. */
export interface Progress extends Disposable {
  readonly show: (event: RunEvent) => void
  /** names and main loads for what follows */
  knows(plan: Plan): void
}

/** The clock of the progress; `everySecond` returns the function that stops it. */
export interface ProgressClock {
  now(): number
  everySecond(then: () => void): () => void
}

const progressClock: ProgressClock = {
  now: Date.now,
  everySecond: (then) => {
    const timer = setInterval(then, 1000)
    timer.unref() // the process may end without it
    return () => clearInterval(timer)
  },
}

/** How many rows of the leaderboard stand above the live line. */
const BOARD_ROWS = 8
/** Columns of a row for the name of its entry, and for the number of the repetition after it. */
const NAME_COLUMNS = 46
const NUMBER_COLUMNS = 4

/**
 * Finished repetitions and builds as rows that stay; below them, on a terminal, the leaderboard of the scenario as it grows and
 * one live line with stage, step and time left. Without one, plain lines: the leaderboard at the end of each stage, and
 * every minute that a build goes on.
 */
export function openProgress(terminal: Terminal, clock: ProgressClock = progressClock): Progress {
  let state = noProgress
  let isDrawn = false
  const draw = () => {
    if (!terminal.interactive) return
    const columns = terminal.columns() - 1
    const line = liveLine(state, clock.now(), columns)
    const scenario = state.fleet ? state.fleet.last : state.stage?.state === 'measuring' ? state.stage.scenario : null
    const board = line === '' || scenario === null ? [] : boardLines(state, scenario, columns, BOARD_ROWS)
    if (line !== '' || isDrawn) terminal.live(...board.map(terminal.colours.dim), line) // else another writer owns the live line
    isDrawn = line !== ''
  }
  const tick = () => {
    if (terminal.interactive) {
      draw()
      return
    }
    const told = stillBuilding(state, clock.now())
    state = told.state
    for (const line of told.lines) terminal.say(line)
  }
  const stop = clock.everySecond(tick)
  return {
    show: (event) => {
      const before = state
      state = advance(state, event, clock.now())
      for (const line of rowsOf(before, state, event, terminal)) terminal.say(line)
      draw()
    },
    knows: (plan) => {
      state = { ...state, names: namesOf(plan) }
    },
    [Symbol.dispose]: () => {
      stop()
      state = { ...noProgress, names: state.names }
      if (isDrawn) terminal.live()
      isDrawn = false
    },
  }
}

/** The lines that an event leaves on the screen for good. */
function rowsOf(
  before: ProgressState,
  after: ProgressState,
  event: RunEvent,
  { colours, columns }: Pick<Terminal, 'colours' | 'columns'>,
): string[] {
  const { yellow, red, dim, bold } = colours
  switch (event.kind) {
    case 'run-started':
      return [
        bold(
          `run ${event.runId}: ${event.entries} target variants, at most ${formatDurationMs(event.estimateMs)} of measuring`,
        ),
      ]
    case 'image':
      return imageRows(before, event, colours)
    case 'stage':
      if (event.state === (after.fleet ? 'measuring' : 'building'))
        return [bold(`${stageWords(event)}${onBench(after, event)}`)]
      if (event.state === 'over') return boardLines(after, event.scenario, columns())
      return []
    case 'calibrated':
      return [
        dim(
          `  the load agent reaches ${formatNumber(event.calibration.throughput)} requests/s with ${event.calibration.connections} connections${onBench(after, event.calibration)}`,
        ),
      ]
    case 'boundary':
      return event.boundary.answered.length === 0
        ? []
        : [yellow(`! targets can reach services of this machine: it answered at ${event.boundary.answered.join(', ')}`)]
    case 'repetition':
      return [repetitionRow(after, event, colours)]
    case 'bench-left':
      return [yellow(event.message)]
    case 'note':
      if (event.level === 'error') return [red(event.message)]
      return [event.level === 'warning' ? yellow(event.message) : event.message]
    case 'run-ended':
      return event.status === 'complete' ? [] : [yellow(`${event.status}: ${event.reason}`)]
    case 'step':
    case 'slice':
      return []
  }
}

function imageRows(
  before: ProgressState,
  event: Extract<RunEvent, { kind: 'image' }>,
  { yellow, red, dim }: Terminal['colours'],
): string[] {
  const expected =
    event.expectedSeconds == null ? '' : `, ${timeLeft(event.expectedSeconds * 1000).replace(' left', '')}`
  switch (event.state) {
    case 'building':
      return before.builds.has(event.image) ? [] : [dim(`  ${buildingWords(event.image, event)}${expected} …`)]
    case 'built':
    case 'pulled':
      return [`  ${event.state} ${imageName(event.image)} in ${formatDurationMs((event.seconds ?? 0) * 1000)}`]
    case 'failed':
      return [red(`✗ ${event.image}: ${event.message}`)]
    case 'unsupported':
      return [yellow(`– ${event.image}: ${event.message}`)]
    case 'cached':
      return []
  }
}

function repetitionRow(
  state: ProgressState,
  event: Extract<RunEvent, { kind: 'repetition' }>,
  { green, yellow, red }: Terminal['colours'],
): string {
  const name = padEnd(
    `${nameOf(state, event.entry)} #${event.repetition}${onBench(state, event)}`,
    Math.min(NAME_COLUMNS, nameColumns(state)),
  )
  if (event.outcome === 'measured') {
    const figures = event.figures.map((figure) =>
      figure.invalid ? red(`${figure.loadId} does not count: ${figure.invalid}`) : figureWords(figure),
    )
    const mark = event.figures.some(({ invalid }) => invalid) ? red('✗') : green('✓')
    return `${mark} ${name} ${figures.join('  ')}`
  }
  if (event.triedAgain) return `${yellow('–')} ${name} ${event.message}; tried again`
  return `${event.outcome === 'failed' ? red('✗') : yellow('–')} ${name} ${event.message}`
}

/** ` on node-2`, where several benches measure. */
function onBench({ fleet }: ProgressState, { bench }: { readonly bench?: string | null | undefined }): string {
  return fleet && bench != null ? ` on ${visibleText(bench)}` : ''
}

/** Columns for the name of an entry, the number of its repetition and the bench, so that rows of one scenario stand under one another. */
function nameColumns(state: ProgressState): number {
  const { names, stage, fleet } = state
  const entries = [...(names?.entries ?? [])].filter(
    ([, { scenario }]) => fleet !== null || scenario === stage?.scenario,
  )
  if (entries.length === 0) return NAME_COLUMNS
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf))
  return (
    widest(entries.map(([entry]) => nameOf(state, entry))) +
    NUMBER_COLUMNS +
    widest((fleet?.benches ?? []).map((bench) => onBench(state, { bench })))
  )
}

/** `closed-64 812/s p99 3 ms`; of a search, the rate that it found. */
function figureWords({
  loadId,
  throughput,
  capacityPerSecond,
  p99Ms,
}: Extract<RunEvent, { kind: 'repetition' }>['figures'][number]): string {
  if (capacityPerSecond === null) return `${loadId}: no rate kept the service level`
  return `${loadId} ${formatNumber(capacityPerSecond ?? throughput)}/s${p99Ms === null ? '' : ` p99 ${formatNumber(p99Ms)} ms`}`
}
