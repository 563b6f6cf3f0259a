/**
 * What a large report costs: `node benchmarks/report-budget.mjs` (after `npm run build`). Renders made-up results of
 * 200 cells, opens them in Chromium from disk, and prints each figure beside its budget. Exit 1 when one is over. Tasks are
 * those of a processor that is four times as slow as this one.
 *
 * BAKEOFF_CHROMIUM names the browser (default /usr/bin/chromium). On a busy machine the times are the machine's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { chromiumArgs } from '../scripts/tests/tools.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bakeoff-budget-'))
const CELLS = 200
const SLOWER = 4

try {
  const results = await sampleOf(CELLS)
  const { renderHtml } = await import(pathToFileURL(join(root, 'packages/report/dist/index.js')).href)
  const [cold, warm] = [timed(() => renderHtml(results)), timed(() => renderHtml(results))]
  const file = join(folder, 'index.html')
  writeFileSync(file, cold.value)
  const [seen, slow] = [await measureIn(file, 1), await measureIn(file, SLOWER)]

  console.log(`Report of ${results.cells.length} cells, ${results.entries.length} entries`)
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} CPUs, load ${loadavg()[0].toFixed(1)}, Node ${process.version}, ${seen.version}\n`)
  const lines = [
    line('rendered, first time', cold.ms / 1000, 2, 's'),
    line('rendered again', warm.ms / 1000, 2, 's'),
    line('size', Buffer.byteLength(cold.value) / 1e6, 1.5, 'MB'),
    line('opened, first chart drawn', seen.firstChartMs / 1000, 0.5, 's'),
    line('layout shift while opening', seen.shift, 0.05, ''),
    line(`first chart, ${SLOWER} × slower`, slow.firstChartMs / 1000, null, 's'),
    line(`longest task when opening, ${SLOWER} × slower`, slow.longestOpeningTaskMs, 100, 'ms'),
    line(`longest task when filtering, ${SLOWER} × slower`, slow.longestFilterTaskMs, 100, 'ms'),
    line(`longest task when choosing scenarios, ${SLOWER} × slower`, slow.longestScenarioTaskMs, 100, 'ms'),
    line(`longest task when changing pages, ${SLOWER} × slower`, slow.longestPageTaskMs, 100, 'ms'),
  ]
  for (const { text } of lines) console.log(text)
  process.exitCode = lines.some(({ over }) => over) ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Results with exactly `count` cells: twelve targets in every scenario, cut to size. */
async function sampleOf(count) {
  const outfile = join(root, 'packages/core/dist/.report-budget.mjs')
  try {
    // Beside the compiled core, so that its imports are found.
    await build({
      entryPoints: [join(root, 'packages/core/test/fixtures-results.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    })
    const { sampleResults } = await import(pathToFileURL(outfile).href)
    const results = sampleResults({ targets: 12 })
    return { ...results, cells: results.cells.slice(0, count) }
  } finally {
    rmSync(outfile, { force: true })
  }
}

function timed(make) {
  const start = performance.now()
  const value = make()
  return { value, ms: performance.now() - start }
}

/** @param {number} slower how many times slower than it is the processor seems to the page */
async function measureIn(file, slower) {
  const browser = await chromium.launch({
    executablePath: process.env.BAKEOFF_CHROMIUM ?? '/usr/bin/chromium',
    args: chromiumArgs,
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const debug = await page.context().newCDPSession(page)
    await debug.send('Emulation.setCPUThrottlingRate', { rate: slower })
    // Looks once per frame for the first canvas that is drawn, and keeps every task above 50 ms.
    await page.addInitScript(() => {
      globalThis.budget = { firstChartMs: null, tasks: [], shift: 0 }
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.budget.shift += value
      }).observe({ type: 'layout-shift', buffered: true })
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) globalThis.budget.tasks.push([startTime, duration])
      }).observe({ type: 'longtask', buffered: true })
      const look = () => {
        if (document.querySelector('canvas[data-drawn]')) globalThis.budget.firstChartMs = performance.now()
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    // A report opens at its decision, which has no chart: this is the way to one.
    await page.goto(`${pathToFileURL(file).href}#overview?figure=bars.throughput`)
    await page.waitForFunction(() => globalThis.budget.firstChartMs !== null)
    await settled(page)
    await page.waitForTimeout(300)
    const { firstChartMs, shift, tasks } = await page.evaluate(() => globalThis.budget)
    const longestOpeningTaskMs = Math.max(0, ...tasks.map(([, duration]) => duration))
    // Looked for before anything is measured: the driver's search is no work of the page's.
    const [chips, all, scenarios, tabs] = await Promise.all(
      ['[data-chip]:not([hidden]) [data-show]', '[data-show-all]', '[data-choose-scenario]', '[data-tab]'].map((selector) =>
        page.$$(selector),
      ),
    )
    const longestOf = (buttons) =>
      longestDuring(page, async () => {
        for (const button of buttons) {
          await button.click()
          await settled(page)
        }
      })
    const longestFilterTaskMs = await longestOf([...chips, ...all])
    const longestScenarioTaskMs = await longestOf([...scenarios.slice(1), ...scenarios.slice(0, 1)])
    const longestPageTaskMs = await longestOf(tabs)
    return {
      firstChartMs,
      shift,
      longestOpeningTaskMs,
      longestFilterTaskMs,
      longestScenarioTaskMs,
      longestPageTaskMs,
      version: `Chromium ${browser.version()}`,
    }
  } finally {
    await browser.close()
  }
}

/** Until all of the page is there and its charts in sight are drawn, and two frames more. */
async function settled(page) {
  await page.waitForFunction(() => !document.body.hasAttribute('aria-busy'))
  await page.waitForFunction(() =>
    [...document.querySelectorAll('canvas[data-chart]')]
      .filter((canvas) => {
        const { top, bottom, width } = canvas.getBoundingClientRect()
        return width > 0 && bottom > 0 && top < innerHeight
      })
      .every((canvas) => canvas.hasAttribute('data-drawn')),
  )
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

/** ms of the longest task while `act` went on; 0 when none took 50 ms, which is as fine as the browser tells. */
async function longestDuring(page, act) {
  await page.evaluate(() => {
    globalThis.budget.tasks = []
  })
  await act()
  await page.waitForTimeout(300)
  return page.evaluate(() => Math.max(0, ...globalThis.budget.tasks.map(([, duration]) => duration)))
}

function line(name, value, limit, unit) {
  const over = limit !== null && value > limit
  const budget = limit === null ? '' : `budget ${limit} ${unit}${over ? '   OVER' : ''}`
  const shown = unit === 'ms' && value === 0 ? 'below 50' : String(Number(value.toPrecision(3)))
  return { over, text: `${name.padEnd(46)} ${`${shown} ${unit}`.padEnd(14)} ${budget}`.trimEnd() }
}
