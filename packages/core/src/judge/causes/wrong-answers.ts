import { many } from '../../words/quantities.js'
import { defineCause, type Found } from './define.js'

export const wrongAnswers = defineCause({
  id: 'wrong-answers',
  about:
    'Golden answers before the load, or sampled answers during it, differed from what is right. A fast wrong answer is worth nothing.',
  because: 'answers were wrong',
  find: ({ records, repetitions }) => {
    const found: Found[] = []
    const wrong = repetitions.reduce((sum, { record }) => sum + record.measurement.counts.wrong, 0)
    if (wrong > 0) {
      const checked = repetitions.reduce((sum, { record }) => sum + record.measurement.counts.checked, 0)
      const first = repetitions.flatMap(({ record }) => record.measurement.wrongSamples)[0]
      found.push({
        effect: 'invalidates',
        evidence: `${many(wrong, 'answer')} of ${checked.toLocaleString('en-US')} that were compared during the load ${wrong === 1 ? 'was' : 'were'} wrong${first ? `, e.g. ${first.difference}` : ''}`,
      })
    }
    for (const { repetition, verification } of records) {
      const golden = verification?.golden
      if (golden && golden.right < golden.total) {
        found.push({
          effect: 'invalidates',
          evidence: `${golden.total - golden.right} of ${golden.total} golden answers were wrong before the load of repetition ${repetition}`,
          subject: `repetition ${repetition}`,
        })
      }
    }
    return found
  },
})
