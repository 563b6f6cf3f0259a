import { type Cause, formatNumber, kindOf, limitWords } from '@bakeoff/model'
import { typical } from '../../figures/estimate.js'
import { throughput } from '../../figures/throughput.js'
import type { CellView } from '../../observe/view.js'
import { medianOf } from '../../stats/index.js'

/** A sentence for each limit that was found; null when nothing was. */
export function limitOf(view: CellView, causes: readonly Cause[]): string | null {
  const sentences = causes.flatMap(({ limit, evidence }) =>
    limit ? [`Limited by ${limitWords(limit)}: ${evidence}.`] : [],
  )
  return sentences.length > 0 ? sentences.join(' ') : keptUp(view)
}

/** A sentence that names the offered rate as the limit, when it was served. */
function keptUp(view: CellView): string | null {
  const { pace, windows } = kindOf(view.load)
  if (pace !== 'offered' || windows !== 'one') return null
  const offered = medianOf(view.repetitions.map(({ record }) => record.measurement.offeredPerSecond))
  const served = typical(throughput, view)
  if (offered === null || served === null || served < 0.98 * offered) return null
  return `Limited by the offered rate: it served ${formatNumber(served)} of ${formatNumber(offered)} requests/s.`
}
