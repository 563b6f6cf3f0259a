import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderHistory } from '../src/index.js'
import { aHistory } from './histories.js'
import { axeProblems, openChromium, openHtml, sidewaysBy } from './pages.js'

let browser: Browser
beforeAll(async () => {
  browser = await openChromium()
})
afterAll(() => browser?.close())

describe('the page of a history', () => {
  it.each(['light', 'dark'] as const)('is accessible, asks for nothing and needs no script: %s', async (theme) => {
    await using opened = await openHtml(browser, renderHistory(aHistory()), { theme })
    await opened.page.click('summary')
    expect(await axeProblems(opened.page)).toEqual([])
    expect([opened.requests, opened.complaints]).toEqual([[], []])
  })

  it('draws its lines, and is no wider than a narrow window', async () => {
    await using opened = await openHtml(browser, renderHistory(aHistory()), { width: 360 })
    const chart = await opened.page.locator('svg.course path.line').first().boundingBox()
    expect(chart!.width).toBeGreaterThan(150)
    expect(await sidewaysBy(opened.page)).toBe(0)
  })
})
