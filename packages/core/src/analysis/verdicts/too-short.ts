import { thresholds } from '../thresholds.js'
import { duration, many, percent } from '../words.js'
import { defineVerdict } from './define.js'

export const tooShort = defineVerdict({
  cause: 'too-short',
  description: 'The window was too short to be measured in, or held too few answers.',
  find: ({ repetitions }) => {
    if (repetitions.length === 0) return []
    const shortest = repetitions.reduce((least, each) => (each.seconds < least.seconds ? each : least))
    const fewest = Math.min(...repetitions.map(({ right }) => right))
    const found = shortWindow(shortest.seconds, shortest.right)
    if (found) return [{ effect: 'invalidates', evidence: found }]
    if (fewest === 0 || fewest >= thresholds.shortest.answers) return [] // none at all is `no-answers`
    return [
      {
        effect: 'doubts',
        evidence: `the window held ${many(fewest, 'right answer')} (at least ${thresholds.shortest.answers} are needed): the rate is uncertain by about ${percent(1 / Math.sqrt(fewest))} through counting alone`,
      },
    ]
  },
})

/**
 * Why a window is too short to measure in, whoever measured; null when it is long enough. Also for published figures.
 */
export function shortWindow(seconds: number, answers: number | null): string | null {
  if (seconds >= thresholds.shortest.seconds) return null
  const held = answers === null ? '' : ` with ${many(answers, 'answer')}`
  return `the window lasted ${duration(seconds * 1000)}${held}, less than ${thresholds.shortest.seconds} s: start-up and one sample of the scheduler`
}
