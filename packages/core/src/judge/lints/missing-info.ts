import { list } from '../../words/quantities.js'
import { defineLint } from './define.js'

/** The members of the answer that other lints need. */
const NEEDED = ['language', 'languageVersion', 'architecture', 'cpus', 'workers', 'threads'] as const

export const missingInfo = defineLint({
  id: 'missing-info',
  description: 'The target does not say what its runtime believes about itself.',
  find: ({ info, tellsNothing }) => {
    if (info === null && tellsNothing)
      return [
        {
          message: 'it tells nothing of itself: GET /info answers 404',
          consequence: 'Threads, workers and build were not checked.',
          hint: 'A service that is used as it is need not; its own README says how it is set up.',
        },
      ]
    const missing = info === null ? [] : NEEDED.filter((key) => info[key] === null || info[key] === undefined)
    if (info !== null && missing.length === 0) return []
    return [
      {
        message: info === null ? 'GET /info had no answer that can be read' : `GET /info does not say ${list(missing)}`,
        consequence: 'Threads, workers and build of this target were not checked: a wrong setting would go unnoticed.',
        hint: 'Answer GET /info as docs/adding-a-target shows; what a runtime cannot know is null.',
      },
    ]
  },
})
