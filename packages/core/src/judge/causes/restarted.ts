import { defineCause, type Found } from './define.js'

export const restarted = defineCause({
  id: 'restarted',
  about: 'A container of the target ended, or was paused, under load.',
  because: 'the target restarted',
  find: ({ records, repetitions }) => {
    const found: Found[] = repetitions
      .filter(({ record }) => record.deaths > 0)
      .map(({ number, record }) => ({
        effect: 'invalidates',
        evidence: `the target ended ${record.deaths === 1 ? 'once' : `${record.deaths} times`} under this load in repetition ${number}`,
        subject: `repetition ${number}`,
      }))
    const complete = new Set(repetitions.map(({ number }) => number))
    for (const { repetition, outcome } of records) {
      // It died before this load. The other repetitions show the target only when it does not die.
      if (complete.has(repetition) || outcome.kind !== 'failed' || outcome.error.code !== 'TARGET_DIED') continue
      found.push({
        effect: 'invalidates',
        evidence: `the target went away in repetition ${repetition}, before this load: ${outcome.error.message}`,
        subject: `repetition ${repetition}`,
      })
    }
    return found
  },
})
