/** Axes and tooltips in the page's type and colours. */
import type { ChartOptions } from 'chart.js'
import { formatNumber, shorten } from '../../shared/format.js'
import type { Scene } from './drawing.js'

type Scale = Record<string, unknown>

export interface Axis {
  readonly title: string
  readonly format?: (value: number) => string
  readonly log?: boolean
  readonly min?: number
  readonly max?: number | undefined
  /** ticks at powers of two, as sizes of memory are read */
  readonly binary?: boolean
}

/** A number axis. A linear one starts at zero unless `min` says otherwise. */
export function numberAxis(
  { ink }: Scene,
  { title, format = formatNumber, log = false, min, max, binary = false }: Axis,
): Scale {
  return {
    type: log ? 'logarithmic' : 'linear',
    ...(log ? {} : { beginAtZero: true }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    grace: log ? 0 : '4%',
    title: { display: true, text: title, color: ink.faint, font: { family: ink.font, size: 12 }, padding: 6 },
    border: { display: false },
    grid: { color: ink.line, tickLength: 0, drawTicks: false },
    ...(binary ? { afterBuildTicks: binaryTicks } : {}),
    ticks: {
      color: ink.faint,
      font: { family: ink.font, size: 12 },
      padding: 6,
      maxRotation: 0,
      autoSkip: true,
      autoSkipPadding: 12,
      maxTicksLimit: 8,
      includeBounds: false,
      callback: (value: number | string) => (log && !isRound(Number(value)) ? null : format(Number(value))),
    },
  }
}

/** An axis of names, first one on top. */
export function nameAxis(scene: Scene, names: readonly string[]): Scale {
  const most = scene.width < 520 ? 16 : 30
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
      callback: (_: unknown, index: number) => shorten(names[index] ?? '', most),
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
      legend: { display: false },
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

/** Binary ticks: about five from zero, a power of two apart. */
function binaryTicks(scale: { max: number; ticks: { value: number }[] }): void {
  if (!(scale.max > 0)) return
  const step = 2 ** Math.ceil(Math.log2(scale.max / 5))
  scale.ticks = Array.from({ length: Math.floor(scale.max / step) + 1 }, (_, index) => ({ value: index * step }))
}

/** Whether a value is round: 1, 2 or 5 × a power of ten, which are the numbers that a logarithmic axis shows. */
function isRound(value: number): boolean {
  const digit = value / 10 ** Math.floor(Math.log10(value) + 1e-9)
  return [1, 2, 5].some((round) => Math.abs(digit - round) < 1e-6)
}
