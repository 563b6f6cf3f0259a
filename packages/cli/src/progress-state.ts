import { isShown, mainLoadOf } from '@bakeoff/core'
import { kindOf, type Plan, type RunEvent, visibleText } from '@bakeoff/model'

/** The state of a run by now, from its events alone. Times are ms on the caller's clock. */
export interface ProgressState {
  /** entries of the plan by scenario; null before there is a plan */
  readonly names: ProgressNames | null
  /** time left to measure, as last reported; it passes while nothing is built */
  readonly left: { readonly ms: number; readonly atMs: number } | null
  readonly stage: Stage | null
  /** where several benches measure side by side; null: one does */
  readonly fleet: FleetState | null
  /** the step of the measurement that goes on */
  readonly doing: string | null
  /** builds that go on, in the order in which they began */
  readonly builds: ReadonlyMap<string, Build>
  /** how many images the stage asks for; null: not known */
  readonly asked: number | null
  /** images of the stage that are there, or cannot be had */
  readonly done: ReadonlySet<string>
  readonly boards: ReadonlyMap<string, Board>
}

export interface ProgressNames {
  /** names such as `go-net-http` or `python-flask (gunicorn)`, by entry */
  readonly entries: ReadonlyMap<
    string,
    { readonly name: string; readonly scenario: string; readonly isOnBoard: boolean }
  >
  readonly scenarios: ReadonlyMap<string, { readonly mainLoad: string; readonly unit: 'answers/s' | 'tasks/s' }>
}

export type Stage = Pick<Extract<RunEvent, { kind: 'stage' }>, 'scenario' | 'repetition' | 'number' | 'of' | 'state'>

/** The benches that are still in a run, and what each measures. */
export interface FleetState {
  readonly benches: readonly string[]
  /** by bench; one that waits is not there */
  readonly measuring: ReadonlyMap<string, Pick<Stage, 'scenario' | 'repetition'>>
  /** the scenario of the last finished repetition; null: none is */
  readonly last: string | null
}

export interface Build {
  readonly startedAtMs: number
  readonly expectedMs: number | null
  readonly step: { readonly number: number; readonly of: number } | null
  /** when a line last said that the build goes on */
  readonly toldAtMs: number
  /** it is pulled from a registry, and not built */
  readonly isPulled: boolean
  /** the host that it is moved to; null: it is not moved */
  readonly movedTo: string | null
}

/** By entry: the figures of its repetitions under the main load, and the outcome of the last one. */
export type Board = ReadonlyMap<string, BoardRow>
export interface BoardRow {
  readonly perSecond: readonly number[]
  readonly p99Ms: number | null
  readonly state: 'counts' | 'invalid' | 'failed' | 'unsupported' | 'aborted'
}

export const noProgress: ProgressState = {
  names: null,
  left: null,
  stage: null,
  fleet: null,
  doing: null,
  builds: new Map(),
  asked: null,
  done: new Set(),
  boards: new Map(),
}

export function namesOf(plan: Plan): ProgressNames {
  return {
    entries: new Map(
      plan.entries.map((entry) => {
        const { id, scenario, target, variant } = entry
        const name = variant === 'default' ? target : `${target} (${variant})`
        return [id, { scenario, name, isOnBoard: isShown(entry) }]
      }),
    ),
    scenarios: new Map(
      plan.scenarios.map(({ id, loads }) => [
        id,
        {
          mainLoad: mainLoadOf(loads),
          unit: loads.some((load) => kindOf(load).unit === 'task') ? 'tasks/s' : 'answers/s',
        },
      ]),
    ),
  }
}

/** The state after an event. Pure: the clock is the caller's. */
export function advance(before: ProgressState, event: RunEvent, nowMs: number): ProgressState {
  const state = passed(before, nowMs)
  switch (event.kind) {
    case 'run-started':
      return {
        ...noProgress,
        names: state.names,
        left: { ms: Math.max(0, event.estimateMs), atMs: nowMs },
        fleet: event.benches ? { benches: event.benches, measuring: new Map(), last: null } : null,
      }
    case 'bench-left':
      return state.fleet ? { ...state, fleet: withoutBench(state.fleet, event.bench) } : state
    case 'image':
      return afterImage(state, event, nowMs)
    case 'stage': {
      const { scenario, repetition, number, of } = event
      const stage: Stage = { scenario, repetition, number, of, state: event.state }
      if (state.fleet && event.bench != null) return { ...state, fleet: afterStage(state.fleet, event.bench, stage) }
      return event.state === 'building'
        ? { ...state, stage, doing: null, builds: new Map(), asked: event.images ?? null, done: new Set() }
        : { ...state, stage, doing: null }
    }
    case 'step':
      if (state.fleet) return state // steps of several benches come in turns: none of them is what goes on
      return { ...state, doing: `${nameOf(state, event.entry)} · ${visibleText(event.step)}` }
    case 'repetition':
      return {
        ...state,
        doing: null,
        fleet: state.fleet && { ...state.fleet, last: state.names?.entries.get(event.entry)?.scenario ?? null },
        left: event.leftMs === null ? state.left : { ms: Math.max(0, event.leftMs), atMs: nowMs },
        boards: event.triedAgain ? state.boards : afterRepetition(state, event),
      }
    case 'run-ended':
      return { ...state, doing: null, stage: null, fleet: null, left: null, builds: new Map() }
    case 'slice': {
      if (state.fleet) return state
      const perSecond = event.slice.ok / (event.slice.durationMs / 1000)
      const rate = Number.isFinite(perSecond) ? ` · ${Math.round(perSecond).toLocaleString('en-US')} answers/s` : ''
      return { ...state, doing: `${nameOf(state, event.entry)} · ${visibleText(event.loadId)}${rate}` }
    }
    case 'calibrated':
    case 'boundary':
    case 'note':
      return state
  }
}

function afterStage(fleet: FleetState, bench: string, { scenario, repetition, state }: Stage): FleetState {
  const measuring = new Map(fleet.measuring)
  if (state === 'measuring') measuring.set(bench, { scenario, repetition })
  else measuring.delete(bench)
  return { ...fleet, measuring }
}

function withoutBench(fleet: FleetState, bench: string): FleetState {
  const measuring = new Map(fleet.measuring)
  measuring.delete(bench)
  return { ...fleet, measuring, benches: fleet.benches.filter((each) => each !== bench) }
}

/** Measuring time passes while nothing is built. */
function passed(state: ProgressState, nowMs: number): ProgressState {
  if (state.left === null) return state
  const ms = state.builds.size > 0 ? state.left.ms : Math.max(0, state.left.ms - Math.max(0, nowMs - state.left.atMs))
  return { ...state, left: { ms, atMs: nowMs } }
}

function afterImage(
  state: ProgressState,
  { image, state: now, step, expectedSeconds, isPulled = false, movedTo: host }: Extract<RunEvent, { kind: 'image' }>,
  nowMs: number,
): ProgressState {
  const builds = new Map(state.builds)
  const done = new Set(state.done)
  const movedTo = host ?? null
  if (now === 'building') {
    const fresh = { startedAtMs: nowMs, expectedMs: null, step: null, toldAtMs: nowMs, isPulled, movedTo }
    const build = builds.get(image) ?? fresh
    const expectedMs = expectedSeconds == null ? build.expectedMs : Math.max(0, expectedSeconds * 1000)
    builds.set(image, { ...build, movedTo, expectedMs, step: step ?? (movedTo === null ? build.step : null) })
    done.delete(image) // the build is tried again
    return { ...state, builds, done }
  }
  builds.delete(image)
  done.add(image)
  return { ...state, builds, done }
}

function afterRepetition(
  { boards, names }: ProgressState,
  event: Extract<RunEvent, { kind: 'repetition' }>,
): ProgressState['boards'] {
  const entry = names?.entries.get(event.entry)
  if (!names || !entry?.isOnBoard) return boards
  const { scenario } = entry
  const mainLoad = names.scenarios.get(scenario)?.mainLoad
  // An entry that is measured as published has the load of its source.
  const figure = event.figures.find(({ loadId }) => loadId === mainLoad) ?? event.figures[0]
  const earlier = boards.get(scenario)?.get(event.entry)
  const row: BoardRow = {
    perSecond: [...(earlier?.perSecond ?? []), ...(figure && !figure.invalid ? [figure.throughput] : [])],
    p99Ms: figure?.p99Ms ?? earlier?.p99Ms ?? null,
    state: stateOf(event.outcome, Boolean(figure?.invalid)),
  }
  return new Map(boards).set(scenario, new Map(boards.get(scenario)).set(event.entry, row))
}

function stateOf(outcome: string, isInvalid: boolean): BoardRow['state'] {
  if (outcome === 'measured') return isInvalid ? 'invalid' : 'counts'
  return outcome === 'unsupported' || outcome === 'aborted' ? outcome : 'failed'
}

/** The time until the end, as far as it is known: the rest of the running builds and of the measuring. Never below 0. */
export function leftMs(before: ProgressState, nowMs: number): number | null {
  const { left, builds } = passed(before, nowMs)
  if (left === null) return null
  // They go on at the same time.
  return left.ms + Math.max(0, ...[...builds.values()].map((build) => buildLeftMs(build, nowMs) ?? 0))
}

/** The duration of a build, from earlier builds of the image, else from the steps that are done. Null when neither is known. */
export function buildLeftMs({ startedAtMs, expectedMs, step }: Build, nowMs: number): number | null {
  const elapsed = Math.max(0, nowMs - startedAtMs)
  if (expectedMs !== null) return Math.max(0, expectedMs - elapsed)
  if (step === null || step.number < 2 || step.of < step.number) return null
  return (elapsed / (step.number - 1)) * (step.of - step.number + 1)
}

/** How many images have not begun; null when it is not known. */
export function waiting({ asked, done, builds }: ProgressState): number | null {
  return asked === null ? null : Math.max(0, asked - done.size - builds.size)
}

export function nameOf({ names, stage, fleet }: ProgressState, entry: string): string {
  const known = names?.entries.get(entry)
  if (!known) return visibleText(entry)
  // Benches measure several scenarios at once.
  if (fleet) return visibleText((names?.scenarios.size ?? 0) > 1 ? `${known.scenario} · ${known.name}` : known.name)
  return visibleText(stage?.scenario === known.scenario ? known.name : `${known.scenario} · ${known.name}`)
}
