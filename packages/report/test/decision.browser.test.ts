/** The page that a report opens with: what a reader sees without scrolling, with and without its script, and on paper. */
import type { Results } from '@bakeoff/model'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { openChromium, openReport } from './pages.js'

let browser: Browser
let usual: Results

beforeAll(async () => {
  usual = sampleResults({ repetitions: 3 })
  browser = await openChromium()
})
afterAll(() => browser?.close())

describe('the first page', () => {
  it.each([
    { width: 1440, script: true },
    { width: 1440, script: false },
    { width: 375, script: true },
    { width: 375, script: false },
  ])('has the answer and the table on the first screen, $width px wide, script $script', async ({ width, script }) => {
    await using report = await openReport(browser, usual, { hash: '', width, script })
    const { page } = report
    const bottomOf = (selector: string) => page.$eval(selector, (one) => one.getBoundingClientRect().bottom)
    expect(await page.textContent('h1')).toBe(usual.decision?.overall)
    expect(await bottomOf('h1')).toBeLessThan(400)
    expect(await page.isVisible('#decision table')).toBe(true)
    // On a narrow screen the best of each scenario stand on a line each; the table is below.
    const best = width < 700 ? '#decision .bests' : '#decision tbody tr'
    expect(await page.isVisible('#decision .bests')).toBe(width < 700)
    expect(await bottomOf(best)).toBeLessThan(812)
    if (script && width === 1440) expect(await bottomOf('#decision .trust summary')).toBeLessThan(900)
    const rows = await page.$$eval('#decision > .answer-table tbody tr', ({ length }) => length)
    expect(rows).toBe(usual.decision?.rows.names.length)
    // The page itself does not scroll sideways; the table does, inside its frame.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(report.complaints).toEqual([])
  })

  it('leads to each scenario, and has nothing to choose there that does nothing', async () => {
    await using report = await openReport(browser, usual, { hash: '' })
    const { page } = report
    expect(await page.isVisible('[data-switches]')).toBe(false)
    await page.click('#decision .answers a >> text=ranknet')
    await page.waitForSelector('#overview:not([hidden])')
    expect(await page.isVisible('[data-switches]')).toBe(true)
    expect(page.url()).toContain('#overview/ranknet')
    expect(await page.getAttribute('[data-choose-scenario][aria-pressed="true"]', 'data-name')).toBe('ranknet')
    await page.click('[data-tab="claims"]')
    await page.waitForSelector('#claims:not([hidden])')
    expect(await page.isVisible('[data-switches]')).toBe(false)
    await page.reload()
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    await page.click('[data-tab="overview"]')
    await page.waitForSelector('#overview:not([hidden])')
    expect(page.url()).toContain('#overview/ranknet')
  })

  it('prints as a brief on one sheet, and is as it was afterwards', async () => {
    await using report = await openReport(browser, usual, { hash: '#latency/ranknet' })
    const { page } = report
    await printBrief(page)
    const pages = await page.$$eval('.view:not([hidden])', (all) => all.map(({ id }) => id))
    expect(pages).toEqual(['decision'])
    expect(await sheetsOf(page)).toBe(1)
    await page.evaluate(() => dispatchEvent(new Event('afterprint')))
    await page.waitForSelector('#latency:not([hidden])')
    expect(await page.$$eval('html.brief, html.printing', ({ length }) => length)).toBe(0)
  })
})

/** Has the brief printed. A headless browser prints no dialog: the events that go with it are sent by hand. */
async function printBrief(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.print = () => dispatchEvent(new Event('beforeprint'))
  })
  await page.click('[data-tool="brief"]')
}

async function sheetsOf(page: Page): Promise<number> {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  return pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0
}

describe('the first page of six scenarios whose targets have long names', () => {
  let six: Results

  beforeAll(() => {
    six = sampleResults({
      scenarios: ['predict', 'ranknet', 'embed', 'chat', 'chat-stream', 'chat-batch'],
      targets: 12,
      repetitions: 3,
      longNames: true,
    })
  })

  it.each([
    { width: 1440, height: 900, shows: '#decision > .answer-table tbody tr:nth-child(-n + 3)', count: 3 },
    { width: 375, height: 812, shows: '#decision .bests', count: 1 },
  ])(
    'has the answer, the trust and the best of each on the first screen without its script, $width × $height',
    async ({ width, height, shows, count }) => {
      await using report = await openReport(browser, six, { hash: '', width, height, script: false })
      const { page } = report
      const bottoms = await Promise.all(
        ['h1', '#decision .trust summary', shows].map((selector) =>
          page.$$eval(selector, (all) => all.map((one) => one.getBoundingClientRect().bottom)),
        ),
      )
      expect(await page.textContent('h1')).toBe(six.decision?.overall)
      expect(bottoms.map(({ length }) => length)).toEqual([1, 1, count])
      for (const bottom of bottoms.flat()) expect(bottom).toBeLessThanOrEqual(height)
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      expect(await page.$$eval('#decision > .answer-table thead th', ({ length }) => length)).toBe(7)
    },
  )

  it('prints as a brief on one sheet', async () => {
    await using report = await openReport(browser, six, { hash: '' })
    await printBrief(report.page)
    expect(await sheetsOf(report.page)).toBe(1)
  })
})

it('shows claims as pairs of rings and dots that lie inside their axis', async () => {
  await using report = await openReport(browser, usual, { hash: '#claims' })
  const pairs = await report.page.$$eval('#claims .pair', (all) =>
    all.map((pair) => {
      const frame = pair.getBoundingClientRect()
      const marks = [...pair.querySelectorAll('circle, line')].map((mark) => mark.getBoundingClientRect())
      return {
        rings: pair.querySelectorAll('.ring').length,
        beyond: marks.filter(({ left, right }) => left < frame.left - 1 || right > frame.right + 1).length,
      }
    }),
  )
  expect(pairs).toHaveLength(usual.claims.reduce((sum, { comparisons }) => sum + comparisons.length, 0))
  for (const pair of pairs) expect(pair).toEqual({ rings: 1, beyond: 0 })
})
