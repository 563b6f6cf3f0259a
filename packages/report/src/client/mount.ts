import type { Results } from '@bakeoff/model'
import { type View, viewOf } from '../shared/subjects.js'
import { pressBaseline, writeBaselines } from './baseline.js'
import { breath } from './breath.js'
import { type DownloadKind, download } from './downloads.js'
import { Drawer } from './drawer.js'
import { writeExplanations } from './explanations.js'
import { addShareMenus, figureNamed } from './figure-menu.js'
import { onPrint } from './printing.js'
import { followHash, hashOf, WITHOUT_SCENARIO } from './routes.js'
import { firstSelection, type Selection } from './selection.js'
import { partsOf, show } from './show.js'
import { makeSortable, sortAfter, sortTables, sortWords } from './sorting.js'
import { rememberedTheme, setTheme, type Theme } from './theme.js'

/**
 * Mounts a page: makes its tabs, switches, chips, themes, tools and charts work. The document is the one that `renderHtml` made
 * from these results; a page of a run that goes on mounts each newer document in the same way.
 */
export async function mountPage(root: Document, results: Results): Promise<void> {
  const view = viewOf(results)
  const mounted = new Mounted(root, view)
  setTheme(root, rememberedTheme())
  addEventListener('hashchange', () => mounted.go())
  for (const [selector, act] of Object.entries(buttons(mounted))) onClick(root, selector, act)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => mounted.drawer.repaint())
  addEventListener('resize', () => mounted.drawer.refresh())
  onPrint(root, { begin: () => mounted.print(true), end: () => mounted.print(false) })

  // Charts measure text: the font, which is in this file, has to be ready before the first one.
  await Promise.all([root.fonts.load('400 12px "Bakeoff Sans"'), root.fonts.load('600 12px "Bakeoff Sans"')])
  await breath()
  mounted.go()
}

/** A mounted page: the selection, and what brings the document into line with it. */
class Mounted {
  readonly selection: Selection
  readonly drawer: Drawer
  readonly #title: string
  readonly #parts: ReturnType<typeof partsOf>
  readonly #pages: readonly HTMLElement[]
  readonly #prepared = new Set<HTMLElement>()
  readonly #status: Element | null
  /** the baseline that the tables in the page are written for; they come with the first one of each */
  #baseline: number | null = null
  #printing = false
  #isBrief = false

  constructor(
    readonly root: Document,
    readonly view: View,
  ) {
    this.selection = firstSelection(view.results)
    this.#title = root.title
    this.#parts = partsOf(root)
    this.#pages = [...root.querySelectorAll<HTMLElement>('[data-page]')]
    this.#status = root.querySelector('[data-status]')
    this.drawer = new Drawer(root, view, this.selection, (text) => this.say(text))
  }

  say(text: string): void {
    if (this.#status) this.#status.textContent = text
  }

  /** Follows the address: the first time, and when it changes by a link, back or forward. */
  go(): void {
    const { selection } = this
    const before = `${selection.page}/${selection.target}`
    const pages = this.#pages.map(({ dataset }) => dataset.page ?? '')
    const figure = followHash(location.hash, selection, pages, this.view)
    this.bringUp()
    this.remember()
    const place = figure === null ? null : figureNamed(this.root, figure)
    if (place) place.scrollIntoView()
    else if (`${selection.page}/${selection.target}` !== before) scrollTo({ top: 0 })
  }

  /** What is on paper: the first page alone, or all; null on a screen. */
  get #sheets(): 'brief' | 'all' | null {
    if (!this.#printing) return null
    return this.#isBrief ? 'brief' : 'all'
  }

  /** Brings the document into line with the selection. */
  bringUp(): void {
    const { root, view, selection, drawer } = this
    show(this.#parts, view, selection, this.#sheets)
    this.#prepareShown()
    root.documentElement.dataset.ready = 'true'
    for (const page of this.#pages) if (!page.hidden) sortTables(page, selection.sorts.get(page.dataset.page ?? ''))
    for (const tab of this.#parts.tabs) tab.href = hashOf(tab.dataset.tab ?? '', selection, view)
    root.title = titleOf(this.#parts.tabs, selection, view, this.#title)
    pressBaseline(root, view, selection)
    if (selection.baseline !== this.#baseline) writeBaselines(root, view, selection)
    this.#baseline = selection.baseline
    if (this.#printing) drawer.drawNow()
    else drawer.refresh()
  }

  /** Brings the document into line with a choice, and writes the choice into the address. */
  chosen(): void {
    this.bringUp()
    this.remember()
  }

  /** Writes the selection into the address: as a new step of the history, or in place of the present one. */
  remember(step: 'new' | 'same' = 'same'): void {
    const hash = hashOf(this.selection.page, this.selection, this.view)
    if (hash === location.hash || (location.hash === '' && hash === `#${this.#pages[0]?.dataset.page}`)) return
    try {
      if (step === 'new') history.pushState(null, '', hash)
      else history.replaceState(null, '', hash)
    } catch {
      // A frame without an origin of its own may not write its history: the page works, its address stays as it is.
    }
  }

  /** Opens the browser's dialog to print the decision alone, or everything. */
  openPrint(what: 'brief' | 'print'): void {
    this.#isBrief = what === 'brief'
    this.root.documentElement.classList.toggle('brief', this.#isBrief)
    print()
  }

  print(on: boolean): void {
    this.#printing = on
    if (!on) {
      this.#isBrief = false
      this.root.documentElement.classList.remove('brief')
    }
    if (on) this.drawer.forget()
    this.bringUp()
    if (!on) this.drawer.repaint()
  }

  /** Writes out what is shown for the first time: a page, or the part of a scenario and load, that nobody opens costs nothing. */
  #prepareShown(): void {
    for (const page of this.#pages) {
      if (page.hidden) continue
      for (const place of [page, ...page.querySelectorAll<HTMLElement>('.part:not([hidden])')]) {
        if (this.#prepared.has(place)) continue
        this.#prepared.add(place)
        this.#prepare(place, page)
      }
    }
  }

  /** @param place a part of a page, or the page for what is in no part */
  #prepare(place: HTMLElement, page: HTMLElement): void {
    const all = <E extends HTMLElement>(selector: string) =>
      [...place.querySelectorAll<E>(selector)].filter((one) => place !== page || one.closest('.part') === null)
    writeExplanations(page, all('.how[data-like]'))
    makeSortable(all<HTMLTableCellElement>('th[data-sort]'), (head) => this.#sortBy(head, page.dataset.page ?? ''))
    addShareMenus(all<HTMLCanvasElement>('canvas[data-chart]'), {
      linkOf: (figure) => {
        const hash = hashOf(this.selection.page, this.selection, this.view, figure)
        return `${location.href.split('#')[0]}${hash}`
      },
      pictureOf: (canvas) => this.drawer.pictureOf(canvas),
      say: (text) => this.say(text),
    })
  }

  #sortBy(head: HTMLTableCellElement, page: string): void {
    const sort = sortAfter(head, this.selection.sorts.get(page))
    if (sort) this.selection.sorts.set(page, sort)
    else this.selection.sorts.delete(page)
    this.chosen()
    this.say(sortWords(sort))
  }
}

/** The title of the window: what is in sight, so that tabs of a browser and steps of its history can be told apart. */
function titleOf(
  tabs: readonly HTMLElement[],
  { page, target, scenario }: Selection,
  { results }: View,
  title: string,
): string {
  const tab = tabs.find(({ dataset }) => dataset.tab === page)?.textContent ?? ''
  const ofScenario = results.scenarios.length > 1 && !WITHOUT_SCENARIO.includes(page) ? scenario : -1
  const what = page === 'target' ? target : results.scenarios[ofScenario]?.id
  return [tab, what, title].filter(Boolean).join(' · ')
}

/** The buttons: what a click does, by the selector of what is clicked. */
function buttons(mounted: Mounted): Record<string, (element: HTMLElement) => void> {
  const { root, view, selection, drawer } = mounted
  return {
    '[data-choose-scenario]': ({ dataset }) => {
      selection.scenario = Number(dataset.chooseScenario)
      mounted.bringUp()
      mounted.remember('new')
    },
    '[data-choose-load]': ({ dataset }) => {
      selection.loads[selection.scenario] = dataset.chooseLoad ?? ''
      mounted.chosen()
    },
    '[data-show]': ({ dataset }) => {
      const index = Number(dataset.show)
      if (!selection.hidden.delete(index)) selection.hidden.add(index)
      mounted.chosen()
    },
    '[data-show-all]': () => {
      selection.hidden.clear()
      mounted.chosen()
    },
    '[data-baseline]': ({ dataset }) => {
      const index = Number(dataset.baseline)
      selection.baseline = selection.baseline === index ? null : index
      mounted.chosen()
    },
    '[data-theme-choice]': ({ dataset }) => {
      setTheme(root, dataset.themeChoice as Theme)
      drawer.repaint()
    },
    '[data-tool]': ({ dataset }) => {
      if (dataset.tool === 'brief' || dataset.tool === 'print') mounted.openPrint(dataset.tool)
      else download(root, view.results, dataset.tool as DownloadKind)
    },
  }
}

function onClick(root: Document, selector: string, act: (element: HTMLElement) => void): void {
  for (const element of root.querySelectorAll<HTMLElement>(selector))
    element.addEventListener('click', () => act(element))
}
