/** The strip of a page that a run serves while it goes on. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunEvent } from '@bakeoff/model'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { renderHtml } from '../src/render-html.js'
import { openChromium } from './pages.js'

let browser: Browser
let server: Server
let events: RunEvent[] = []
let page: Page
beforeAll(async () => {
  browser = await openChromium()
  const html = renderHtml(sampleResults({ targets: 2, repetitions: 1, scenarios: ['predict'] }), { served: true })
  server = createServer(({ url }, response) => {
    if (url !== '/events') return void response.setHeader('content-type', 'text/html; charset=utf-8').end(html)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(events.map((event) => `data: ${JSON.stringify({ ...event, past: true })}\n\n`).join(''))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await browser.close()
})
beforeEach(async () => {
  page = await browser.newPage()
})
afterEach(() => page.close())

const at = '2026-01-01T00:00:00.000Z'
const started = (benches?: string[]): RunEvent => ({
  ...{ kind: 'run-started', at, runId: 'r', entries: 2, blocks: 3, estimateMs: 1000 },
  ...(benches ? { benches } : {}),
})
const step = (entry: string, text: string, bench?: string): RunEvent => ({
  ...{ kind: 'step', at, entry, block: 'predict#1', step: text, detail: null },
  ...(bench ? { bench } : {}),
})
const slice = (entry: string, ok: number, bench?: string): RunEvent => ({
  ...{ kind: 'slice', at, entry, loadId: 'closed-16', use: { target: { cores: 0.5, memoryBytes: null } } },
  slice: { atMs: 500, durationMs: 500, ok, failed: 0, p50Us: 1, p99Us: 2, agentBusy: 0.1 },
  ...(bench ? { bench } : {}),
})

/** What the strip says now, and what its cells or lines do, once `last` is there. */
async function strip(shown: readonly RunEvent[], last: string) {
  events = [...shown]
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { timeout: 20_000 })
  await page.locator('[data-live]', { hasText: last }).waitFor({ timeout: 20_000 })
  const textOf = (selector: string) =>
    page
      .locator(selector)
      .evaluateAll((cells) => cells.map((cell) => [...cell.children].map((part) => part.textContent)))
  return {
    now: await page.locator('[data-live-part="now"]').textContent(),
    benches: await textOf('[data-bench]'),
    lines: (await textOf('[data-series]')).map(([name]) => name),
  }
}

describe('the strip of a run that goes on', () => {
  it('has a cell for each bench, which keeps to itself whatever comes in turns', async () => {
    const shown = [
      started(['node-1', 'node-2', 'node-3', 'node-4']),
      step('predict/go', 'warm up', 'node-1'),
      step('predict/rust', 'start', 'node-2'),
      slice('predict/go', 400, 'node-1'),
      step('predict/go', 'load', 'node-4'),
      { kind: 'bench-left', at, bench: 'node-4', why: 'lost', message: 'bench node-4 leaves the run' } as const,
      step('predict/rust', 'load', 'node-2'),
    ]
    expect(await strip(shown, 'predict/rust: load')).toEqual({
      now: '2 of 3 benches measure',
      benches: [
        ['node-1', '800/s', 'predict/go: closed-16'],
        ['node-2', '', 'predict/rust: load'],
        ['node-3', '', 'waits'],
      ],
      lines: [],
    })
  })

  it('says on one machine, and on one bench of several, what is measured, with lines of it', async () => {
    for (const bench of [undefined, 'bench-1']) {
      const shown = [started(), step('predict/go', 'load', bench), slice('predict/go', 400, bench)]
      expect(await strip(shown, 'closed-16')).toEqual({
        now: 'predict/go: closed-16',
        benches: [],
        lines: ['correct responses/s', 'target cores'],
      })
    }
  })
})
