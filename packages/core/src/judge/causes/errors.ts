import { levelUnder } from '../../plan/service-levels.js'
import { thresholds } from '../../thresholds.js'
import { many, percent } from '../../words/quantities.js'
import { defineCause } from './define.js'

export const errors = defineCause({
  id: 'errors',
  about:
    'Requests were answered with another status than expected, or the connection ended before the answer was complete.',
  because: 'requests failed',
  find: ({ scenario, loadId, repetitions }) => {
    let failed = 0
    let asked = 0
    const kinds: Record<string, number> = {}
    for (const { record } of repetitions) {
      const { counts, errorsByKind, batch } = record.measurement
      failed += counts.errorStatus + counts.lost + counts.connectErrors + (batch?.failed ?? 0)
      asked += (batch?.tasks ?? counts.sent) + counts.connectErrors
      for (const [kind, count] of Object.entries(errorsByKind)) kinds[kind] = (kinds[kind] ?? 0) + count
    }
    const share = asked === 0 ? 0 : failed / asked
    // A service level that is asked for at this rate may allow more.
    const tolerated = Math.max(
      scenario.slo?.errors ?? thresholds.errorsTolerated,
      levelUnder(scenario, loadId)?.errors ?? 0,
    )
    if (share <= tolerated) return []
    const [mostCommon] = Object.entries(kinds).sort(([, a], [, b]) => b - a)
    const kind = mostCommon ? `, most often ${mostCommon[0]} (${mostCommon[1].toLocaleString('en-US')}×)` : ''
    return [
      {
        effect: share > Math.max(tolerated, thresholds.errorsInvalidate) ? 'invalidates' : 'doubts',
        evidence: `${failed.toLocaleString('en-US')} of ${many(asked, 'request')} failed (${percent(share)}, tolerated ${percent(tolerated)})${kind}`,
      },
    ]
  },
})
