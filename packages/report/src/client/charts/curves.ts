/** The curves, charts with one line per target: spectrum, histogram, timelines, resources. */
import type { Cell, ResourcePoint } from '@bakeoff/model'
import { formatBytes, formatCores, formatNumber, formatShare } from '../../shared/format.js'
import { heightOf } from '../../shared/heights.js'
import { MOST_LINES } from '../../shared/panels.js'
import { percentSpectrum } from '../../shared/spectrum.js'
import type { Subject } from '../../shared/subjects.js'
import { type Extent, extentOf } from '../../shared/ticks.js'
import { type Axis, baseOptions, numberAxis, sayingPoints } from './axes.js'
import { type Drawing, type Drawn, lineStyle, type Scene } from './drawing.js'
import { keyAbove } from './key.js'
import { endLabels, type LineNames } from './labels.js'
import { type Level, levelsNear, marksPlugin, serviceLevel } from './lines.js'
import { panels } from './panels.js'

interface Point {
  readonly x: number
  readonly y: number | null
  /** whether the line up to here is dashed */
  readonly dashed?: boolean
  readonly mark?: boolean
}

interface Curves {
  readonly chart: string
  readonly points: (cell: Cell) => readonly Point[]
  readonly x: Axis
  readonly y: Axis
  readonly say: (point: Point) => readonly string[]
  readonly levels?: readonly Level[]
  readonly warmUpFrom?: number
  readonly stepped?: boolean
  /** the lines all end at one place, where names would stand in a heap: they are named by their peaks, in a key */
  readonly endTogether?: boolean
}

/** The spectrum: latency by percentile. The axis is 1 ÷ (1 − p), so that every further nine (99 %, 99.9 %) takes as much room. */
export const spectrum: Drawing = (scene) =>
  curves(scene, {
    chart: 'spectrum',
    points: (cell) =>
      percentSpectrum(cell)
        .filter(({ percentile, ms }) => percentile < 100 && ms > 0)
        .map(({ percentile, ms, supported }) => ({ x: 100 / (100 - percentile), y: ms, dashed: !supported })),
    x: {
      title: 'Percentile',
      log: true,
      min: 1,
      format: (x) => `${Number((100 - 100 / x).toPrecision(7))} %`,
      ticks: spectrumTicks,
    },
    y: { title: 'ms, log scale', log: true },
    say: ({ x, y, dashed }) => [
      `${Number((100 - 100 / x).toPrecision(6))} % within ${formatNumber(y ?? 0)} ms`,
      ...(dashed ? ['too few answers to trust it'] : []),
    ],
    levels: serviceLevel(scene),
  })

/** The ticks of the spectrum: 0 %, 90 %, 99 % and so on, with 50 % where there is room for it; where there is little, each second nine. */
function spectrumTicks({ high }: Extent, fits: (ticks: readonly number[]) => boolean): readonly number[] {
  const decades = Math.max(1, Math.floor(Math.log10(high) + 1e-9))
  const nines = Array.from({ length: decades }, (_, index) => 10 ** (index + 1)).filter((value) => value <= high)
  const candidates = [
    [1, 2, ...nines],
    ...[1, 2, 3, 4].map((step) => [1, ...nines.filter((_, index) => (index + 1) % step === 0)]),
  ]
  return candidates.filter((ticks) => ticks.every((tick) => tick <= high)).find(fits) ?? [1, ...nines.slice(-1)]
}

export const histogram: Drawing = (scene) =>
  curves(scene, {
    chart: 'histogram',
    endTogether: true,
    points: ({ bins }) => {
      const total = bins.reduce((sum, [, , count]) => sum + count, 0)
      if (total === 0) return []
      const steps = bins.filter(([from]) => from > 0).map(([from, , count]) => ({ x: from, y: count / total }))
      const last = bins.at(-1)
      return last ? [...steps, { x: last[1], y: 0 }] : steps
    },
    stepped: true,
    x: { title: 'ms, log scale', log: true },
    y: { title: 'share of answers', format: formatShare },
    say: ({ x, y }) => [`from ${formatNumber(x)} ms: ${formatShare(y ?? 0)} of answers`],
  })

/** The timeline: p50 or p99 over the time of one repetition, with the warm-up shaded. */
export const timeline: Drawing = (scene) => {
  const of = scene.of as 'p50Ms' | 'p99Ms'
  return curves(scene, {
    chart: 'timeline',
    points: ({ timeline: curve }) => curve?.windows.map((window) => ({ x: window.atMs / 1000, y: window[of] })) ?? [],
    x: { title: 's from the start of the measured window', min: startOf(scene.cells) },
    y: { title: 'ms' },
    say: ({ x, y }) => [`${formatNumber(y ?? 0)} ms`, `at ${formatNumber(x)} s${x < 0 ? ', warm-up' : ''}`],
    warmUpFrom: startOf(scene.cells),
    levels: of === 'p99Ms' ? serviceLevel(scene) : [],
  })
}

export const cpu: Drawing = (scene) => {
  const cap = capOf(scene)
  const agentCores = scene.scenario.cores.agent.length || null
  return curves(scene, {
    chart: 'cpu',
    levels:
      scene.of === 'agent'
        ? agentLevel(scene, agentCores)
        : cap
          ? [{ at: cap.cpus, text: `cap ${coresText(cap.cpus)}` }]
          : [],
    points: (cell) => pointsOf(cell, scene.of).map(({ atMs, cores }) => ({ x: atMs / 1000, y: cores })),
    x: { title: 's from the start of the measured window' },
    y: {
      title: 'cores',
      format: formatCores,
      max: roomAbove(
        scene.of === 'agent' ? agentCores : (cap?.cpus ?? null),
        maxOf(scene, ({ cores }) => cores),
      ),
    },
    say: ({ x, y }) => [`${formatCores(y ?? 0)} cores`, `at ${formatNumber(x)} s`],
  })
}

/** The level of the agent's cores from which on its figures may show its own limit. */
function agentLevel({ view }: Scene, cores: number | null): Level[] {
  if (cores === null) return []
  const share = view.results.legend.thresholds.agentCpu
  return [{ at: cores * share, text: `${formatShare(share)} of ${coresText(cores)}` }]
}

function coresText(cores: number): string {
  return `${formatCores(cores)} ${cores === 1 ? 'core' : 'cores'}`
}

export const memory: Drawing = (scene) => {
  const cap = capOf(scene)
  return curves(scene, {
    chart: 'memory',
    points: (cell) => {
      const points = pointsOf(cell, scene.of)
      const outOfMemory =
        scene.of === 'target' && cell.verdict?.causes.some(({ cause }) => cause === 'target-memory') === true
      return points.map(({ atMs, memoryBytes }, index) => ({
        x: atMs / 1000,
        y: memoryBytes,
        mark: outOfMemory && index === points.length - 1,
      }))
    },
    x: { title: 's from the start of the measured window' },
    y: {
      title: 'anonymous memory',
      format: formatBytes,
      binary: true,
      max: roomAbove(
        cap?.memoryBytes ?? null,
        maxOf(scene, ({ memoryBytes }) => memoryBytes),
      ),
    },
    say: ({ x, y, mark }) => [formatBytes(y ?? 0), `at ${formatNumber(x)} s`, ...(mark ? ['out of memory'] : [])],
    levels: cap ? [{ at: cap.memoryBytes, text: `cap ${formatBytes(cap.memoryBytes)}` }] : [],
  })
}

export const throttled: Drawing = (scene) =>
  curves(scene, {
    chart: 'throttled',
    points: (cell) =>
      pointsOf(cell, scene.of).map(({ atMs, throttledShare }) => ({ x: atMs / 1000, y: throttledShare })),
    x: { title: 's from the start of the measured window' },
    y: { title: 'share of time', format: formatShare, max: 1 },
    say: ({ x, y }) => [`throttled ${formatShare(y ?? 0)} of the time`, `at ${formatNumber(x)} s`],
  })

/** Lines in one plot, or in a panel each where they are many or their names have no room beside them. */
function curves(scene: Scene, of: Curves): Drawn | null {
  const rows = rowsOf(scene, of)
  if (rows.length === 0) return null
  const values = rows.flatMap(({ line }) => line.flatMap((point) => (point.y === null ? [] : [point.y])))
  const levels = of.y.max === undefined ? levelsNear(of.levels ?? [], values, of.y.log ? 10 : 2) : (of.levels ?? [])
  if (rows.length === 1) return together(scene, of, { rows, levels }, null)
  const names = rows.length > MOST_LINES ? null : namesOf(scene, of, rows)
  return names === null ? inPanels(scene, of, { rows, levels }) : together(scene, of, { rows, levels }, names)
}

function namesOf(scene: Scene, { chart, endTogether }: Curves, rows: readonly Row[]): LineNames | null {
  const ordered = endTogether ? [...rows].sort((a, b) => peakOf(a) - peakOf(b)) : rows
  const subjects = ordered.map(({ subject }) => subject)
  return endTogether ? keyAbove(scene, subjects) : endLabels(scene, subjects, heightOf(chart))
}

/** Where a line is highest. */
function peakOf({ line }: Row): number {
  return line.reduce<Point | null>((best, point) => ((point.y ?? 0) > (best?.y ?? 0) ? point : best), null)?.x ?? 0
}

/** What is drawn: the lines, and the levels near them. */
interface Content {
  readonly rows: readonly Row[]
  readonly levels: readonly Level[]
}

/** @param names null where there is one line */
function together(scene: Scene, of: Curves, { rows, levels }: Content, names: LineNames | null): Drawn {
  const { top = 0, right = 0 } = names?.room ?? {}
  const base = baseOptions(scene)
  const { x, y } = axesOf(of, { rows, levels })
  return {
    height: heightOf(of.chart),
    config: {
      type: 'line',
      data: { datasets: rows.map((row) => datasetOf(scene, row, of.stepped ?? false)) as never },
      options: {
        ...base,
        layout: { padding: { top: 6 + top, right: Math.max(12, right), bottom: 0, left: 0 } },
        scales: { x: numberAxis(scene, x), y: numberAxis(scene, y) } as never,
        plugins: sayingPoints(base, sayingOf(of, rows)),
      },
      plugins: [marksPlugin(scene, { levels, warmUpFrom: of.warmUpFrom ?? 0 }), ...(names ? [names.plugin] : [])],
    },
  }
}

function inPanels(scene: Scene, of: Curves, { rows, levels }: Content): Drawn {
  const base = baseOptions(scene)
  const { x, y } = axesOf(of, { rows, levels })
  const least = extentOf(rows.flatMap(({ line }) => line.map((point) => point.x)))?.low ?? 0
  const {
    height,
    scales,
    padding,
    axesOf: scalesOf,
    plotsOf,
    plugin,
  } = panels(
    scene,
    rows.map(({ subject }) => subject),
    {
      x: { scale: numberAxis(scene, x.log ? x : { min: Math.min(0, least), ...x }), title: x.title },
      y: { scale: numberAxis(scene, y), title: y.title },
    },
  )
  return {
    height,
    config: {
      type: 'line',
      data: {
        datasets: rows.map((row, index) => ({
          ...datasetOf(scene, row, of.stepped ?? false),
          ...scalesOf(index),
        })) as never,
      },
      options: {
        ...base,
        layout: { padding },
        scales: scales as never,
        plugins: sayingPoints(base, sayingOf(of, rows)),
      },
      plugins: [plugin, marksPlugin(scene, { levels, warmUpFrom: of.warmUpFrom ?? 0 }, plotsOf)],
    },
  }
}

interface Row {
  readonly subject: Subject
  readonly line: readonly Point[]
}

function rowsOf(scene: Scene, { points }: Curves): Row[] {
  return scene.cells.flatMap((cell) => {
    const line = points(cell)
    return line.length > 0 ? [{ subject: scene.view.subjectOf(cell.entry), line }] : []
  })
}

/** The dataset of a row. A dash says that there are too few answers up to that point, and nothing else. */
function datasetOf(scene: Scene, { subject, line }: Row, stepped: boolean) {
  const dashed = ({ p1DataIndex }: { p1DataIndex: number }) => (line[p1DataIndex]?.dashed ? [3, 4] : undefined)
  return {
    ...lineStyle(scene, subject),
    data: line as never,
    parsing: false,
    // The mark at the end of a line is drawn whole, though half of it lies beyond the plot.
    clip: 6,
    stepped: stepped ? ('before' as const) : false,
    pointRadius: line.map(({ mark }, index) => (mark ? 8 : index === line.length - 1 ? 4 : 0)),
    ...markStyle(scene, subject, line),
    ...(line.some((point) => point.dashed) ? { segment: { borderDash: dashed } } : {}),
  }
}

/** The axes, which hold all lines and levels. */
function axesOf({ x, y }: Curves, { rows, levels }: Content): { x: Axis; y: Axis } {
  const points = rows.flatMap(({ line }) => line)
  const across = points.map((point) => point.x)
  return {
    // An axis of time ends with its data: what lies beyond was not measured.
    x: { ...x, ...(x.log ? { holds: across } : { max: extentOf(across)?.high }) },
    y: { ...y, holds: [...points.map((point) => point.y), ...levels.map(({ at }) => at)] },
  }
}

function sayingOf({ say }: Curves, rows: readonly Row[]) {
  return ({ datasetIndex, dataIndex }: { readonly datasetIndex: number; readonly dataIndex: number }) => [
    ...say(rows[datasetIndex]!.line[dataIndex]!),
  ]
}

/** The style of marked points: a cross. */
function markStyle(scene: Scene, subject: Subject, line: readonly Point[]) {
  if (!line.some(({ mark }) => mark)) return {}
  const { pointStyle, borderColor } = lineStyle(scene, subject)
  return {
    pointStyle: line.map(({ mark }) => (mark ? 'crossRot' : pointStyle)),
    pointBorderWidth: line.map(({ mark }) => (mark ? 3 : 1)),
    pointBorderColor: line.map(({ mark }) => (mark ? scene.ink.bad : borderColor)),
  }
}

function pointsOf(cell: Cell, of: string): readonly ResourcePoint[] {
  if (!cell.timeline) return []
  if (of === 'agent') return cell.timeline.agent
  return of === 'target' ? cell.timeline.target : (cell.timeline.services[of.slice('service:'.length)] ?? [])
}

function capOf(scene: Scene) {
  for (const cell of scene.cells) {
    const caps = scene.of === 'target' ? cell.target.caps : cell.services[scene.of.slice('service:'.length)]?.caps
    if (caps) return caps
  }
  return null
}

function maxOf(scene: Scene, value: (point: ResourcePoint) => number | null): number {
  return Math.max(0, ...scene.cells.flatMap((cell) => pointsOf(cell, scene.of).map((point) => value(point) ?? 0)))
}

/** The end of the axis: above the cap when a curve passes a quarter of it, with room for the cap's name; else left to the curves. */
function roomAbove(cap: number | null, most: number): number | undefined {
  if (cap === null || most === 0) return undefined
  return most > cap * 0.25 ? Math.max(cap, most) * 1.15 : undefined
}

function startOf(cells: readonly Cell[]): number {
  return Math.min(0, ...cells.flatMap(({ timeline: curve }) => curve?.windows.map(({ atMs }) => atMs / 1000) ?? []))
}
