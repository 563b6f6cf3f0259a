/** The main script of the page: it reads the results, then selects, filters and draws. Everything else is in the HTML. */

import { breath } from './breath.js'
import { startLive } from './live.js'
import { mountPage } from './mount.js'
import { PageResults } from './results.js'
import { unfoldAll } from './unfold.js'

startLive(document.querySelector<HTMLElement>('[data-live]'))

// Charts measure text: the font, which is in this file, has to be ready before the first one.
const font = document.fonts.load('400 12px "Bakeoff Sans"')

// What is drawn by now comes first: reading and mounting are pieces of work of their own.
breath()
  .then(() => Promise.all([PageResults.readFrom(document), font]))
  .then(async ([results]) => {
    await breath()
    await mountPage(document, results)
  })
  .catch((error: unknown) => {
    // The tables are there that a page without scripts has. The page says so, and the console gets the error.
    unfoldAll(document)
    document.documentElement.classList.remove('js')
    const note = document.querySelector('[data-status]')
    if (note) note.textContent = 'The charts could not be drawn. The figures are in the tables.'
    throw error
  })
