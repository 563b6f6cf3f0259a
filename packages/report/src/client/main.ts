/** What runs in the page: it reads the results, then chooses, filters and draws. Everything else is in the HTML. */

import { startLive } from './live.js'
import { mountPage } from './mount.js'
import { readResults } from './results.js'

startLive(document.querySelector<HTMLElement>('[data-live]'))

readResults(document)
  .then((results) => mountPage(document, results))
  .catch((error: unknown) => {
    // The tables are all there; only what is drawn is missing. Say so, and let the console have the error.
    document.documentElement.classList.remove('js')
    const note = document.querySelector('[data-status]')
    if (note) note.textContent = 'The charts could not be drawn. All figures are in the tables.'
    throw error
  })
