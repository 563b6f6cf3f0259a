/** Figures that are drawn as bars. A new one is one entry here and one figure on a page. */
import type { Cell, EntryResult, Estimate } from '@bakeoff/model'
import { formatBytes, formatDurationMs, formatNumber } from './format.js'

export interface Metric {
  readonly title: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly format: (value: number) => string
  readonly of: (cell: Cell, entry: EntryResult) => Bar | null
}

/** A value, its interval where there is one, and its repetitions. */
export type Bar = Pick<Estimate, 'low' | 'high' | 'values'> & { readonly value: number }

export const METRICS = {
  throughput: {
    title: 'Throughput',
    unit: 'right answers/s',
    better: 'higher',
    format: formatNumber,
    of: ({ throughput }) => fromEstimate(throughput),
  },
  capacity: {
    title: 'Capacity within the SLO',
    unit: 'requests/s',
    better: 'higher',
    format: formatNumber,
    of: ({ capacity }) => fromEstimate(capacity?.perSecond),
  },
  cpuMsPerTask: {
    title: 'CPU time per task',
    unit: 'ms',
    better: 'lower',
    format: formatNumber,
    of: ({ batch }) => fromEstimate(batch?.cpuMsPerTask),
  },
  cpuMsPerRequest: {
    title: 'CPU time per request',
    unit: 'ms',
    better: 'lower',
    format: formatNumber,
    of: ({ target }) => fromEstimate(target.cpuMsPerRequest),
  },
  requestsPerCpuSecond: {
    title: 'Requests per CPU-second',
    unit: 'requests',
    better: 'higher',
    format: formatNumber,
    of: ({ target }) => fromNumber(target.requestsPerCpuSecond),
  },
  memoryPeak: {
    title: 'Peak memory under load',
    unit: 'bytes',
    better: 'lower',
    format: formatBytes,
    of: ({ target }) => fromNumber(target.memoryPeakBytes),
  },
  overheadPerStream: {
    title: 'Added to the script per stream',
    unit: 'ms',
    better: 'lower',
    format: formatNumber,
    of: ({ overhead }) => fromNumber(overhead?.perStreamMs),
  },
  overheadPerChunk: {
    title: 'Added to the script per token',
    unit: 'ms',
    better: 'lower',
    format: formatNumber,
    of: ({ overhead }) => fromNumber(overhead?.perChunkMs),
  },
  overheadFirstByte: {
    title: 'Added to the script before the first token',
    unit: 'ms',
    better: 'lower',
    format: formatNumber,
    of: ({ overhead }) => fromNumber(overhead?.firstByteMs),
  },
  idleMemory: {
    title: 'Idle memory',
    unit: 'bytes',
    better: 'lower',
    format: formatBytes,
    of: (_, { idleMemoryBytes }) => fromEstimate(idleMemoryBytes),
  },
  imageSize: {
    title: 'Image size',
    unit: 'bytes',
    better: 'lower',
    format: formatBytes,
    of: (_, { image }) => fromNumber(image?.bytes),
  },
  buildTime: {
    title: 'Build time',
    unit: 's',
    better: 'lower',
    format: (seconds) => formatDurationMs(seconds * 1000),
    of: (_, { image }) => fromNumber(image?.buildSeconds),
  },
  coldStart: {
    title: 'Cold start',
    unit: 'ms',
    better: 'lower',
    format: formatDurationMs,
    of: (_, { coldStartMs }) => fromEstimate(coldStartMs),
  },
} satisfies Readonly<Record<string, Metric>>

export type MetricId = keyof typeof METRICS

function fromEstimate(estimate: Estimate | null | undefined): Bar | null {
  return estimate ? { value: estimate.median, low: estimate.low, high: estimate.high, values: estimate.values } : null
}

function fromNumber(value: number | null | undefined): Bar | null {
  return value === null || value === undefined ? null : { value, low: null, high: null, values: [] }
}
