import type { Prices } from '@bakeoff/model'
import type { View } from '../shared/subjects.js'
import { pressBaseline, writeBaselines } from './baseline.js'
import { breath, frame, idle } from './breath.js'
import { onPrices, showPrices, writeCosts } from './cost.js'
import type { DownloadKind } from './downloads.js'
import { Drawer } from './drawer.js'
import { writeExplanations } from './explanations.js'
import { addShareMenus, figureInSight, figureNamed } from './figure-menu.js'
import { laterCode } from './later-code.js'
import { isPacked, PackedParts } from './packed-parts.js'
import { onPrint } from './printing.js'
import type { PageResults } from './results.js'
import { followHash, hashOf, WITHOUT_SCENARIO } from './routes.js'
import { firstSelection, type Selection } from './selection.js'
import { partsOf, type Sheets, show, showRows } from './show.js'
import { layOutInSlices } from './slices.js'
import { makeSortable, sortAfter, sortTables, sortWords } from './sorting.js'
import { rememberedTheme, setTheme, type Theme } from './theme.js'
import { makeToolbars, setStops } from './toolbars.js'
import { unfold } from './unfold.js'

/**
 * Mounts a page: makes its tabs, switches, chips, themes, tools and charts work. The document is the one that `renderHtml` made
 * from these results.
 */
export async function mountPage(root: Document, results: PageResults): Promise<void> {
  const mounted = new Mounted(root, results)
  setTheme(root, rememberedTheme())
  addEventListener('hashchange', () => void mounted.go())
  for (const [selector, act] of Object.entries(buttons(mounted))) onClick(root, selector, act)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => mounted.drawer.repaint())
  addEventListener('resize', () => mounted.drawer.refresh())
  onPrint(root, { begin: () => mounted.print(true), end: () => mounted.print(false) })
  onPrices(root, (prices) => {
    mounted.selection.prices = prices
    mounted.chosen()
  })
  let resting: ReturnType<typeof setTimeout> | undefined
  const atRest = () => {
    clearTimeout(resting)
    resting = setTimeout(keepPlace, REST_MS)
  }
  addEventListener('scroll', atRest, { passive: true })
  await breath()
  await mounted.open()
}

/** A mounted page: the selection, and what brings the document into line with it. */
class Mounted {
  readonly selection: Selection
  readonly drawer: Drawer
  readonly #packed: PackedParts
  readonly #title: string
  readonly #parts: ReturnType<typeof partsOf>
  readonly #pages: readonly HTMLElement[]
  readonly #toolbars: readonly HTMLElement[]
  readonly #prepared = new Set<HTMLElement>()
  readonly #status: Element | null
  /** the baseline that the tables in the page are written for; they come with the first one of each */
  #baseline: number | null = null
  /** the prices that they are written for */
  #prices: Prices | null = null
  /** whether tables were opened since then */
  #hasNewTables = false
  #printing = false
  /** how many works the page waits for */
  #works = 0
  /** what the reader asked to be printed; the browser's own command prints the chosen scenario */
  #asked: Exclude<Sheets, null> = 'scenario'

  constructor(
    readonly root: Document,
    readonly results: PageResults,
  ) {
    this.selection = firstSelection(results.view.results)
    this.#packed = new PackedParts(root)
    this.#title = root.title
    this.#parts = partsOf(root)
    this.#pages = [...root.querySelectorAll<HTMLElement>('[data-page]')]
    this.#toolbars = makeToolbars(root)
    this.#status = root.querySelector('[data-status]')
    this.drawer = new Drawer(root, results, this.selection, (text) => this.say(text))
  }

  /** of the run, without the cells that are read later */
  get view(): View {
    return this.results.view
  }

  say(text: string): void {
    if (this.#status) this.#status.textContent = text
  }

  /** Follows the address for the first time, in pieces: each is a frame or a click that need not wait for all of it. */
  async open(): Promise<void> {
    const [figure, place] = [this.#follow(), placeKept()]
    await this.#unpack([this.selection.scenario])
    show(this.#parts, this.view, this.selection, this.#sheets)
    await breath()
    this.#prepareShown()
    await breath()
    const { classList } = this.root.documentElement
    const isUnseen = classList.contains('deep')
    if (isUnseen) {
      const laidOut = layOutInSlices(this.root)
      this.root.documentElement.dataset.mounted = 'true'
      await laidOut
    }
    await this.bringUp()
    void keepTabInSight(this.#parts.tabs)
    void this.remember()
    // Where it is seen already, the page is laid out in the next frame; asked for a place before, it would be within this piece.
    await (isUnseen ? breath() : frame())
    classList.remove('deep')
    if (place !== null) scrollTo({ top: place })
    else if (figure !== null) figureNamed(this.root, figure)?.scrollIntoView()
  }

  /** Writes the address into the selection. @returns the figure that it names */
  #follow(): string | null {
    const pages = this.#pages.map(({ dataset }) => dataset.page ?? '')
    return followHash(location.hash, this.selection, pages, this.view)
  }

  /** Follows the address when it changes by a link, back or forward. */
  async go(): Promise<void> {
    const { selection } = this
    const before = `${selection.page}/${selection.target}`
    const figure = this.#follow()
    const isOther = `${selection.page}/${selection.target}` !== before
    await this.bringUp(isOther && figure === null ? 'from the top' : 'at once')
    void keepTabInSight(this.#parts.tabs)
    void this.remember()
    if (figure !== null) figureNamed(this.root, figure)?.scrollIntoView()
  }

  /** What is on paper; null on a screen. */
  get #sheets(): Sheets {
    return this.#printing ? this.#asked : null
  }

  /**
   * Brings the document into line with the selection: at once, but for what stands packed in it. The page stays as it is until that
   * is there, so that nothing moves twice. From its top on, a page comes in slices.
   */
  async bringUp(how: 'at once' | 'from the top' = 'at once'): Promise<void> {
    const { root, view, selection, drawer } = this
    // Paper does not wait.
    while (!this.#printing && this.#isPacked(selection.scenario)) await this.#unpack([selection.scenario])
    // Before anything changes, this needs no layout.
    if (how === 'from the top') scrollTo({ top: 0 })
    const before = new Set(this.#placesShown())
    show(this.#parts, view, selection, this.#sheets)
    this.#prepareShown()
    for (const page of this.#pages) {
      if (page.hidden) continue
      showRows(page, selection)
      sortTables(page, selection.sorts.get(page.dataset.page ?? ''))
    }
    setStops(this.#toolbars)
    root.documentElement.dataset.mounted = 'true'
    root.documentElement.dataset.ready = 'true'
    root.title = titleOf(this.#parts.tabs, selection, view, this.#title)
    const from = this.#placesShown().find((place) => !before.has(place))
    if (how === 'from the top' && from) void this.#busyWith(layOutInSlices(this.root, from))
    void this.#bringUpComputed()
    if (this.#printing) drawer.drawNow()
    else drawer.refresh()
  }

  /** Brings up what is computed in the page, relative to the chosen baseline and prices, when the chosen scenario was read. */
  async #bringUpComputed(): Promise<void> {
    const { root, selection, results } = this
    const { scenario } = selection
    // A page about the whole run has no use for it yet.
    if (results.known(scenario) === null && this.#isWhole()) {
      await idle()
      void this.drawer.prepare()
    }
    const view = results.known(scenario) ?? (await results.read(scenario))
    if (selection.scenario !== scenario) return
    pressBaseline(this.#parts.baselines, view, selection)
    if (selection.baseline !== this.#baseline || (selection.baseline !== null && this.#hasNewTables))
      writeBaselines(root, results, selection)
    if (selection.prices !== this.#prices || (selection.prices !== null && this.#hasNewTables))
      writeCosts(root, results, selection.prices)
    showPrices(root, selection.prices)
    this.#baseline = selection.baseline
    this.#prices = selection.prices
    this.#hasNewTables = false
    // Its other loads are a click away, which should not wait.
    await idle()
    if (!this.#isWhole()) await this.#packed.unpack(scenario)
  }

  /** Whether what is chosen of a scenario is packed: it is of a load by which the scenario is not ranked. */
  #isPacked(scenario: number): boolean {
    const { mainLoad } = this.view.results.scenarios[scenario] ?? {}
    return this.selection.loads[scenario] !== mainLoad && this.#packed.has(scenario)
  }

  /** Unpacks what is chosen of scenarios. */
  async #unpack(scenarios: readonly number[]): Promise<void> {
    const packed = scenarios.filter((scenario) => this.#isPacked(scenario))
    if (packed.length > 0) await this.#busyWith(Promise.all(packed.map((scenario) => this.#packed.unpack(scenario))))
  }

  /** Lets what reads the page out wait for work, as the page does. */
  async #busyWith(work: Promise<unknown>): Promise<void> {
    const { body } = this.root
    this.#works += 1
    body.setAttribute('aria-busy', 'true')
    try {
      await work
    } finally {
      this.#works -= 1
      if (this.#works === 0) body.removeAttribute('aria-busy')
    }
  }

  #isWhole(): boolean {
    return this.#pages.some((page) => !page.hidden && page.dataset.whole !== undefined)
  }

  /**
   * Shows another scenario, in pieces: the click, what it brings up, and where that stands. A figure in sight stays where it is:
   * there stands then the one of its name.
   */
  choose(scenario: number): void {
    void this.#busyWith(this.#choose(scenario))
  }

  async #choose(scenario: number): Promise<void> {
    const seen = figureInSight(this.root)
    this.selection.scenario = scenario
    void this.remember('new')
    await breath()
    await this.bringUp(whereSeen())
    await breath()
    const figure = seen && figureNamed(this.root, seen.name)
    // Asked where something stands, the browser lays out the page now, unless a frame did; the next one has only to draw it.
    const { top } = (figure ?? this.root.body).getBoundingClientRect()
    if (seen && figure) scrollBy({ top: top - seen.top })
  }

  /** Brings the document into line with a choice, and writes the choice into the address. */
  chosen(): void {
    void this.bringUp(whereSeen())
    void this.remember()
  }

  /**
   * Writes the selection into the address: as a new step of the history, or in place of the present one. A browser takes its time for
   * it, so it is a piece of work of its own. An address that changed by then is followed, which remembers it.
   */
  async remember(step: 'new' | 'same' = 'same'): Promise<void> {
    const before = location.hash
    await breath()
    if (location.hash !== before) return
    const hash = hashOf(this.selection.page, this.selection, this.view)
    if (hash === location.hash || (location.hash === '' && hash === `#${this.#pages[0]?.dataset.page}`)) return
    try {
      if (step === 'new') history.pushState(null, '', hash)
      else history.replaceState(history.state, '', hash)
    } catch {
      // A frame without an origin of its own may not write its history: the page works, its address stays as it is.
    }
  }

  /** Opens the browser's dialog to print the decision alone, or everything of all scenarios. */
  async openPrint(what: 'brief' | 'all'): Promise<void> {
    if (what === 'all') {
      const scenarios = [...this.view.results.scenarios.keys()]
      await Promise.all([this.results.whole(), this.drawer.prepare(), this.#unpack(scenarios)])
    }
    this.#asked = what
    this.root.documentElement.classList.toggle('brief', what === 'brief')
    print()
  }

  /** Hands a file of all figures to the reader. */
  async download(kind: DownloadKind): Promise<void> {
    const [results, { download }] = await Promise.all([this.results.whole(), laterCode(this.root)])
    download(this.root, results, kind)
  }

  print(on: boolean): void {
    this.#printing = on
    if (!on) {
      this.#asked = 'scenario'
      this.root.documentElement.classList.remove('brief')
    }
    if (on) this.drawer.forget()
    void this.bringUp()
    if (!on) this.drawer.repaint()
  }

  /** Unfolds and prepares what is shown for the first time: a page, or the part of a scenario and load, that nobody opens costs nothing. */
  #prepareShown(): void {
    for (const place of this.#placesShown()) {
      const page = place.closest<HTMLElement>('[data-page]')
      if (page === null || this.#prepared.has(place) || isPacked(place)) continue
      this.#prepared.add(place)
      unfold(place)
      this.#prepare(place, page)
    }
  }

  /** The pages that are shown, each followed by the places of it that are. */
  #placesShown(): HTMLElement[] {
    return this.#pages
      .filter(({ hidden }) => !hidden)
      .flatMap((page) => [page, ...page.querySelectorAll<HTMLElement>(PLACES)])
  }

  /** @param place a part of a page, or the page for what is in no part */
  #prepare(place: HTMLElement, page: HTMLElement): void {
    const all = <E extends HTMLElement>(selector: string) =>
      [...place.querySelectorAll<E>(selector)].filter((one) => place !== page || one.closest(ANY_PLACE) === null)
    writeExplanations(page, all('[data-like]'))
    makeSortable(all<HTMLTableCellElement>('th[data-sort]'), (head) => this.#sortBy(head, page.dataset.page ?? ''))
    const canvases = all<HTMLCanvasElement>('canvas[data-chart]')
    // What stands there as long as a chart is not drawn has all targets in it.
    if (this.selection.hidden.size > 0) for (const still of place.querySelectorAll('.plot > .still')) still.remove()
    this.drawer.watch(canvases)
    this.#hasNewTables = true
    addShareMenus(canvases, {
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

/** How a change of the page in sight is brought up: a reader further down than its top looks at something that should stay there. */
function whereSeen(): 'at once' | 'from the top' {
  return scrollY === 0 ? 'from the top' : 'at once'
}

/** How long a page is not scrolled before its place is kept. Browsers allow some hundred changes of the history a minute. */
const REST_MS = 300

/**
 * Keeps with the history's entry how far the page is scrolled, for when it is loaded again, as a page of a run that goes on is time
 * and again: a browser looks for its place before the page has its height.
 */
function keepPlace(): void {
  try {
    history.replaceState({ place: scrollY }, '')
  } catch {
    // A frame without an origin of its own: the page begins at its top.
  }
}

/** The place of the page when it was left; null where it is loaded for the first time. */
function placeKept(): number | null {
  const { place } = (history.state ?? {}) as { place?: unknown }
  return typeof place === 'number' ? place : null
}

/** What is folded by itself: a part of a scenario, or the page of a target. */
const ANY_PLACE = '.part, [data-target]'
const PLACES = ':is(.part, [data-target]):not([hidden])'

/** Scrolls the tabs, where not all have room, so that the one of the page in sight is among those that are seen. */
async function keepTabInSight(tabs: readonly HTMLElement[]): Promise<void> {
  await frame()
  const current = tabs.find((tab) => tab.hasAttribute('aria-current'))
  const row = current?.parentElement
  if (!current || !row || row.scrollWidth <= row.clientWidth) return
  const [tab, seen] = [current.getBoundingClientRect(), row.getBoundingClientRect()]
  if (tab.left < seen.left || tab.right > seen.right)
    row.scrollLeft += tab.left - seen.left - (seen.width - tab.width) / 2
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
  const { root, selection, drawer } = mounted
  return {
    '[data-choose-scenario]': ({ dataset }) => mounted.choose(Number(dataset.chooseScenario)),
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
      const { tool } = dataset
      if (tool === 'brief' || tool === 'all') void mounted.openPrint(tool)
      else void mounted.download(tool as DownloadKind)
    },
  }
}

function onClick(root: Document, selector: string, act: (element: HTMLElement) => void): void {
  for (const element of root.querySelectorAll<HTMLElement>(selector))
    element.addEventListener('click', () => act(element))
}
