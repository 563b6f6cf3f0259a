import { readFileSync } from 'node:fs'
import { type Results, visibleText } from '@bakeoff/model'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareRuns } from '../../core/src/compare-runs.js'
import { HOSTILE, type SampleOptions, sampleResults } from '../../core/test/fixtures-results.js'
import { renderComparison, renderIndex } from '../src/index.js'
import { withHostileNames } from './hostile.js'
import {
  axeProblems,
  chartsInSight,
  goTo,
  openChromium,
  openHtml,
  openReport,
  pagesOf,
  SECTION_IDS,
  seenToTheEnd,
  settled,
  sidewaysBy,
  toFirstChart,
} from './pages.js'

let browser: Browser
let usual: Results

beforeAll(async () => {
  usual = sampleResults({ scenarios: ['predict', 'ranknet', 'chat-batch'], repetitions: 3 })
  browser = await openChromium()
})
afterAll(() => browser?.close())

const tagged = (page: Page, selector: string) =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent?.trim() ?? ''))

const LEADERBOARD_ROWS = '#overview .block:first-child tbody tr[data-s]'

/** Rows of the leaderboard in sight, by the names of their targets. */
const leaders = (page: Page) =>
  page.$$eval('#overview .part:not([hidden]) > section:first-child tbody tr:not([hidden]) th > a', (names) =>
    names.map(({ textContent }) => textContent),
  )

describe('a report opened from disk', () => {
  it('asks nobody for anything, complains of nothing, and draws every chart on every page', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    for (const id of SECTION_IDS) {
      await goTo(page, id)
      for (const scenario of await page.$$('[data-choose-scenario]')) {
        // A page about the whole run has nothing to choose.
        if (!(await scenario.isVisible())) continue
        await scenario.click()
        await settled(page)
        const charts = await chartsInSight(page)
        expect(charts.filter(({ inked, empty }) => !inked && !empty)).toEqual([])
      }
    }
    expect(report.requests).toEqual([])
    expect(report.complaints).toEqual([])
  }, 600_000)

  it('has a chart on each page that promises one', async () => {
    await using report = await openReport(browser, usual, { hash: '#overview/ranknet' })
    const drawn: Record<string, number> = {}
    for (const id of SECTION_IDS) {
      await goTo(report.page, id)
      drawn[id] = (await chartsInSight(report.page)).filter(({ inked }) => inked).length
    }
    expect(drawn).toMatchObject({ overview: 3, latency: 4, scaling: 2, bottleneck: 1 })
    expect(drawn.resources).toBeGreaterThanOrEqual(5)
    expect(drawn.efficiency).toBeGreaterThanOrEqual(5)
  })

  it('follows tabs, links, and back and forward', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    const inSight = () => page.$eval('.view:not([hidden])', ({ id }) => id)
    await goTo(page, 'latency')
    await goTo(page, 'bottleneck')
    await page.goBack()
    await page.waitForSelector('#latency:not([hidden])')
    await page.goBack()
    await page.waitForSelector('#overview:not([hidden])')
    await page.goForward()
    await page.waitForSelector('#latency:not([hidden])')
    expect(await page.getAttribute('[aria-current="page"]', 'data-tab')).toBe('latency')
    await page.evaluate(() => {
      location.hash = '#target/go-net-http'
    })
    await page.waitForSelector('[data-target="go-net-http"]:not([hidden])')
    expect(await inSight()).toBe('target')
    await page.evaluate(() => {
      location.hash = '#no-such-page'
    })
    await page.waitForSelector('#decision:not([hidden])')
  })

  it('lists the targets, and shows the list for a target that there is not', async () => {
    await using report = await openReport(browser, usual, { hash: '#target/no-such-target' })
    expect(await tagged(report.page, '#target .view, #target div[data-target=""]:not([hidden]) tbody th')).toEqual([
      ...new Set(usual.entries.map(({ target }) => target)),
    ])
    await report.page.click('#target div[data-target=""] tbody th a')
    await report.page.waitForSelector(`article[data-target="${usual.entries[0]?.target}"]:not([hidden])`)
  })

  it('shows the scenario and the load that a reader chooses, on every page', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    await page.click('[data-choose-scenario="1"]')
    await page.click('[data-scenario="1"]:not([hidden]) [data-choose-load="closed-10"]')
    await settled(page)
    expect(await tagged(page, '#overview .part:not([hidden]) h3 small')).toEqual(['10 connections'])
    await goTo(page, 'latency')
    expect(page.url()).toContain('#latency/ranknet')
    // The curves are of the scenario, whatever the load.
    expect(await tagged(page, '#latency .part:not([hidden]) .block h3 small')).toEqual([
      '10 connections, service time',
      'median p99 over repetitions',
    ])
  })

  it('hides a target in tables and charts by its chip, and shows all again', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    const before = await leaders(page)
    await toFirstChart(page)
    const picture = () =>
      page.$eval('.part:not([hidden]) canvas', (canvas) => (canvas as HTMLCanvasElement).toDataURL())
    const drawn = await picture()
    await page.click('[data-show="0"]')
    await settled(page)
    await page.waitForFunction(
      (old) => document.querySelector<HTMLCanvasElement>('.part:not([hidden]) canvas')?.toDataURL() !== old,
      drawn,
    )
    expect(await leaders(page)).toEqual(before.filter((name) => name !== 'go-net-http'))
    expect(await page.getAttribute('[data-show="0"]', 'aria-pressed')).toBe('false')
    await page.click('[data-show-all]')
    expect(await leaders(page)).toEqual(before)
  })

  it('says so instead of drawing when every target is switched off', async () => {
    await using report = await openReport(browser, usual)
    for (const chip of await report.page.$$('[data-chip]:not([hidden]) [data-show]')) await chip.click()
    expect(await report.page.isVisible('#overview .part:not([hidden]) table')).toBe(false)
    expect(await report.page.isVisible('[data-show-note]')).toBe(true)
    await seenToTheEnd(report.page)
    const plots = await report.page.$$eval('.plot', (all) =>
      all.filter((plot) => plot.closest('[hidden]') === null).map(({ className }) => className),
    )
    expect(plots).toEqual(['plot empty', 'plot empty', 'plot empty'])
    expect(report.complaints).toEqual([])
  })

  it('takes the factors from core for whichever baseline is chosen', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    const factors = () =>
      page.$$eval('#overview .part:not([hidden]) [data-ratio]', (places) => places.map((place) => place.textContent))
    const before = await factors()
    expect(before.filter((text) => text === 'baseline')).toHaveLength(1)
    const other = await page.$('[data-chip]:not([hidden]) [data-baseline][aria-pressed="false"]')
    await other?.click()
    expect(await factors()).not.toEqual(before)
    expect((await factors()).filter((text) => text === 'baseline')).toHaveLength(1)
  })

  it('sorts a leaderboard best first, then worst first, then back, with unknown figures last', async () => {
    await using report = await openReport(browser, usual, { hash: '#overview/ranknet' })
    const { page } = report
    const column = 'thead th:nth-child(8)'
    const button = `#overview .part:not([hidden]) > section:first-child ${column} button`
    const values = () =>
      page.$$eval('#overview .part:not([hidden]) > section:first-child tbody td:nth-child(8)', (cells) =>
        cells.map(({ firstChild }) => firstChild?.textContent ?? ''),
      )
    const original = await values()
    const known = original.filter((text) => text !== '–').map(Number)
    const missing = original.filter((text) => text === '–')
    expect(missing.length).toBeGreaterThan(0)
    await page.click(button)
    expect(await values()).toEqual([...[...known].sort((a, b) => a - b).map(String), ...missing])
    await page.click(button)
    expect(await values()).toEqual([...[...known].sort((a, b) => b - a).map(String), ...missing])
    await page.click(button)
    expect(await values()).toEqual(original)
  })

  it('changes its theme, remembers it, and draws the charts in its colours', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    const look = () =>
      page.evaluate(() => ({
        paper: getComputedStyle(document.body).backgroundColor,
        chart: document.querySelector<HTMLCanvasElement>('.part:not([hidden]) canvas')?.toDataURL(),
      }))
    await toFirstChart(page)
    const light = await look()
    await page.click('[data-theme-choice="dark"]')
    await toFirstChart(page)
    await page.waitForFunction(
      (old) => document.querySelector<HTMLCanvasElement>('.part:not([hidden]) canvas')?.toDataURL() !== old,
      light.chart,
    )
    expect(light.paper).toBe('rgb(255, 255, 255)')
    expect((await look()).paper).toBe('rgb(20, 23, 26)')
    await page.reload()
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    expect((await look()).paper).toBe('rgb(20, 23, 26)')
    await page.click('[data-theme-choice="system"]')
    expect((await look()).paper).toBe('rgb(255, 255, 255)')
  })

  it('holds in its address what every control changes, so that it survives a reload and can be sent', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    await page.click('[data-choose-scenario="1"]')
    await page.click('[data-scenario="1"]:not([hidden]) [data-choose-load="closed-10"]')
    await page.click('[data-show="0"]')
    await page.click('[data-chip]:not([hidden]) [data-baseline][aria-pressed="false"]')
    await page.click('#overview .part:not([hidden]) > section:first-child th[data-sort] button >> text=p99')
    await goTo(page, 'verification')
    await page.click('#verification .part:not([hidden]) th[data-sort] button >> text=Drift')
    await goTo(page, 'overview')
    const state = () =>
      page.evaluate(() => ({
        pressed: [...document.querySelectorAll<HTMLElement>('[data-switches] [aria-pressed]')].map((button) =>
          button.getAttribute('aria-pressed'),
        ),
        sorted: [...document.querySelectorAll('th[aria-sort]')]
          .filter((head) => !head.closest('[hidden]'))
          .map((head) => `${head.textContent} ${head.getAttribute('aria-sort')}`),
        rows: [...document.querySelectorAll<HTMLElement>('#overview tbody tr')]
          .filter((row) => !row.hidden && !row.closest('[hidden]'))
          .map(({ textContent }) => textContent),
        title: document.title,
      }))
    const before = await state()
    expect(before.sorted).toEqual(['p99ms ascending'])
    expect(before.title).toContain('Overview · ranknet')
    await page.reload()
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    await settled(page)
    expect(await state()).toEqual(before)
    await goTo(page, 'verification')
    expect((await state()).sorted).toEqual([expect.stringMatching(/^Drift.* descending$/)])
    // A link within the page keeps what was chosen, and back brings the former choice back.
    await page.evaluate(() => {
      location.hash = '#latency/predict'
    })
    await page.waitForSelector('#latency:not([hidden])')
    expect(page.url()).toContain('hide=go-net-http')
    await page.goBack()
    await page.waitForSelector('#verification:not([hidden])')
    expect(report.complaints).toEqual([])
  })

  it('shares a figure: its link leads back to it, and its picture and numbers can be had', async () => {
    await using report = await openReport(browser, usual, { hash: '#efficiency/ranknet' })
    const { page } = report
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const figure = page.locator('#efficiency .part:not([hidden]) figure', { hasText: 'Idle memory' }).first()
    await figure.locator('.share summary').click()
    await figure.locator('.share button', { hasText: 'Copy link' }).click()
    await page.waitForFunction(() => document.querySelector('[data-status]')?.textContent === 'The link was copied')
    const link = await page.evaluate(() => navigator.clipboard.readText())
    expect(link).toContain('#efficiency/ranknet?figure=bars.idleMemoryBytes')
    const fetched: Record<string, Buffer> = {}
    for (const kind of ['PNG', 'CSV', 'Markdown']) {
      const waiting = page.waitForEvent('download')
      await figure.locator('.share button', { hasText: kind }).click()
      fetched[kind] = readFileSync(await (await waiting).path())
    }
    expect(fetched.PNG?.subarray(1, 4).toString()).toBe('PNG')
    // Two pixels for each CSS pixel, and the margins.
    const width = await figure.locator('.plot').evaluate(({ clientWidth }) => clientWidth)
    expect(fetched.PNG?.readUInt32BE(16)).toBe((width + 32) * 2)
    expect(fetched.CSV?.toString().split('\r\n')[0]).toMatch(/^Target,/)
    expect(fetched.Markdown?.toString()).toMatch(/^\| Target \|/)
    await page.goto(link)
    await page.waitForFunction(() => scrollY > 400)
    expect(report.complaints).toEqual([])
  })

  it('leaves out pages of which the run has nothing', async () => {
    const results = sampleResults({ scenarios: ['embed'], failing: 'all' })
    await using report = await openReport(browser, results)
    const { page } = report
    expect(await pagesOf(page)).not.toContain('scaling')
    expect(await page.$$('#scaling')).toEqual([])
    for (const id of await pagesOf(page)) {
      await goTo(page, id)
      const heads = await page.$$eval(`#${id} h3`, (all) =>
        all.filter(
          (head) =>
            !head.closest('[hidden]') && !head.parentElement?.textContent?.replace(head.textContent ?? '', '').trim(),
        ),
      )
      expect(heads, id).toEqual([])
    }
  })

  it('makes elements of what is shown only, and keeps the rest as text', async () => {
    await using report = await openReport(browser, usual, { hash: '#overview/ranknet' })
    const { page } = report
    const open = () => page.$$eval('.part:has(> :not(noscript)) table', ({ length }) => length)
    const before = await open()
    expect(await page.$$eval('.part > noscript', ({ length }) => length)).toBeGreaterThan(20)
    await page.click('[data-choose-scenario="0"]')
    await settled(page)
    expect(await open()).toBeGreaterThan(before)
    expect(
      await page.$$eval(
        '.part:not([hidden]) > noscript',
        (all) => all.filter((one) => !one.closest('.view[hidden]')).length,
      ),
    ).toBe(0)
  })

  it('unpacks what belongs to loads that do not rank, of the scenario that is in sight', async () => {
    await using report = await openReport(browser, usual, { hash: '' })
    const { page } = report
    const packed = (scenario: number) => page.$$eval(`[data-packed="${scenario}"]`, ({ length }) => length)
    expect(await packed(0)).toBeGreaterThan(10)
    await goTo(page, 'overview')
    await page.click('[data-scenario="0"]:not([hidden]) [data-choose-load="closed-1"]')
    await settled(page)
    expect(await packed(0)).toBe(0)
    expect(await packed(1)).toBeGreaterThan(10)
    const cells = usual.cells.filter(({ scenario, loadId }) => scenario === 'predict' && loadId === 'closed-1')
    expect(
      await page.$$eval('#overview .part:not([hidden]) > section:first-child tr[data-s]', (all) => all.length),
    ).toBe(cells.length)
    for (const id of await pagesOf(page)) {
      await goTo(page, id)
      expect((await chartsInSight(page)).filter(({ inked, empty }) => !inked && !empty)).toEqual([])
    }
    expect(report.complaints).toEqual([])
  })

  it('opens at a figure of a load that stands packed', async () => {
    const hash = '#efficiency/ranknet?load=ranknet~closed-10&figure=bars.idleMemoryBytes'
    await using report = await openReport(browser, usual, { hash })
    const { page } = report
    await page.waitForSelector('html:not(.deep)', { state: 'attached' })
    expect(page.url()).toContain('load=ranknet%7Eclosed-10')
    expect(await page.$$eval('#efficiency .part:not([hidden])[data-load]', (all) => all.length)).toBe(1)
    expect(await page.isVisible('#efficiency .part[data-load="closed-10"] canvas')).toBe(true)
    const [canvas] = await page.$$('#efficiency .part:not([hidden]) canvas[data-of="idleMemoryBytes"]')
    expect((await canvas?.boundingBox())?.y).toBeLessThan(800)
    expect(report.complaints).toEqual([])
  })

  it('is laid out in slices where it is opened at a place in it, and is there as a whole when it is shown', async () => {
    await using report = await openReport(browser, usual, {
      hash: '#overview/predict?figure=bars.throughput',
      prepare: countWaiting,
    })
    const { page } = report
    await page.waitForSelector('html:not(.deep)', { state: 'attached' })
    const waiting = await waitingOf(page)
    expect(waiting.length).toBeGreaterThan(3)
    expect(waiting).toEqual([...waiting].sort((a, b) => b - a))
    expect(waiting.at(-1)).toBe(0)
    const top = await page.$eval(
      '#overview .part:not([hidden]) figure:has(canvas[data-of="throughput"])',
      (figure) => figure.getBoundingClientRect().top,
    )
    expect(top).toBeGreaterThanOrEqual(0)
    expect(top).toBeLessThan(400)
  })

  it.each([
    { what: 'another page', button: '[data-tab="latency"]', shown: '#latency' },
    { what: 'another scenario', button: '[data-choose-scenario="1"]', shown: '#overview [data-scenario="1"]' },
  ])('lays out $what in slices, after which all of it is there', async ({ button, shown }) => {
    await using report = await openReport(browser, usual, { prepare: countWaiting })
    const { page } = report
    const before = (await waitingOf(page)).length
    await page.click(button)
    await settled(page)
    const waiting = (await waitingOf(page)).slice(before)
    expect(waiting.length).toBeGreaterThan(2)
    expect(waiting).toEqual([...waiting].sort((a, b) => b - a))
    expect(waiting.at(-1)).toBe(0)
    expect(await page.isVisible(shown)).toBe(true)
    expect(await page.isVisible('footer')).toBe(true)
  })

  it('keeps the picture of a chart in its place until the chart is drawn anew', async () => {
    await using report = await openReport(browser, usual, { prepare: watchPictures })
    const { page } = report
    await toFirstChart(page)
    await page.click('[data-show="0"]')
    await settled(page)
    const pictures = await page.evaluate(() => (globalThis as unknown as { pictures: string[] }).pictures)
    expect(pictures.length).toBeGreaterThan(0)
    expect(pictures).not.toContain('empty')
    await page.waitForFunction(() => document.querySelector('canvas.still') === null)
  })

  it('is where it was when it is loaded again', async () => {
    await using report = await openReport(browser, usual, { hash: '#overview/ranknet' })
    const { page } = report
    await page.evaluate(() => scrollTo({ top: 700 }))
    await settled(page)
    const place = await page.evaluate(() => scrollY)
    expect(place).toBeGreaterThan(500)
    await page.waitForFunction((now) => history.state?.place === now, place)
    await page.reload()
    await page.waitForFunction((before) => Math.abs(scrollY - before) < 2, place)
  })

  it('keeps a figure where it is when another scenario is chosen', async () => {
    await using report = await openReport(browser, usual, { hash: '#overview/predict' })
    const { page } = report
    const topOf = () =>
      page.$eval(
        '#overview .part:not([hidden]) figure:has(canvas[data-chart="dumbbell"])',
        (figure) => figure.getBoundingClientRect().top,
      )
    await page.$eval('#overview .part:not([hidden]) canvas[data-chart="dumbbell"]', (canvas) =>
      canvas.closest('figure')?.scrollIntoView(),
    )
    await settled(page)
    const before = await topOf()
    // Not by the mouse: the driver scrolls first, to where the bar stands when nothing is scrolled.
    await page.$eval('[data-choose-scenario="1"]', (button) => (button as HTMLElement).click())
    await page.waitForFunction(
      (top) =>
        Math.abs(
          (document
            .querySelector('#overview .part:not([hidden]) figure:has(canvas[data-chart="dumbbell"])')
            ?.getBoundingClientRect().top ?? 0) - top,
        ) < 2,
      before,
    )
    expect(page.url()).toContain('#overview/ranknet')
  })

  it('shows the main chart as SVG until the script has drawn it, and then not twice', async () => {
    await using report = await openReport(browser, usual, { hash: '#overview/ranknet' })
    const { page } = report
    const place = '#overview .part:not([hidden]) .plot:has(canvas[data-of="throughput"])'
    const still = await page.$$eval(`${place} .still`, (all) => all.map((one) => one.getBoundingClientRect().height))
    const reserved = await page.$eval(place, (one) => one.getBoundingClientRect().height)
    for (const height of still) expect(height).toBeLessThanOrEqual(reserved)
    await toFirstChart(page)
    expect(await page.$$(`${place} .still`)).toEqual([])
    expect(await page.$eval(place, (one) => one.getBoundingClientRect().height)).toBe(reserved)
  })

  it('computes costs at prices of the reader, ranks by them, and has them in its address', async () => {
    await using report = await openReport(browser, usual, { hash: '#cost/predict' })
    const { page } = report
    const money = () =>
      page.$$eval('#cost .part:not([hidden]) [data-cost="money"]', (all) =>
        all.map((one) => Number.parseFloat(one.textContent?.slice(1) ?? '')),
      )
    const before = await money()
    expect(before.length).toBeGreaterThan(2)
    expect(before).toEqual(before.toSorted((a, b) => a - b))
    await page.fill('[data-price="perCoreHour"]', '0.4')
    await page.waitForFunction(
      (old) =>
        !document.querySelector('#cost .part:not([hidden]) [data-cost="money"]')?.textContent?.startsWith(`$${old}`),
      before[0],
    )
    const after = await money()
    expect(after[0]).toBeGreaterThan((before[0] ?? 0) * 9)
    expect(after).toEqual(after.toSorted((a, b) => a - b))
    expect(page.url()).toContain('cost=1000%7E0.4%7E0.005%7E0.6')
    await page.reload()
    await page.waitForSelector('html[data-ready]', { state: 'attached' })
    await page.waitForFunction(
      (now) =>
        document.querySelector('#cost .part:not([hidden]) [data-cost="money"]')?.textContent?.startsWith(`$${now}`),
      after[0],
    )
    expect(await page.inputValue('[data-price="perCoreHour"]')).toBe('0.4')
    expect(report.complaints).toEqual([])
  })

  it('has one stop of the Tab key for each group of buttons, and arrow keys within', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    let stops = 0
    for (; stops < 60; stops++) {
      await page.keyboard.press('Tab')
      if (await page.evaluate(() => document.activeElement?.closest('main') !== null)) break
    }
    const tabs = (await pagesOf(page)).length
    // The link to the figures, the theme, the tools, the tabs, and scenario, load and targets.
    expect(stops).toBeLessThanOrEqual(tabs + 6)
    await page.focus('[data-choose-scenario][aria-pressed="true"]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForURL(/#overview\/ranknet/)
  })

  it('draws the latencies of a target on its page', async () => {
    await using report = await openReport(browser, usual, { hash: '#target/go-net-http?hide=go-net-http' })
    const charts = await chartsInSight(report.page)
    expect(charts.length).toBeGreaterThan(0)
    expect(charts.filter(({ inked, empty }) => !inked || empty)).toEqual([])
  })

  it('prints all scenarios where all is asked for, each under the load that is chosen there', async () => {
    await using report = await openReport(browser, usual, { hash: '#overview/predict?load=ranknet~closed-10' })
    const { page } = report
    // Paper takes what is there when the event is over: a frame later the page may look at its charts again.
    await page.evaluate(() => {
      window.print = () => {
        dispatchEvent(new Event('beforeprint'))
        const drawn = [...document.querySelectorAll('#overview .part:not([hidden]) canvas')].map((one) =>
          one.hasAttribute('data-drawn'),
        )
        document.documentElement.dataset.printed = JSON.stringify(drawn)
      }
    })
    await page.click('[data-tool="all"]')
    await page.waitForSelector('html[data-printed]', { state: 'attached' })
    const names = await page.$$eval('#overview .part[data-named]', (all) =>
      all.map((one) => (one as HTMLElement).dataset.named),
    )
    expect(names).toEqual(usual.scenarios.map(({ id }) => id))
    const charts: boolean[] = JSON.parse((await page.getAttribute('html', 'data-printed')) ?? '[]')
    expect(charts.length).toBeGreaterThan(3)
    expect(charts).not.toContain(false)
    const ofRanknet = await page.$$eval('#overview .part[data-scenario="1"][data-load]:not([hidden])', (all) =>
      all.map((one) => [(one as HTMLElement).dataset.load, one.querySelector('table') !== null]),
    )
    expect(ofRanknet).toEqual([['closed-10', true]])
    await page.evaluate(() => dispatchEvent(new Event('afterprint')))
    await page.waitForSelector('html:not(.printing)')
    expect(await page.$$('.part[data-named]')).toEqual([])
  })

  it('moves nothing while it opens', async () => {
    for (const hash of ['', '#latency/ranknet']) {
      await using report = await openReport(browser, usual, { hash, prepare: countShifts })
      expect(await report.page.evaluate(() => (globalThis as unknown as { shifted: number }).shifted)).toBeLessThan(
        0.05,
      )
    }
  })

  it('walks the points of a chart by arrow keys and says where it is', async () => {
    await using report = await openReport(browser, usual)
    const { page } = report
    const said = () => page.$eval('[data-status]', ({ textContent }) => textContent ?? '')
    await toFirstChart(page)
    await page.focus('.part:not([hidden]) canvas[data-chart="bars"]')
    await page.keyboard.press('ArrowRight')
    const first = await said()
    expect(first).toMatch(/Throughput: [\d,.]+ correct responses\/s/)
    await page.keyboard.press('ArrowDown')
    const second = await said()
    expect(second).toMatch(/Throughput: [\d,.]+ correct responses\/s/)
    expect(second).not.toBe(first)
    await page.keyboard.press('ArrowUp')
    expect(await said()).toBe(first)
  })

  it('hands out JSON, CSV and Markdown', async () => {
    await using report = await openReport(browser, usual)
    const fetched: Record<string, string> = {}
    for (const kind of ['json', 'csv', 'markdown']) {
      const waiting = report.page.waitForEvent('download')
      await report.page.click(`[data-tool="${kind}"]`)
      fetched[kind] = readFileSync(await (await waiting).path(), 'utf8')
    }
    const json = JSON.parse(fetched.json as string) as Results
    expect(json.cells.map(({ id, figures }) => [id, figures.throughput?.n])).toEqual(
      usual.cells.map(({ id, figures }) => [id, figures.throughput?.n]),
    )
    expect(fetched.csv?.split('\r\n')).toHaveLength(usual.cells.length + 2)
    expect(fetched.markdown).toContain('# Bakeoff: predict, ranknet, chat-batch')
    expect(report.requests).toEqual([])
  })

  it('prints all pages in light colours with every detail open and charts no wider than the sheet', async () => {
    await using report = await openReport(browser, usual, { theme: 'dark', hash: '#latency/ranknet' })
    const { page } = report
    const open = () => page.$$eval('details', (all) => all.filter(({ open: isOpen }) => isOpen).length)
    const before = await open()
    await page.emulateMedia({ media: 'print' })
    await page.waitForSelector('html.printing')
    await settled(page)
    const printed = await page.evaluate(() => ({
      closed: [...document.querySelectorAll<HTMLDetailsElement>('details:not(.share)')].filter(
        ({ open: isOpen }) => !isOpen,
      ).length,
      pages: [...document.querySelectorAll<HTMLElement>('.view:not([hidden])')].map(({ id }) => id),
      paper: getComputedStyle(document.body).color,
      tooWide: [...document.querySelectorAll('canvas')].filter(
        (canvas) => canvas.clientWidth > document.body.clientWidth,
      ).length,
    }))
    expect(printed.closed).toBe(0)
    expect(printed.pages).toEqual(SECTION_IDS.filter((id) => id !== 'target'))
    expect(printed.paper).toBe('rgb(25, 28, 32)')
    expect(printed.tooWide).toBe(0)
    // A table that is wider than the sheet makes the browser shrink all of them.
    const wide = await page.$$eval('table', (tables) =>
      tables
        .filter((one) => one.clientWidth > document.body.clientWidth + 1)
        .map((one) => one.parentElement?.ariaLabel),
    )
    expect(wide).toEqual([])
    const charts = await chartsInSight(page)
    expect(charts.length).toBeGreaterThan(15)
    expect(charts.filter(({ inked, empty }) => !inked && !empty)).toEqual([])
    await page.emulateMedia({ media: 'screen' })
    await page.waitForSelector('html:not(.printing)')
    expect(await open()).toBe(before)
    expect(report.complaints).toEqual([])
  })

  it('says everything in its tables without JavaScript where it is small', async () => {
    const small = sampleResults({ scenarios: ['ranknet'], targets: 2, repetitions: 3, failing: 'none' })
    await using report = await openReport(browser, small, { script: false })
    expect(await report.page.$$eval(LEADERBOARD_ROWS, ({ length }) => length)).toBe(small.cells.length)
    expect(await report.page.innerText('.banner.plain')).toContain('All figures are in its tables')
  })

  it('says without JavaScript what ranks each scenario, and where the rest is', async () => {
    await using report = await openReport(browser, usual, { script: false })
    for (const id of SECTION_IDS) expect(await report.page.isVisible(`#${id} h2`)).toBe(true)
    expect(await report.page.isVisible('#overview table')).toBe(true)
    const ranking = usual.cells.filter(({ scenario, loadId }) =>
      usual.scenarios.some(({ id, mainLoad }) => id === scenario && mainLoad === loadId),
    )
    expect(await report.page.$$eval(LEADERBOARD_ROWS, ({ length }) => length)).toBe(ranking.length)
    expect(await report.page.isVisible('canvas')).toBe(false)
    const banner = await report.page.innerText('.banner.plain')
    for (const words of ['without its script', 'the load that ranks each scenario', 'results.csv'])
      expect(banner).toContain(words)
    const named = (id: string) =>
      report.page.$$eval(`#${id} .part`, (parts) =>
        parts.map((part) => getComputedStyle(part, '::before').content).filter((content) => content !== 'none'),
      )
    expect(await named('latency')).toEqual(usual.scenarios.map(({ id }) => JSON.stringify(id)))
    expect(await named('overview')).toEqual([]) // its parts say it themselves
    // The main chart of each scenario is there, with a row for every target that has a figure.
    const stills = await report.page.$$eval('#overview .still', (charts) =>
      charts.map((chart) => ({
        rows: chart.querySelectorAll('rect').length,
        beyond: [...chart.querySelectorAll('line, rect, text')].filter(
          (part) => part.getBoundingClientRect().right > chart.getBoundingClientRect().right + 1,
        ).length,
        height: chart.getBoundingClientRect().height,
      })),
    )
    expect(stills).toHaveLength(usual.scenarios.length)
    for (const { rows, beyond, height } of stills) {
      expect(rows).toBeGreaterThan(2)
      expect(beyond).toBe(0)
      expect(height).toBeGreaterThan(rows * 36)
    }
  })
})

describe('accessibility', () => {
  it.each(['light', 'dark'] as const)(
    'axe finds nothing on any page in the %s theme',
    async (theme) => {
      await using report = await openReport(browser, usual, { theme, hash: '#overview/ranknet' })
      for (const id of SECTION_IDS) {
        await goTo(report.page, id)
        await report.page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true
        })
        expect(await axeProblems(report.page), id).toEqual([])
      }
      await report.page.evaluate(() => {
        location.hash = '#target/python-flask'
      })
      await report.page.waitForSelector('article[data-target="python-flask"]:not([hidden])')
      expect(await axeProblems(report.page)).toEqual([])
    },
    600_000,
  )

  it.each(['light', 'dark'] as const)(
    'axe finds nothing on the index and the comparison in the %s theme',
    async (theme) => {
      for (const html of [anIndex(), aComparison()]) {
        await using opened = await openHtml(browser, html, { theme })
        expect(await axeProblems(opened.page)).toEqual([])
        expect(opened.requests).toEqual([])
        expect(opened.complaints).toEqual([])
      }
    },
  )
})

describe('a narrow screen', () => {
  it('does not scroll sideways at 375 px on any page', async () => {
    await using report = await openReport(browser, usual, { width: 375, hash: '#overview/ranknet' })
    for (const id of SECTION_IDS) {
      await goTo(report.page, id)
      await report.page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true
      })
      expect(await sidewaysBy(report.page), id).toBe(0)
    }
  })

  it('has the tab of the page in sight among those that are seen', async () => {
    await using report = await openReport(browser, usual, { width: 375, hash: '#environment' })
    const isSeen = (id: string) =>
      report.page.evaluate((id) => {
        const { left, right } = document.querySelector(`[data-tab="${id}"]`)!.getBoundingClientRect()
        return left >= 0 && right <= innerWidth
      }, id)
    for (const id of ['environment', 'decision', 'cost']) {
      await goTo(report.page, id)
      await expect.poll(() => isSeen(id), { message: id }).toBe(true)
    }
  })

  it('does not scroll sideways with long and hostile names, nor in the index or a comparison', async () => {
    const results = withHostileNames(
      sampleResults({ scenarios: ['ranknet'], targets: 2, repetitions: 2, hostile: true }),
    )
    await using report = await openReport(browser, results, { width: 375 })
    for (const id of SECTION_IDS) {
      await goTo(report.page, id)
      expect(await sidewaysBy(report.page), id).toBe(0)
    }
    for (const html of [anIndex(), aComparison()]) {
      await using opened = await openHtml(browser, html, { width: 375 })
      expect(await sidewaysBy(opened.page)).toBe(0)
    }
  })
})

describe('hostile strings', () => {
  it('stay text in names, answers, messages and logs', async () => {
    const results = withHostileNames(
      sampleResults({ scenarios: ['predict', 'embed'], targets: 4, repetitions: 2, hostile: true }),
    )
    await using report = await openReport(browser, results)
    const { page } = report
    for (const id of SECTION_IDS) await goTo(page, id)
    await page.click('#target div[data-target=""] tbody th a')
    expect(await page.$$('img')).toEqual([])
    expect(await page.$$eval('script:not([type^="application/"])', (scripts) => scripts.length)).toBe(2)
    const text = await page.evaluate(() => document.body.textContent ?? '')
    expect(text).toContain(visibleText(HOSTILE))
    expect(await page.textContent('article[data-target]:not([hidden]) h3 bdi')).toContain('<img src=x onerror=')
    expect(report.requests).toEqual([])
    expect(report.complaints).toEqual([])
  })

  it('stay text in the index and in a comparison', async () => {
    const results = withHostileNames(
      sampleResults({ scenarios: ['predict'], targets: 2, repetitions: 2, hostile: true }),
    )
    for (const html of [
      renderComparison(
        compareRuns([
          { name: HOSTILE, results },
          { name: `other ${HOSTILE}`, results },
        ]),
      ),
      renderIndex([
        { ...aListing, id: HOSTILE, headline: HOSTILE, host: HOSTILE, scenarios: [HOSTILE], path: HOSTILE },
      ]),
    ]) {
      await using opened = await openHtml(browser, html)
      expect(await opened.page.$$('img, script')).toEqual([])
      expect(await opened.page.evaluate(() => document.body.textContent ?? '')).toContain(visibleText(HOSTILE))
      expect(opened.requests).toEqual([])
      expect(opened.complaints).toEqual([])
    }
  })
})

describe('every kind of run', () => {
  const kinds: readonly (SampleOptions & { readonly because: string; readonly banner?: string })[] = [
    { because: 'one target', targets: 1, failing: 'none' },
    { because: 'twelve targets', targets: 12, repetitions: 2 },
    { because: 'a single repetition', repetitions: 1, banner: 'Smoke run.' },
    { because: 'everything failed', failing: 'all', banner: 'Nothing was measured.' },
    { because: 'services that could not be read', blind: true },
    { because: 'two cores for everything', small: true },
    { because: 'an aborted run', status: 'aborted', banner: 'This run was aborted.' },
    { because: 'a run that goes on', status: 'running', banner: 'This run is going on.' },
  ]
  it.each(kinds)('renders $because', async ({ because: _, banner, ...options }) => {
    const results = sampleResults({ scenarios: ['ranknet', 'chat-batch'], repetitions: 3, ...options })
    await using report = await openReport(browser, results)
    const { page } = report
    if (banner) expect((await tagged(page, '.banner b')).join(' ')).toContain(banner)
    for (const id of await pagesOf(page)) {
      await goTo(page, id)
      expect(
        (await chartsInSight(page)).filter(({ inked, empty }) => !inked && !empty),
        id,
      ).toEqual([])
      const text = await page.$eval(`#${id}`, (view) => (view as HTMLElement).innerText)
      expect(text.length, id).toBeGreaterThan(80)
      expect(text, id).not.toMatch(/\b(NaN|undefined|Infinity)\b|\[object/)
    }
    expect(await sidewaysBy(page)).toBe(0)
    expect(report.requests).toEqual([])
    expect(report.complaints).toEqual([])
  })

  it('renders a service of which nothing was read', async () => {
    const results = sampleResults({ scenarios: ['ranknet'], repetitions: 2 })
    const without: Results = {
      ...results,
      cells: results.cells.map((cell) => ({
        ...cell,
        services: {},
        timeline: cell.timeline && { ...cell.timeline, services: {} },
      })),
    }
    await using report = await openReport(browser, without, { hash: '#resources' })
    expect(await report.page.innerText('#resources')).toContain('No counters of postgres were read')
    expect(report.complaints).toEqual([])
  })
})

/** Makes a page keep account of how many blocks wait to be laid out, each time that this changes. */
async function countWaiting(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const waiting: number[] = []
    ;(globalThis as unknown as { waiting: number[] }).waiting = waiting
    new MutationObserver(() => {
      const now = document.querySelectorAll('.waits').length
      if (now !== (waiting.at(-1) ?? 0)) waiting.push(now)
    }).observe(document, { attributeFilter: ['class'], subtree: true })
  })
}

async function waitingOf(page: Page): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as { waiting: number[] }).waiting)
}

/** Makes a page keep account of the pictures that stand in the place of charts, whether they are empty. */
async function watchPictures(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const pictures: string[] = []
    ;(globalThis as unknown as { pictures: string[] }).pictures = pictures
    new MutationObserver((changes) => {
      for (const still of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
        if (!(still instanceof HTMLCanvasElement)) continue
        const { width, height } = still
        const isInked = still
          .getContext('2d')
          ?.getImageData(0, 0, width, height)
          .data.some((value) => value > 0)
        pictures.push(isInked ? 'inked' : 'empty')
      }
    }).observe(document, { childList: true, subtree: true })
  })
}

/** Makes a page count how far what is in sight moves while nobody touches it. */
async function countShifts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const counter = globalThis as unknown as { shifted: number }
    counter.shifted = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
        if (!entry.hadRecentInput) counter.shifted += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

const aListing = {
  id: '2026-03-01-1200-test',
  startedAt: '2026-03-01T12:00:00.000Z',
  status: 'complete',
  profile: 'default',
  scenarios: ['predict'],
  targets: 5,
  headline: 'Go handled 3.1× as many requests as Flask did.',
  path: '2026-03-01-1200-test/index.html',
  host: 'bench',
} as const

function anIndex(): string {
  return renderIndex([aListing, { ...aListing, id: 'quick', status: 'aborted', profile: 'quick', headline: null }])
}

function aComparison(): string {
  const other = sampleResults({ scenarios: ['predict', 'ranknet'], repetitions: 3, seed: 11, blind: true })
  return renderComparison(
    compareRuns([
      { name: 'before', results: usual },
      { name: 'after', results: other },
    ]),
  )
}
