import { defineCause, inRepetitions } from './define.js'

export const noAnswers = defineCause({
  id: 'no-answers',
  about: 'No right answer came while the load was applied, so there is no figure.',
  because: 'there was no right answer',
  find: ({ repetitions }) => {
    const without = repetitions.filter(({ right }) => right < 1)
    if (without.length === 0) return []
    const numbers = without.map(({ number }) => number)
    const where = repetitions.length === 1 ? '' : ` ${inRepetitions(numbers, repetitions.length)}`
    return [{ effect: 'invalidates', evidence: `there was no right answer at all${where}` }]
  },
})
