/** How long a report takes until its first chart, and the longest piece of work until then, on a processor four times as slow. Printed, and held below what even a busy machine needs. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { renderHtml } from '../src/index.js'
import { openChromium, openHtml } from './pages.js'

const SLOWER = 4
/** The budgets are 500 and 100 ms on a machine that does nothing else; tests run beside others. */
const MOST = { firstChartMs: 20_000, longestTaskMs: 5000 }

let browser: Browser
let html: string

beforeAll(async () => {
  html = renderHtml(sampleResults({ targets: 12, repetitions: 3 }))
  browser = await openChromium()
})
afterAll(() => browser?.close())

interface Spent {
  readonly firstChartMs: number | null
  readonly paintMs: number
  readonly tasks: readonly { readonly at: number; readonly ms: number }[]
}

/** Watches a page from its beginning: its tasks of more than 50 ms, and the first canvas that has something on it. */
function watch(): void {
  const spent = { firstChartMs: null as number | null, tasks: [] as { at: number; ms: number }[] }
  ;(globalThis as unknown as { spent: typeof spent }).spent = spent
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      spent.tasks.push({ at: Math.round(startTime), ms: Math.round(duration) })
  }).observe({ type: 'longtask', buffered: true })
  const pen = CanvasRenderingContext2D.prototype
  const { fillText } = pen
  pen.fillText = function (...text) {
    // Not a canvas that only measures texts: it is in no document.
    if (this.canvas.isConnected) spent.firstChartMs ??= Math.round(performance.now())
    fillText.apply(this, text)
  }
}

async function spentOn(hash: string): Promise<Spent> {
  await using report = await openHtml(browser, html, {
    hash,
    prepare: async (context) => {
      await context.addInitScript(watch)
    },
    slower: SLOWER,
  })
  // The page is closed when this function ends.
  return await report.page.evaluate(() => {
    const { spent } = globalThis as unknown as { spent: Omit<Spent, 'paintMs'> }
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    return { ...spent, paintMs: Math.round(paint?.startTime ?? 0) }
  })
}

it.each([
  { hash: '', of: 'the decision' },
  { hash: '#overview/predict', of: 'a leaderboard' },
])('$of is there in time', async ({ hash, of }) => {
  const { firstChartMs, paintMs, tasks } = await spentOn(hash)
  const longest = Math.max(0, ...tasks.map(({ ms }) => ms))
  console.log(
    `${of}, ${Math.round(html.length / 1024)} KiB, ${SLOWER} × slower: first paint ${paintMs} ms, first chart ${firstChartMs ?? '–'} ms, tasks above 50 ms: ${tasks.map(({ at, ms }) => `${ms} at ${at}`).join(', ') || 'none'}`,
  )
  if (hash !== '') expect(firstChartMs).not.toBeNull()
  expect(firstChartMs ?? 0).toBeLessThan(MOST.firstChartMs)
  expect(longest).toBeLessThan(MOST.longestTaskMs)
})
