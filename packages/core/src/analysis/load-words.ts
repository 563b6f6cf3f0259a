import { formatNumber, type LoadSpec } from '@bakeoff/model'
import { many, percent } from './words.js'

/** A load in words, for sentences: `64 connections`, `1,800 tasks at 200`. */
export function loadWords(load: LoadSpec): string {
  switch (load.kind) {
    case 'closed':
      return many(load.connections, 'connection')
    case 'open':
      return `${percent(load.fraction)} of its own best throughput`
    case 'rate':
      return `${formatNumber(load.perSecond)} requests/s`
    case 'capacity':
      return 'the highest rate within the service level'
    case 'batch':
      return `${many(load.tasks, 'task')} at ${formatNumber(load.concurrency)}`
  }
}
