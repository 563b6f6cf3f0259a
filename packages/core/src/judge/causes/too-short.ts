import { kindOf } from '@bakeoff/model'
import type { CellView, Repetition } from '../../observe/view.js'
import { neededMs, windowRulesOf } from '../../plan/window-length.js'
import { thresholds } from '../../thresholds.js'
import { duration, many, percent } from '../../words/quantities.js'
import { defineCause, type Found } from './define.js'

export const tooShort = defineCause({
  id: 'too-short',
  about:
    'The window was too short, held too few answers, covered too few mean response times, or did not cover the whole corpus.',
  because: 'the window was short for so few answers',
  find: (view) => {
    const { repetitions } = view
    if (repetitions.length === 0) return []
    const shortest = repetitions.reduce((least, each) => (each.seconds < least.seconds ? each : least))
    const fewest = Math.min(...repetitions.map(({ right }) => right))
    const found = shortWindow(shortest.seconds, shortest.right)
    if (found) return [{ effect: 'invalidates', evidence: found }]
    const cut = repetitions.flatMap((repetition) => cutShort(repetition, view) ?? [])
    const worst = cut.find(({ effect }) => effect === 'invalidates') ?? cut[0]
    return [...(worst ? [worst] : []), ...fewAnswers(Math.round(fewest))]
  },
})

function fewAnswers(right: number): Found[] {
  if (right === 0 || right >= thresholds.shortest.answers) return [] // no answer at all is `no-answers`
  return [
    {
      effect: 'doubts',
      evidence: `the window held ${many(right, 'right answer')} (at least ${thresholds.shortest.answers} are needed): the rate is uncertain by about ${percent(1 / Math.sqrt(right))} through counting alone`,
    },
  ]
}

/** Whether the limit kept the window shorter than this target's rate requires. */
function cutShort(repetition: Repetition, { plan, scenario, load, loadId }: CellView): Found | null {
  const { seconds, record } = repetition
  if (kindOf(load).windows !== 'one' || !record.measurement.window) return null
  // Under an overloaded open load the response time is the length of the queue; the service time is how long an answer takes.
  const { meanUs } = repetition.serviceTime
  if (meanUs === null) return null
  const rules = windowRulesOf(plan.rules, scenario, loadId)
  const responses = (seconds * 1e6) / meanUs
  if (responses < rules.responses * thresholds.shortest.ofNeeded)
    return {
      effect: responses < thresholds.shortest.responses ? 'invalidates' : 'doubts',
      evidence: `the window of ${duration(seconds * 1000)} covers ${Number(responses.toPrecision(2))} mean response times (${rules.responses} are needed)`,
    }
  const perSecond = record.measurement.counts.sent / seconds
  const needed = neededMs({ ...rules, responses: 0 }, { meanMs: null, perSecond })
  const { passRequests } = rules
  if (passRequests === null || record.measurement.counts.sent >= passRequests * thresholds.shortest.ofNeeded)
    return null
  return {
    effect: 'doubts',
    evidence: `the window met ${record.measurement.counts.sent.toLocaleString('en-US')} of the ${many(passRequests, 'request')} of the corpus, which differ in cost: ${duration(needed)} would cover them all`,
  }
}

/**
 * The reason why a window is too short to measure in; null when it is long enough. Also used for published figures.
 */
export function shortWindow(seconds: number, answers: number | null): string | null {
  if (seconds >= thresholds.shortest.seconds) return null
  const held = answers === null ? '' : ` with ${many(Math.round(answers), 'answer')}`
  return `the window lasted ${duration(seconds * 1000)}${held}, less than ${thresholds.shortest.seconds} s: start-up and one sample of the scheduler`
}
