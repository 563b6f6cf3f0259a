/** Axes and tooltips in the page's type and colours. */
import type { ChartOptions } from 'chart.js'
import { formatNumber } from '../../shared/format.js'
import { namesFor } from '../../shared/names.js'
import { type Extent, extentOf, logExtent, logTicks } from '../../shared/ticks.js'
import type { Scene } from './drawing.js'
import { widthOf } from './measuring.js'

type Scale = Record<string, unknown>

/** The part of a scale of Chart.js that sets its ticks. */
interface TickedScale {
  ticks: { value: number }[]
  readonly maxWidth: number
  readonly maxHeight: number
  readonly isHorizontal: () => boolean
}

export interface Axis {
  readonly title: string
  readonly format?: (value: number) => string
  readonly log?: boolean
  readonly min?: number
  readonly max?: number | undefined
  /** values that the axis must hold beside the points; on a logarithmic axis, everything that is drawn */
  readonly holds?: readonly (number | null | undefined)[]
  /** ticks at powers of two, as sizes of memory are read */
  readonly binary?: boolean
  /** the ticks of a logarithmic axis, of those that fit. Default: 1-2-5 */
  readonly ticks?: (extent: Extent, fits: (ticks: readonly number[]) => boolean) => readonly number[]
}

/** A number axis. A linear one starts at zero unless `min` says otherwise. */
export function numberAxis(scene: Scene, axis: Axis): Scale {
  return axis.log ? logAxis(scene, axis) : linearAxis(scene, axis)
}

function linearAxis(scene: Scene, axis: Axis): Scale {
  const { min, max, holds = [], binary = false, format = formatNumber } = axis
  const extent = extentOf(holds)
  return {
    ...looks(scene, axis),
    type: 'linear',
    beginAtZero: true,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(extent === null ? {} : { suggestedMax: extent.high }),
    grace: '4%',
    ...(binary ? { afterBuildTicks: binaryTicks } : {}),
    ticks: {
      ...ticksLook(scene),
      autoSkip: true,
      autoSkipPadding: 12,
      maxTicksLimit: 8,
      includeBounds: false,
      callback: (value: number | string) => format(Number(value)),
    },
  }
}

/** A logarithmic axis from a little below the least to a little above the most that it holds. */
function logAxis(scene: Scene, axis: Axis): Scale {
  const { min, max, holds = [], format = formatNumber, ticks = logTicks } = axis
  const extent = logExtent(holds) ?? { low: 1, high: 10 }
  const [low, high] = [min ?? extent.low, max ?? extent.high]
  const font = `400 12px ${scene.ink.font}`
  return {
    ...looks(scene, axis),
    type: 'logarithmic',
    bounds: 'data',
    min: low,
    max: high,
    afterBuildTicks: (scale: TickedScale) => {
      const room = scale.isHorizontal() ? scale.maxWidth : scale.maxHeight
      const sizeOf = (tick: number) => (scale.isHorizontal() ? widthOf(format(tick), font) + 10 : 18)
      const place = (tick: number) => (Math.log(tick / low) / Math.log(high / low)) * room
      const fits = (some: readonly number[]) =>
        some.every((tick, index) => {
          const before = some[index - 1]
          return before === undefined || place(tick) - place(before) >= (sizeOf(tick) + sizeOf(before)) / 2
        })
      scale.ticks = ticks({ low, high }, fits).map((value) => ({ value }))
    },
    ticks: {
      ...ticksLook(scene),
      autoSkip: false,
      callback: (value: number | string) => format(Number(value)),
    },
  }
}

function looks({ ink }: Scene, { title }: Axis): Scale {
  return {
    title: { display: true, text: title, color: ink.faint, font: { family: ink.font, size: 12 }, padding: 6 },
    border: { display: false },
    grid: { color: ink.line, tickLength: 0, drawTicks: false },
  }
}

function ticksLook({ ink }: Scene): Scale {
  return { color: ink.faint, font: { family: ink.font, size: 12 }, padding: 6, maxRotation: 0 }
}

/** An axis of names, first one on top. */
export function nameAxis(scene: Scene, names: readonly string[]): Scale {
  const shown = namesFor(names, scene.width < 520 ? 16 : 30)
  return {
    type: 'category',
    labels: [...names],
    offset: true,
    border: { display: false },
    grid: { display: false },
    ticks: {
      color: scene.ink.text,
      font: { family: scene.ink.font, size: 13 },
      padding: 8,
      autoSkip: false,
      callback: (_: unknown, index: number) => shown[index] ?? '',
    },
  }
}

/** The base of every chart's options. */
export function baseOptions(scene: Scene): ChartOptions {
  const { ink } = scene
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    font: { family: ink.font, size: 12 },
    color: ink.text,
    interaction: { mode: 'nearest', intersect: false, axis: 'xy' },
    layout: { padding: { top: 6, right: 12, bottom: 0, left: 0 } },
    plugins: {
      // Not only hidden: Chart.js would look up the styles of all entries for it.
      legend: false as never,
      tooltip: {
        backgroundColor: ink.text,
        titleColor: ink.surface,
        bodyColor: ink.surface,
        titleFont: { family: ink.font, size: 13, weight: 600 },
        bodyFont: { family: ink.font, size: 13 },
        padding: 10,
        cornerRadius: 4,
        displayColors: false,
        caretSize: 5,
      },
    },
  } as ChartOptions
}

/** The base's plugins, with a tooltip that says this of a point below the name of its dataset. */
export function sayingPoints(
  base: ChartOptions,
  say: (point: { readonly datasetIndex: number; readonly dataIndex: number }) => string[],
): NonNullable<ChartOptions['plugins']> {
  const callbacks = { title: ([item]: { dataset: { label?: string } }[]) => item?.dataset.label ?? '', label: say }
  return { ...base.plugins, tooltip: { ...base.plugins?.tooltip, callbacks } } as NonNullable<ChartOptions['plugins']>
}

/** Binary ticks: about five from zero, a power of two apart. */
function binaryTicks(scale: { max: number; ticks: { value: number }[] }): void {
  if (!(scale.max > 0)) return
  const step = 2 ** Math.ceil(Math.log2(scale.max / 5))
  scale.ticks = Array.from({ length: Math.floor(scale.max / step) + 1 }, (_, index) => ({ value: index * step }))
}
