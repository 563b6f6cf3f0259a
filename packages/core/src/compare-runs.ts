import {
  type Against,
  type Caps,
  type Cell,
  type ComparedCell,
  type ComparedFigure,
  figureOf,
  type NamedRun,
  type NetworkKind,
  type Results,
  type RunComparison,
  type WhyNotJudged,
} from '@bakeoff/model'
import { figuresUnder, observedIn, type RunFigure } from './compared-figures.js'
import type { SpreadOf } from './history/index.js'
import type { BetweenRuns } from './judge/between-runs.js'
import { difference } from './judge/difference.js'
import { loadDifferences } from './load-settings.js'
import { settingDifferences } from './setting-differences.js'
import { thresholds } from './thresholds.js'

const bounds = { relevant: thresholds.relevantDifference, significance: thresholds.significance }

/**
 * Sets runs side by side, each later one against the first, cell by cell: how the figures differ or why they cannot be
 * compared, and what else differs. The gate goes by it and the report draws it, so that the two never contradict one
 * another. Runs share no blocks: each figure of each cell is judged by itself, by Welch's t on logs.
 *
 * @param spreadOf how much a figure differs from run to run; null: not known, and only what scattered within the runs counts
 * @throws RangeError with fewer than two runs
 */
export function compareRuns(runs: readonly NamedRun[], spreadOf: SpreadOf | null = null): RunComparison {
  if (runs.length < 2) throw new RangeError('A comparison needs at least two runs')
  const lookups = runs.map(({ results }) => new Map(results.cells.map((cell) => [cell.id, cell])))
  const ids = [...new Set(runs.flatMap(({ results }) => results.cells.map(({ id }) => id)))]
  return {
    runs,
    bounds,
    settings: settingDifferences(runs),
    cells: ids.map((id) =>
      compareCell(
        runs.map(({ results }, index) => ({ results, cell: lookups[index]?.get(id) ?? null })),
        spreadOf,
      ),
    ),
  }
}

/** A cell in one run. */
interface Place {
  readonly results: Results
  readonly cell: Cell | null
}

function compareCell(places: readonly Place[], spreadOf: SpreadOf | null): ComparedCell {
  const cells = places.map(({ cell }) => cell)
  const [first, ...later] = places as [Place, ...Place[]]
  const { id, scenario, entry, load, loadId } = cells.find((cell) => cell !== null) as Cell
  return {
    id,
    scenario,
    entry,
    load,
    loadId,
    cells,
    figures: figuresUnder(load).map((figure): ComparedFigure => {
      const { metric, name, unit } = figure
      return {
        id: metric.id,
        name,
        unit,
        better: metric.better,
        estimates: cells.map((cell) => figureOf(cell, metric.id)),
        against: later.map((other) => {
          const why = whyNotCompared(first, other)
          return why === null ? judge(figure, [first, other], spreadOf?.(id, metric.id) ?? null) : notJudged(why)
        }),
      }
    }),
  }
}

/** Later ÷ first. */
function judge(figure: RunFigure, [first, later]: readonly [Place, Place], between: BetweenRuns | null): Against {
  const to = observedIn(first.cell, figure)
  const of = observedIn(later.cell, figure)
  if (!to) return notJudged({ kind: 'no-figure', run: 'first' })
  if (!of) return notJudged({ kind: 'no-figure', run: 'later' })
  const noiseFloor = noiseFloorOf((first.cell ?? later.cell)?.scenario ?? '', [first, later])
  const found = difference({ of, to, better: figure.metric.better, between }, { ...bounds, noiseFloor })
  return { conclusion: found.conclusion, difference: found, why: null }
}

/** By how much the machine itself differed in either run; null when none of them tells. */
function noiseFloorOf(scenario: string, places: readonly Place[]): number | null {
  const floors = places.flatMap(
    ({ results }) => results.certificates?.find((each) => each.scenario === scenario)?.noiseFloor ?? [],
  )
  return floors.length === 0 ? null : Math.max(...floors)
}

function notJudged(why: WhyNotJudged): Against {
  switch (why.kind) {
    case 'absent':
    case 'not-measured':
    case 'no-figure':
      return { conclusion: 'not-in-both', difference: null, why }
    case 'other-requests':
    case 'other-load':
    case 'other-caps':
    case 'other-network':
      return { conclusion: 'different-work', difference: null, why }
    case 'no-right-answer':
    case 'invalid':
      return { conclusion: 'undecided', difference: null, why }
  }
}

/** Why no figure of a cell can be compared; null when they can. */
function whyNotCompared(first: Place, later: Place): WhyNotJudged | null {
  return (
    withoutFigures(first.cell, 'first') ??
    withoutFigures(later.cell, 'later') ??
    otherNetwork(first, later) ??
    otherWork(first, later) ??
    notCounting(first.cell, 'first') ??
    notCounting(later.cell, 'later')
  )
}

function withoutFigures(cell: Cell | null, run: 'first' | 'later'): WhyNotJudged | null {
  if (cell === null) return { kind: 'absent', run }
  const { outcome, outcomeReason } = cell
  const rate = figureOf(cell, 'throughput')
  if (outcome !== 'measured') return { kind: 'not-measured', run, outcome, says: outcomeReason }
  return rate?.values.some((value) => value <= 0) ? { kind: 'no-right-answer', run } : null
}

function notCounting(cell: Cell | null, run: 'first' | 'later'): WhyNotJudged | null {
  const verdict = cell?.verdict ?? null
  return verdict?.status === 'invalid'
    ? { kind: 'invalid', run, causes: verdict.causes.filter(({ effect }) => effect === 'invalidates') }
    : null
}

/** Figures over two kinds of network are never compared: an overlay costs CPU and time for every packet. */
function otherNetwork(first: Place, later: Place): WhyNotJudged | null {
  const [a, b] = [networkIn(first.results), networkIn(later.results)]
  return a === b ? null : { kind: 'other-network', first: a, later: b }
}

function networkIn({ site }: Results): NetworkKind {
  return site?.network ?? 'bridge'
}

/** The same requests and answers, sent in the same way, within the same caps: anything else is other work. */
function otherWork(first: Place, later: Place): WhyNotJudged | null {
  const [a, b] = [first, later].map(({ results, cell }) => results.scenarios.find(({ id }) => id === cell?.scenario))
  if (a?.workDigest !== b?.workDigest) return { kind: 'other-requests' }
  const settings = first.cell && later.cell ? loadDifferences(first.cell.load, later.cell.load) : []
  if (settings.length > 0) return { kind: 'other-load', settings }
  const isSame = (one: Caps | null | undefined, other: Caps | null | undefined) => capsKey(one) === capsKey(other)
  if (!isSame(a?.targetCaps, b?.targetCaps) || !isSame(first.cell?.target.caps, later.cell?.target.caps))
    return { kind: 'other-caps', of: null }
  const services = [...(a?.services ?? []), ...(b?.services ?? [])].map(({ name }) => name)
  const capsOf = (scenario: typeof a, service: string) => scenario?.services.find(({ name }) => name === service)?.caps
  const changed = services.find((name) => !isSame(capsOf(a, name), capsOf(b, name)))
  return changed === undefined ? null : { kind: 'other-caps', of: changed }
}

/** Which cores they are does not matter. */
function capsKey(caps: Caps | null | undefined): string {
  return caps ? JSON.stringify([caps.cpus, caps.quotaCpus, caps.memoryBytes]) : ''
}
