import type { Results } from '@bakeoff/model'
import { viewOf } from '../shared/subjects.js'
import { writeBaselines } from './baseline.js'
import { type DownloadKind, download } from './downloads.js'
import { Drawer } from './drawer.js'
import { writeExplanations } from './explanations.js'
import { onPrint } from './printing.js'
import { followHash, hashOf } from './routes.js'
import { firstSelection, type Selection } from './selection.js'
import { show } from './show.js'
import { makeSortable } from './sorting.js'
import { rememberedTheme, setTheme, type Theme } from './theme.js'

/**
 * Mounts a page: makes its tabs, switches, chips, themes, tools and charts work. The document is the one that `renderHtml` made
 * from these results; a page of a run that goes on mounts each newer document in the same way.
 */
export async function mountPage(root: Document, results: Results): Promise<void> {
  const view = viewOf(results)
  const selection = firstSelection(results)
  const status = root.querySelector('[data-status]')
  const say = (text: string) => {
    if (status) status.textContent = text
  }
  const pages = [...root.querySelectorAll<HTMLElement>('[data-page]')].map(({ dataset }) => dataset.page ?? '')
  setTheme(root, rememberedTheme())
  for (const part of root.querySelectorAll<HTMLElement>('[data-tools], [data-switches]')) part.hidden = false
  writeExplanations(root)
  makeSortable(root, say)

  const drawer = new Drawer(root, view, selection, say)
  let printing = false
  const bringUp = () => {
    show(root, view, selection, printing)
    for (const tab of root.querySelectorAll<HTMLAnchorElement>('[data-tab]'))
      tab.href = hashOf(tab.dataset.tab ?? '', selection, results)
    writeBaselines(root, view, selection)
    if (printing) drawer.drawNow()
    else drawer.refresh()
  }

  const go = () => {
    const before = `${selection.page}/${selection.target}`
    followHash(location.hash, selection, pages, results)
    bringUp()
    if (`${selection.page}/${selection.target}` !== before) scrollTo({ top: 0 })
  }
  addEventListener('hashchange', go)

  for (const [selector, act] of Object.entries(buttons({ root, results, selection, drawer, bringUp })))
    onClick(root, selector, act)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawer.repaint())
  addEventListener('resize', () => drawer.refresh())
  onPrint(root, {
    begin: () => {
      printing = true
      show(root, view, selection, printing)
      drawer.repaint()
      drawer.drawNow()
    },
    end: () => {
      printing = false
      bringUp()
      drawer.repaint()
    },
  })

  // Charts measure text: the font, which is in this file, has to be ready before the first one.
  await Promise.all([root.fonts.load('400 12px "Bakeoff Sans"'), root.fonts.load('600 12px "Bakeoff Sans"')])
  go()
  root.documentElement.dataset.ready = 'true'
}

interface Mounted {
  readonly root: Document
  readonly results: Results
  readonly selection: Selection
  readonly drawer: Drawer
  readonly bringUp: () => void
}

/** The buttons: what a click does, by the selector of what is clicked. */
function buttons({
  root,
  results,
  selection,
  drawer,
  bringUp,
}: Mounted): Record<string, (element: HTMLElement) => void> {
  return {
    '[data-choose-scenario]': ({ dataset }) => {
      selection.scenario = Number(dataset.chooseScenario)
      location.hash = hashOf(selection.page, selection, results)
      bringUp()
    },
    '[data-choose-load]': ({ dataset }) => {
      selection.loads[selection.scenario] = dataset.chooseLoad ?? ''
      bringUp()
    },
    '[data-show]': ({ dataset }) => {
      const index = Number(dataset.show)
      if (!selection.hidden.delete(index)) selection.hidden.add(index)
      bringUp()
    },
    '[data-show-all]': () => {
      selection.hidden.clear()
      bringUp()
    },
    '[data-baseline]': ({ dataset }) => {
      const index = Number(dataset.baseline)
      selection.baseline = selection.baseline === index ? null : index
      bringUp()
    },
    '[data-theme-choice]': ({ dataset }) => {
      setTheme(root, dataset.themeChoice as Theme)
      drawer.repaint()
    },
    '[data-tool]': ({ dataset }) => {
      if (dataset.tool === 'print') print()
      else download(root, results, dataset.tool as DownloadKind)
    },
  }
}

function onClick(root: Document, selector: string, act: (element: HTMLElement) => void): void {
  for (const element of root.querySelectorAll<HTMLElement>(selector))
    element.addEventListener('click', () => act(element))
}
