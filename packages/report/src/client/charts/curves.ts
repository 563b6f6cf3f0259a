/** The curves, charts with one line per target: spectrum, histogram, timelines, resources. */
import type { Cell, ResourcePoint } from '@bakeoff/model'
import type { AnnotationOptions } from 'chartjs-plugin-annotation'
import { formatBytes, formatCores, formatNumber, formatShare } from '../../shared/format.js'
import { percentSpectrum } from '../../shared/spectrum.js'
import type { Subject } from '../../shared/subjects.js'
import { baseOptions, numberAxis } from './axes.js'
import { type Drawing, type Drawn, lineStyle, type Scene } from './drawing.js'
import { levelLine, sloLine, warmUpArea } from './lines.js'

interface Point {
  readonly x: number
  readonly y: number | null
  /** whether the line up to here is dashed */
  readonly dashed?: boolean
  readonly mark?: boolean
}

interface Curves {
  readonly points: (cell: Cell) => readonly Point[]
  readonly x: Parameters<typeof numberAxis>[1] & { readonly ticks?: Record<string, unknown> }
  readonly y: Parameters<typeof numberAxis>[1]
  readonly say: (point: Point) => readonly string[]
  readonly annotations?: Record<string, AnnotationOptions>
  readonly stepped?: boolean
  readonly dots?: boolean
  readonly height?: number
}

/** The spectrum: latency by percentile. The axis is 1 ÷ (1 − p), so that every further nine (99 %, 99.9 %) takes as much room. */
export const spectrum: Drawing = (scene) =>
  curves(scene, {
    height: 400,
    points: (cell) =>
      percentSpectrum(cell)
        .filter(({ percentile, ms }) => percentile < 100 && ms > 0)
        .map(({ percentile, ms, supported }) => ({ x: 100 / (100 - percentile), y: ms, dashed: !supported })),
    x: {
      title: 'Percentile',
      log: true,
      min: 1,
      format: (x) => `${Number((100 - 100 / x).toPrecision(7))} %`,
      ticks: {
        callback: (value: number | string) =>
          isPowerOfTen(Number(value)) || Number(value) === 2
            ? `${Number((100 - 100 / Number(value)).toPrecision(7))} %`
            : null,
      },
    },
    y: { title: 'ms, log scale', log: true },
    say: ({ x, y, dashed }) => [
      `${Number((100 - 100 / x).toPrecision(6))} % within ${formatNumber(y ?? 0)} ms`,
      ...(dashed ? ['too few answers to trust it'] : []),
    ],
    annotations: sloLine(scene, 'y'),
  })

export const histogram: Drawing = (scene) =>
  curves(scene, {
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
    points: ({ timeline: curve }) => curve?.windows.map((window) => ({ x: window.atMs / 1000, y: window[of] })) ?? [],
    x: { title: 's from the start of the measured window', min: startOf(scene.cells) },
    y: { title: 'ms' },
    say: ({ x, y }) => [`${formatNumber(y ?? 0)} ms`, `at ${formatNumber(x)} s${x < 0 ? ', warm-up' : ''}`],
    annotations: { ...warmUpArea(scene, startOf(scene.cells)), ...(of === 'p99Ms' ? sloLine(scene, 'y') : {}) },
  })
}

export const cpu: Drawing = (scene) => {
  const cap = capOf(scene)
  const agentCores = scene.scenario.cores.agent.length || null
  const line: Record<string, AnnotationOptions> =
    scene.of === 'agent'
      ? agentCores === null
        ? {}
        : {
            limit: levelLine(
              scene,
              'y',
              agentCores * scene.view.results.legend.thresholds.agentCpu,
              `${formatShare(scene.view.results.legend.thresholds.agentCpu)} of ${formatCores(agentCores)} ${agentCores === 1 ? 'core' : 'cores'}`,
            ),
          }
      : cap
        ? { cap: levelLine(scene, 'y', cap.cpus, `cap ${formatCores(cap.cpus)} ${cap.cpus === 1 ? 'core' : 'cores'}`) }
        : {}
  return curves(scene, {
    height: 260,
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
    annotations: line,
  })
}

export const memory: Drawing = (scene) => {
  const cap = capOf(scene)
  return curves(scene, {
    height: 260,
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
    annotations: cap ? { cap: levelLine(scene, 'y', cap.memoryBytes, `cap ${formatBytes(cap.memoryBytes)}`) } : {},
  })
}

export const throttled: Drawing = (scene) =>
  curves(scene, {
    height: 220,
    points: (cell) =>
      pointsOf(cell, scene.of).map(({ atMs, throttledShare }) => ({ x: atMs / 1000, y: throttledShare })),
    x: { title: 's from the start of the measured window' },
    y: { title: 'share of time', format: formatShare, max: 1 },
    say: ({ x, y }) => [`throttled ${formatShare(y ?? 0)} of the time`, `at ${formatNumber(x)} s`],
  })

function curves(
  scene: Scene,
  { points, x, y, say, annotations = {}, stepped = false, dots = false, height = 300 }: Curves,
): Drawn | null {
  const rows = scene.cells.flatMap((cell): { subject: Subject; line: readonly Point[] }[] => {
    const line = points(cell)
    return line.length > 0 ? [{ subject: scene.view.subjectOf(cell.entry), line }] : []
  })
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  const { ticks, ...axis } = x
  const xAxis = numberAxis(scene, axis)
  return {
    height,
    config: {
      type: 'line',
      data: {
        datasets: rows.map(({ subject, line }) => ({
          ...lineStyle(scene, subject),
          data: line as never,
          parsing: false,
          stepped: stepped ? ('before' as const) : false,
          pointRadius: line.map(({ mark }, index) => (mark ? 8 : dots || index === line.length - 1 ? 3 : 0)),
          ...markStyle(scene, subject, line),
          ...(line.some(({ dashed }) => dashed)
            ? {
                segment: {
                  borderDash: ({ p1DataIndex }: { p1DataIndex: number }) =>
                    line[p1DataIndex]?.dashed ? [3, 4] : undefined,
                },
              }
            : {}),
        })) as never,
      },
      options: {
        ...base,
        scales: {
          x: { ...xAxis, ticks: { ...(xAxis.ticks as object), ...ticks } },
          y: numberAxis(scene, y),
        } as never,
        plugins: {
          ...base.plugins,
          annotation: { annotations },
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: {
              title: ([item]) => item?.dataset.label ?? '',
              label: ({ datasetIndex, dataIndex }) => [...say(rows[datasetIndex]!.line[dataIndex]!)],
            },
          },
        },
      },
    },
  }
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

function isPowerOfTen(value: number): boolean {
  return Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9
}
