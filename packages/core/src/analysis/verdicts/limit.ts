import { type Cause, type CauseId, formatNumber, kindOf } from '@bakeoff/model'
import { medianOf } from '../../stats/index.js'
import { typical } from '../estimate.js'
import { throughput } from '../metrics/throughput.js'
import type { CellView } from '../view.js'

const SENTENCES: readonly { readonly cause: CauseId; readonly says: (cause: Cause) => string }[] = [
  { cause: 'agent-bound', says: ({ evidence }) => `Limited by the load agent: ${withoutPrefix(evidence)}.` },
  { cause: 'target-throttled', says: ({ evidence }) => `Limited by its CPU quota: ${evidence}.` },
  { cause: 'target-cpu', says: ({ evidence }) => `Limited by its own cores: ${evidence}.` },
  { cause: 'service-cpu', says: ({ subject, evidence }) => `Limited by ${subject}: ${evidence}.` },
  { cause: 'latency-bound', says: ({ evidence }) => `Limited by the number of connections: ${evidence}.` },
]

/** A sentence for each limit that was found; null when nothing was. */
export function limitOf(view: CellView, causes: readonly Cause[]): string | null {
  const sentences = SENTENCES.flatMap(({ cause, says }) => causes.filter((each) => each.cause === cause).map(says))
  if (sentences.length > 0) return sentences.join(' ')
  return keptUp(view)
}

/** Under an offered rate the rate is the limit, when it was served. */
function keptUp(view: CellView): string | null {
  const { pace, windows } = kindOf(view.load)
  if (pace !== 'offered' || windows !== 'one') return null
  const offered = medianOf(view.repetitions.map(({ record }) => record.measurement.offeredPerSecond))
  const served = typical(throughput, view)
  if (offered === null || served === null || served < 0.98 * offered) return null
  return `Limited by the offered rate: it served ${formatNumber(served)} of ${formatNumber(offered)} requests/s.`
}

function withoutPrefix(evidence: string): string {
  return evidence.replace(/^the load agent was near its limit: /, '')
}
