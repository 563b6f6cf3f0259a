/** Opens reports in a real Chromium from disk, and keeps account of what a page asks for and complains about. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Results } from '@bakeoff/model'
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core'
import { chromium, chromiumArgs } from '../../../scripts/tests/tools.mjs'
import { renderHtml } from '../src/render-html.js'
import { SECTIONS } from '../src/sections/index.js'

export const SECTION_IDS = SECTIONS.map(({ id }) => id)

export async function openChromium(): Promise<Browser> {
  return playwright.launch({ executablePath: chromium(), timeout: 60_000, args: chromiumArgs })
}

export interface Opened extends AsyncDisposable {
  readonly page: Page
  /** every address asked for besides the file itself */
  readonly requests: readonly string[]
  /** errors and warnings of the console, and what was thrown */
  readonly complaints: readonly string[]
}

export interface Opening {
  readonly hash?: string
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  /** Default: 800 */
  readonly height?: number
  /** false: as those see it who run no scripts */
  readonly script?: boolean
  /** how many times as slow as this machine the page's processor is. Default: 1 */
  readonly slower?: number
  /** done to the context before the page is opened */
  readonly prepare?: (context: BrowserContext) => Promise<void>
}

/** Writes a page into a folder of its own and opens it with `file://`. The caller holds it with `await using`. */
export async function openHtml(
  browser: Browser,
  html: string,
  { hash = '', theme = 'light', width = 1280, height = 800, script = true, slower = 1, prepare }: Opening = {},
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'bakeoff-page-'))
  const file = join(folder, 'index.html')
  writeFileSync(file, html)
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    javaScriptEnabled: script,
    acceptDownloads: true,
  })
  await prepare?.(context)
  const page = await context.newPage()
  if (slower > 1) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slower })
  page.setDefaultTimeout(60_000)
  const requests: string[] = []
  const complaints: string[] = []
  const address = pathToFileURL(file).href
  page.on('request', (request) => {
    const url = request.url().split('#')[0] as string
    // What stands inside the file (the font) and what the page made itself (a download) is not asked of anybody.
    if (url !== address && !/^(data|blob):/.test(url)) requests.push(url)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(`${address}${hash}`)
  if (script && html.includes('id="results"')) {
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    await settled(page)
  }
  return {
    page,
    requests,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Opens a report: at the Overview, where no other place is named. */
export async function openReport(browser: Browser, results: Results, opening: Opening = {}): Promise<Opened> {
  return openHtml(browser, renderHtml(results), { hash: '#overview', ...opening })
}

/** Until what was chosen is there and every chart on the screen is drawn: they are drawn one per frame. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('body:not([aria-busy])', { state: 'attached' })
  await page.waitForFunction(() =>
    [...document.querySelectorAll('canvas[data-chart]')]
      .filter((canvas) => {
        const { top = 0, bottom = 0 } = canvas.parentElement?.getBoundingClientRect() ?? {}
        return canvas.closest('[hidden]') === null && bottom > 0 && top < innerHeight
      })
      .every((canvas) => canvas.hasAttribute('data-drawn')),
  )
}

/** Goes down the page until every chart of it is drawn, and back to where the page was: charts are drawn where a reader sees them. */
export async function seenToTheEnd(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const from = scrollY
    for (const canvas of document.querySelectorAll('canvas[data-chart]')) {
      while (canvas.closest('[hidden]') === null && !canvas.hasAttribute('data-drawn')) {
        canvas.parentElement?.scrollIntoView()
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    }
    scrollTo({ top: from })
  })
  await settled(page)
}

/** Brings the first chart of the page in sight onto the screen. */
export async function toFirstChart(page: Page): Promise<void> {
  await page.$$eval('.part:not([hidden]) .plot', ([first]) => first?.scrollIntoView())
  await settled(page)
}

/** Goes to a page of the report by its tab, as a reader does. */
export async function goTo(page: Page, id: string): Promise<void> {
  await page.click(`[data-tab="${id}"]`)
  await page.waitForSelector(`#${id}:not([hidden])`)
  await settled(page)
}

/** The pages that a report has, in the order of their tabs: a page of which a run has nothing is left out. */
export async function pagesOf(page: Page): Promise<string[]> {
  return page.$$eval('[data-tab]', (tabs) => tabs.map((tab) => (tab as HTMLElement).dataset.tab ?? ''))
}

/** Charts of the page in sight, and of each whether anything is on it. */
export async function chartsInSight(page: Page): Promise<{ chart: string; inked: boolean; empty: boolean }[]> {
  await seenToTheEnd(page)
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')]
      .filter((canvas) => canvas.closest('[hidden]') === null)
      .map((canvas) => {
        const { width, height } = canvas
        const pixels = width && height ? canvas.getContext('2d')?.getImageData(0, 0, width, height).data : undefined
        return {
          chart: `${canvas.dataset.chart} ${canvas.dataset.of ?? ''}`.trim(),
          inked: pixels?.some((value, index) => index % 4 === 3 && value > 0) ?? false,
          empty: canvas.parentElement?.classList.contains('empty') ?? false,
        }
      }),
  )
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe finds against WCAG 2, levels A and AA, in what is in sight: a line per element concerned. */
export async function axeProblems(page: Page): Promise<string[]> {
  // The page's policy forbids foreign scripts, as it should: axe comes in by the debugger.
  const { readFileSync } = await import('node:fs')
  await page.evaluate(readFileSync(axeSource, 'utf8'))
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (root: Document, options: object) => Promise<AxeResults> } }
    const { violations } = await axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] },
      resultTypes: ['violations'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
    )
  })
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
  }[]
}

/** How far the page can be scrolled sideways, in CSS pixels. */
export async function sidewaysBy(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
