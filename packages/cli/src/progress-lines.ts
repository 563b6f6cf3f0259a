import { medianOf } from '@bakeoff/core'
import { formatDurationMs, formatNumber, visibleText } from '@bakeoff/model'
import {
  type Board,
  type Build,
  buildLeftMs,
  type FleetState,
  leftMs,
  nameOf,
  type ProgressState,
  waiting,
} from './progress-state.js'
import { padEnd, padStart, shorten, widthOf } from './width.js'

const BETWEEN = ' · '
/** The fewest columns in which the middle part is shown. */
const LEAST_MIDDLE = 8

/** Stage, step and time left in one line of at most `columns`; empty when nothing goes on. */
export function liveLine(state: ProgressState, nowMs: number, columns: number): string {
  const { stage, fleet } = state
  const head = fleet ? benchesWords(state) : stage === null ? '' : stageWords(stage)
  const middle =
    state.builds.size > 0 ? buildsWords(state) : fleet ? measuringWords(fleet.measuring) : (state.doing ?? '')
  const left = leftMs(state, nowMs)
  const tail = left === null ? '' : timeLeft(left)
  if (head === '' && middle === '') return ''
  const around = [head, tail].filter(Boolean)
  const free = columns - around.reduce((width, part) => width + widthOf(part) + BETWEEN.length, 0)
  const shown = widthOf(middle) <= free ? middle : free >= LEAST_MIDDLE ? shorten(middle, free) : ''
  return shorten([head, shown, tail].filter(Boolean).join(BETWEEN), columns)
}

/** `8 of 9 benches measure`; empty while images are built, which is for all of them. */
function benchesWords({ fleet, stage, builds }: ProgressState): string {
  if (fleet === null || stage === null || builds.size > 0) return ''
  const [all, busy] = [fleet.benches.length, fleet.measuring.size]
  const benches = all === 1 ? 'bench' : 'benches'
  if (busy === 0) return `${all} ${benches} ${all === 1 ? 'gets' : 'get'} ready`
  return `${busy} of ${all} ${benches} ${busy === 1 ? 'measures' : 'measure'}`
}

/** `ranknet #2 #3, predict #1`: the repetitions of each scenario that are measured at this moment, most first. */
function measuringWords(measuring: FleetState['measuring']): string {
  const repetitions = new Map<string, number[]>()
  for (const { scenario, repetition } of measuring.values())
    repetitions.set(scenario, [...(repetitions.get(scenario) ?? []), repetition])
  return [...repetitions]
    .sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
    .map(([scenario, of]) => [visibleText(scenario), ...of.sort((a, b) => a - b).map((each) => `#${each}`)].join(' '))
    .join(', ')
}

/** `2/6 ranknet`; blocks after the first repetition with their number. */
export function stageWords({ scenario, repetition, number, of }: NonNullable<ProgressState['stage']>): string {
  return `${number}/${of} ${visibleText(scenario)}${repetition > 1 ? `, repetition ${repetition}` : ''}`
}

/** `building rust-candle, step 5/9, 1 more, 2 waiting`. The named build is the one that takes longest. */
function buildsWords(state: ProgressState): string {
  const builds = [...state.builds]
  const longest = builds.reduce((a, b) => ((b[1].expectedMs ?? 0) > (a[1].expectedMs ?? 0) ? b : a))
  const [image, { step, ...how }] = longest
  const more = builds.length - 1
  const queued = waiting(state) ?? 0
  return [
    buildingWords(image, how),
    ...(step ? [`step ${step.number}/${step.of}`] : []),
    ...(more > 0 ? [`${more} more beside it`] : []),
    ...(queued > 0 ? [`${queued} more waiting`] : []),
  ].join(', ')
}

/** What is done with an image until it is there: `building rust-candle`, `moving rust-candle to bench-2`. */
export function buildingWords(
  image: string,
  { isPulled, movedTo }: { readonly isPulled?: boolean | undefined; readonly movedTo?: string | null | undefined },
): string {
  const name = imageName(image)
  if (movedTo != null) return `moving ${name} to ${visibleText(movedTo)}`
  return `${isPulled ? 'pulling' : 'building'} ${name}`
}

/** `about 4 min left`; the longer the time, the coarser. */
export function timeLeft(ms: number): string {
  if (ms < 10_000) return 'nearly done'
  if (ms < 120_000) return `about ${Math.ceil(ms / 10_000) * 10} s left`
  const minutes = Math.round(ms / 60_000)
  return minutes < 60 ? `about ${minutes} min left` : `about ${formatDurationMs(minutes * 60_000)} left`
}

/** The last part of an image's name, which is its folder's: `bakeoff/target/rust-candle` → `rust-candle`. */
export function imageName(image: string): string {
  return visibleText(image.split('/').at(-1) as string)
}

/** Lines for builds that were not mentioned for a minute, where there is no live line to show them. */
export function stillBuilding(
  state: ProgressState,
  nowMs: number,
  everyMs = 60_000,
): { readonly state: ProgressState; readonly lines: readonly string[] } {
  const due = [...state.builds].filter(([, { toldAtMs }]) => nowMs - toldAtMs >= everyMs)
  if (due.length === 0) return { state, lines: [] }
  const builds = new Map(state.builds)
  for (const [image, build] of due) builds.set(image, { ...build, toldAtMs: nowMs })
  return { state: { ...state, builds }, lines: due.map(([image, build]) => stillWords(image, build, nowMs)) }
}

function stillWords(image: string, build: Build, nowMs: number): string {
  const left = buildLeftMs(build, nowMs)
  return [
    `  still ${buildingWords(image, build)}: ${formatDurationMs(nowMs - build.startedAtMs)}`,
    ...(build.step ? [`step ${build.step.number}/${build.step.of}`] : []),
    ...(left !== null && left >= 10_000 ? [timeLeft(left)] : []),
  ].join(', ')
}

const AFTER_FIGURES = {
  counts: '',
  invalid: 'does not count',
  failed: 'failed',
  unsupported: 'unsupported',
  aborted: 'stopped',
} as const

/**
 * The leaderboard of a scenario, largest first: medians over the repetitions by now, then the entries without a figure. Empty
 * for a single entry, whose own row says it.
 *
 * @param most rows
 */
export function boardLines(
  state: ProgressState,
  scenario: string,
  columns: number,
  most = Number.POSITIVE_INFINITY,
): string[] {
  const board = state.boards.get(scenario)
  const known = state.names?.scenarios.get(scenario)
  if (!board || !known || board.size < 2) return []
  const rows = rowsOf(state, board)
  const shown = rows.slice(0, Math.max(1, most))
  const names = Math.min(Math.max(...shown.map(({ name }) => widthOf(name))), Math.max(8, columns - 24))
  const values = Math.max(...shown.map(({ value }) => widthOf(value)))
  const hidden = rows.length - shown.length
  return [
    `${visibleText(scenario)} so far, ${known.unit} under ${visibleText(known.mainLoad)}${hidden > 0 ? `, and ${hidden} more` : ''}`,
    ...shown.map(
      ({ name, value, note }) =>
        `  ${padEnd(shorten(name, names), names)}  ${padStart(value, values)}${note === '' ? '' : `  ${note}`}`,
    ),
  ].map((line) => shorten(line, columns).trimEnd())
}

function rowsOf(state: ProgressState, board: Board) {
  return [...board]
    .map(([entry, { perSecond, p99Ms, state: ended }]) => {
      const median = medianOf(perSecond)
      return {
        median,
        name: nameOf({ ...state, stage: stageOf(state, entry), fleet: null }, entry),
        value: median === null ? '' : formatNumber(median),
        note: AFTER_FIGURES[ended] || (p99Ms === null ? '' : `p99 ${formatNumber(p99Ms)} ms`),
        counts: ended === 'counts' && median !== null,
      }
    })
    .sort((a, b) => Number(b.counts) - Number(a.counts) || (b.median ?? -1) - (a.median ?? -1))
}

/** The rows are about the scenario of the board, also while another one is measured. */
function stageOf({ names, stage }: ProgressState, entry: string): ProgressState['stage'] {
  const scenario = names?.entries.get(entry)?.scenario
  return scenario === undefined ? stage : { scenario, repetition: 1, number: 1, of: 1, state: 'over' }
}
