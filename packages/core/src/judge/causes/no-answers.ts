import { defineCause, inRepetitions } from './define.js'

export const noAnswers = defineCause({
  id: 'no-answers',
  about: 'Not one right answer came while the load was applied: there is nothing of which a figure could be made.',
  because: 'there was no right answer',
  find: ({ repetitions }) => {
    const without = repetitions.filter(({ right }) => right < 1)
    if (without.length === 0) return []
    const numbers = without.map(({ number }) => number)
    const where = repetitions.length === 1 ? '' : ` ${inRepetitions(numbers, repetitions.length)}`
    return [{ effect: 'invalidates', evidence: `there was not one right answer${where}` }]
  },
})
