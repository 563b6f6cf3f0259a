import { endWords } from '@bakeoff/model'
import { defineCause, type Found } from './define.js'

export const serviceDied = defineCause({
  id: 'service-died',
  about:
    'A service that the target needs ended or was paused while it was measured. What the target did then says nothing about it.',
  because: 'a service went away',
  find: ({ records, repetitions }) => {
    const found: Found[] = repetitions.flatMap(({ number, record }) =>
      (record.serviceDeaths ?? []).map((death) => ({
        effect: 'invalidates' as const,
        evidence: `${death.service} ${endWords(death)} under this load in repetition ${number}: the target is not to blame`,
        subject: death.service,
      })),
    )
    const complete = new Set(repetitions.map(({ number }) => number))
    for (const { repetition, outcome } of records) {
      if (complete.has(repetition) || outcome.kind !== 'failed' || outcome.error.code !== 'SERVICE_DIED') continue
      // The other repetitions are sound; but it may have been this target that the service did not survive.
      found.push({
        effect: 'doubts',
        evidence: `repetition ${repetition} is missing: ${outcome.error.message}`,
        subject: `repetition ${repetition}`,
      })
    }
    return found
  },
})
