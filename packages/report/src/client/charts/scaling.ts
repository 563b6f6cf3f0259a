import { figureOf, typicalOf } from '@bakeoff/model'
import { shownMs } from '../../shared/figures.js'
import { formatMs, formatNumber } from '../../shared/format.js'
import { heightOf } from '../../shared/heights.js'
import { kneeOf, type Step, stepsOf } from '../../shared/scaling.js'
import type { Subject } from '../../shared/subjects.js'
import { baseOptions, numberAxis, sayingPoints } from './axes.js'
import { type Drawing, lineStyle, type Scene } from './drawing.js'
import { pointLabels } from './labels.js'
import { levelsNear, marksPlugin, serviceLevel } from './lines.js'
import type { Whisker } from './whiskers.js'

interface Row {
  readonly subject: Subject
  readonly steps: readonly Step[]
}

/** The chart of scaling: throughput by connections, with a ring around the knee. */
export const scaling: Drawing = (scene) => {
  const rows = rowsOf(scene)
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  const counts = [...new Set(rows.flatMap(({ steps }) => steps.map(({ connections }) => connections)))]
  const x = numberAxis(scene, { title: 'connections, log scale', log: true, holds: counts })
  const reach = rows.flatMap(({ steps }) => steps.map(({ cell }) => figureOf(cell, 'throughput')?.high))
  const labels = pointLabels(
    scene,
    rows.map(({ subject }) => subject),
  )
  return {
    height: heightOf('scaling'),
    config: {
      type: 'line',
      data: {
        datasets: rows.map((row) => throughputDataset(scene, row)) as never,
      },
      options: {
        ...base,
        scales: {
          // The ticks are the loads that were applied: nothing was measured in between.
          x: {
            ...x,
            afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
              scale.ticks = counts.map((value) => ({ value }))
            },
            ticks: { ...(x.ticks as object), autoSkip: true, callback: (value: number) => formatNumber(value) },
          },
          y: numberAxis(scene, { title: 'correct responses/s', holds: reach }),
        } as never,
        plugins: sayingPoints(base, ({ datasetIndex, dataIndex }) => sayStep(rows[datasetIndex]!, dataIndex)),
      },
      plugins: [labels],
    },
  }
}

function throughputDataset(scene: Scene, { subject, steps }: Row) {
  const knee = kneeOf(steps)
  const style = lineStyle(scene, subject)
  return {
    ...style,
    data: steps.map(({ connections, cell }) => ({ x: connections, y: typicalOf(cell, 'throughput') })),
    pointRadius: steps.map((step) => (step === knee ? 7 : 4)),
    pointBorderWidth: steps.map((step) => (step === knee ? 2.5 : 1)),
    pointBackgroundColor: steps.map((step) => (step === knee ? scene.ink.surface : style.borderColor)),
    whiskers: steps.map(({ cell }): Whisker[] => {
      const throughput = figureOf(cell, 'throughput')
      return throughput ? [{ axis: 'y', low: throughput.low, high: throughput.high }] : []
    }),
    whiskerColour: style.borderColor,
    whiskerHalo: scene.ink.surface,
    whiskersBehind: true,
  }
}

/** The chart of load and latency: p99 against throughput, joined from the fewest connections to the most. */
export const loadLatency: Drawing = (scene) => {
  const rows = rowsOf(scene)
    .map(({ subject, steps }): Row => ({ subject, steps: steps.filter(({ cell }) => (shownMs(cell, 'p99') ?? 0) > 0) }))
    .filter(({ steps }) => steps.length > 0)
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  const times = rows.flatMap(({ steps }) => steps.map(({ cell }) => shownMs(cell, 'p99') ?? 0))
  const levels = levelsNear(serviceLevel(scene), times)
  const labels = pointLabels(
    scene,
    rows.map(({ subject }) => subject),
    levels,
  )
  return {
    height: heightOf('load-latency'),
    config: {
      type: 'scatter',
      data: {
        datasets: rows.map(({ subject, steps }) => ({
          ...lineStyle(scene, subject),
          showLine: true,
          data: steps.map(({ cell }) => ({ x: typicalOf(cell, 'throughput') ?? 0, y: shownMs(cell, 'p99') ?? 0 })),
          pointRadius: steps.map((_, index) => (index === steps.length - 1 ? 6 : 4)),
        })),
      },
      options: {
        ...base,
        scales: {
          x: numberAxis(scene, { title: 'Throughput, correct responses/s' }),
          y: numberAxis(scene, {
            title: 'p99, ms, log scale',
            log: true,
            holds: [...times, ...levels.map(({ at }) => at)],
          }),
        } as never,
        plugins: sayingPoints(base, ({ datasetIndex, dataIndex }) => sayStep(rows[datasetIndex]!, dataIndex)),
      },
      plugins: [marksPlugin(scene, { levels }), labels],
    },
  }
}

function rowsOf({ view, all, cells }: Scene): Row[] {
  return cells
    .map(({ entry }) => ({ subject: view.subjectOf(entry), steps: stepsOf(all, entry) }))
    .filter(({ steps }) => steps.length > 0)
}

function sayStep({ steps }: Row, index: number): string[] {
  const step = steps[index]!
  const p99 = shownMs(step.cell, 'p99')
  return [
    `${formatNumber(step.connections)} ${step.connections === 1 ? 'connection' : 'connections'}${step === kneeOf(steps) ? ', the knee' : ''}`,
    `${formatNumber(typicalOf(step.cell, 'throughput') ?? 0)} correct responses/s`,
    ...(p99 === null ? [] : [`p99 ${formatMs(p99)}`]),
  ]
}
