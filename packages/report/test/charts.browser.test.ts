/** What charts draw, taken from the calls that they make to their canvas: whiskers, texts and the plot that they belong to. */
import type { Results } from '@bakeoff/model'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { goTo, openChromium, openReport, pagesOf, seenToTheEnd } from './pages.js'

let browser: Browser
let wide: Results

beforeAll(async () => {
  browser = await openChromium()
  wide = withWideIntervals(sampleResults({ scenarios: ['predict', 'ranknet', 'chat'], targets: 12, repetitions: 3 }))
})
afterAll(() => browser?.close())

/** The results with intervals three times as wide upwards, as few repetitions that scatter have them. */
function withWideIntervals(results: Results): Results {
  return {
    ...results,
    cells: results.cells.map((cell) => ({
      ...cell,
      figures: Object.fromEntries(
        Object.entries(cell.figures).map(([id, figure]) => [
          id,
          figure && { ...figure, high: figure.high === null ? null : figure.high * 3 },
        ]),
      ),
    })),
  }
}

interface Box {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

interface Drawn {
  readonly chart: string
  readonly width: number
  readonly height: number
  /** whiskers, as the boxes that they span */
  readonly whiskers: readonly Box[]
  readonly texts: readonly Box[]
  /** what the chart cuts its data to: one plot or, of small multiples, several, from the top left on */
  readonly plots: readonly Box[]
}

/** Makes every canvas of a context keep account of what is drawn on it since it was last cleared. */
async function recordDrawing(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    type Point = readonly [number, number]
    const records = new WeakMap<HTMLCanvasElement, { whiskers: Point[][]; texts: unknown[]; clips: number[][] }>()
    const paths = new WeakMap<Path2D, Point[]>()
    const of = ({ canvas }: CanvasRenderingContext2D) => {
      const record = records.get(canvas) ?? { whiskers: [], texts: [], clips: [] }
      records.set(canvas, record)
      return record
    }
    for (const name of ['moveTo', 'lineTo'] as const) {
      const real = Path2D.prototype[name]
      Path2D.prototype[name] = function (x, y) {
        paths.set(this, [...(paths.get(this) ?? []), [x, y]])
        real.call(this, x, y)
      }
    }
    const pen = CanvasRenderingContext2D.prototype
    const { clearRect, stroke, fillText, rect, clip } = pen
    let lastRect: number[] = []
    pen.clearRect = function (...box) {
      records.delete(this.canvas)
      clearRect.apply(this, box)
    }
    pen.rect = function (...box) {
      lastRect = box
      rect.apply(this, box)
    }
    pen.clip = function (...how: never[]) {
      of(this).clips.push(lastRect)
      ;(clip as (...how: never[]) => void).apply(this, how)
    }
    pen.stroke = function (path?: Path2D) {
      if (path && paths.has(path)) of(this).whiskers.push(paths.get(path) as Point[])
      if (path) stroke.call(this, path)
      else (stroke as () => void).call(this)
    }
    pen.fillText = function (text, x, y) {
      const { width } = this.measureText(text)
      const size = Number(/(\d+)px/.exec(this.font)?.[1] ?? 12) * 0.8
      const left = { left: 0, start: 0, center: -width / 2, right: -width, end: -width }[this.textAlign]
      const top = { top: 0, hanging: 0, middle: -size / 2, alphabetic: -size, bottom: -size, ideographic: -size }[
        this.textBaseline
      ]
      const { a, b, c, d, e, f } = this.getTransform()
      const corners = [
        [x + left, y + top],
        [x + left + width, y + top + size],
      ].map(([px = 0, py = 0]) => [a * px + c * py + e, b * px + d * py + f])
      of(this).texts.push({ text, corners })
      fillText.call(this, text, x, y)
    }
    ;(globalThis as unknown as { drawnOn: unknown }).drawnOn = (canvas: HTMLCanvasElement) => records.get(canvas)
  })
}

/** What is drawn on the charts of the page in sight. */
async function drawnIn(page: Page): Promise<Drawn[]> {
  await seenToTheEnd(page)
  return page.evaluate(() => {
    type Recorded = {
      whiskers: [number, number][][]
      texts: { text: string; corners: [number, number][] }[]
      clips: [number, number, number, number][]
    }
    const { drawnOn } = globalThis as unknown as { drawnOn: (canvas: HTMLCanvasElement) => Recorded | undefined }
    const boxOf = (text: string, points: readonly (readonly [number, number])[]) => {
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
      return { text, left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
    }
    return [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')].flatMap((canvas) => {
      const record = drawnOn(canvas)
      if (canvas.closest('[hidden]') || canvas.closest('.empty') || !record) return []
      // A chart clips to its whole canvas, to its data, and to a hollow bar: plots are the largest that are not the canvas.
      const sizeOf = ([, , width, height]: readonly [number, number, number, number]) => width * height
      const clips = record.clips.filter((clip) => sizeOf(clip) <= 0.97 * canvas.width * canvas.height)
      const most = Math.max(...clips.map(sizeOf))
      const plots = [
        ...new Map(clips.filter((clip) => sizeOf(clip) > 0.95 * most).map((clip) => [clip.join(), clip])).values(),
      ]
        .sort(([ax, ay], [bx, by]) => ay - by || ax - bx)
        .map(([x, y, width, height]) => ({ text: 'plot', left: x, right: x + width, top: y, bottom: y + height }))
      if (plots.length === 0) return []
      return [
        {
          chart: [canvas.dataset.chart, canvas.dataset.of].filter(Boolean).join(' '),
          width: canvas.width,
          height: canvas.height,
          whiskers: record.whiskers.map((points) => boxOf('whisker', points)),
          texts: record.texts.map(({ text, corners }) => boxOf(text, corners)),
          plots,
        },
      ]
    })
  })
}

const overlap = (a: Box, b: Box) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1

const thick = (line: Box): Box => ({
  ...line,
  top: line.top - 1,
  bottom: line.bottom + 1,
  left: line.left - 1,
  right: line.right + 1,
})

const isInside = (box: Box, { left, right, top, bottom }: Box, by: number) =>
  box.left >= left - by && box.right <= right + by && box.top >= top - by && box.bottom <= bottom + by

/** Charts with a line for each target, of which up to five share a plot. */
const LINES = /^(spectrum|histogram|timeline|cpu|memory|throttled)/

/** What is wrong with a chart: what it cuts off, what overlaps, and axes that cannot be read. */
function faultsOf({ chart, texts, whiskers, plots, ...sheet }: Drawn): string[] {
  const plot = plots[0] as Box
  const wrong: string[] = []
  const paper = { text: '', left: 0, top: 0, right: sheet.width, bottom: sheet.height }
  wrong.push(...texts.filter((box) => !isInside(box, paper, 1)).map(({ text }) => `“${text}” is cut off`))
  // The ends of a whisker are a little wider than its line, and may touch the edge of the plot.
  const isLost = (box: Box) => !plots.some((one) => isInside(box, one, 6))
  wrong.push(...whiskers.filter(isLost).map(() => 'a whisker leaves the plot'))
  texts.forEach((a, index) => {
    for (const b of texts.slice(index + 1)) if (overlap(a, b)) wrong.push(`“${a.text}” and “${b.text}” overlap`)
  })
  const struck = texts.filter((text) => whiskers.some((whisker) => overlap(text, thick(whisker))))
  if (chart === 'scatter') wrong.push(...struck.map(({ text }) => `a whisker strikes “${text}” through`))
  const below = texts.filter(
    ({ top, left, right, text }) => top > plot.bottom - 8 && (left + right) / 2 > plot.left - 3 && /\d/.test(text),
  )
  if (below.length < 2) wrong.push(`has ${below.length} ticks below it`)
  // Marks at the edge may be drawn whole, up to their radius beyond the plot: the clip is wider than the plot by that.
  const names = texts.filter(({ right, text }) => right < plot.left + 10 && text !== '')
  if (names.length < (/bars|dumbbell|at-cap/.test(chart) ? 1 : 2)) wrong.push(`has ${names.length} ticks beside it`)
  return wrong.map((what) => `${chart}: ${what}`)
}

describe('charts', () => {
  it.each([375, 768, 1024, 1440])(
    'hold all intervals, cut no text and read on every axis, %i px wide',
    async (width) => {
      await using report = await openReport(browser, wide, { width, hash: '#overview/ranknet', prepare: recordDrawing })
      const { page } = report
      const wrong: string[] = []
      let seen = 0
      for (const id of await pagesOf(page)) {
        if (id === 'target') continue
        await goTo(page, id)
        const charts = await drawnIn(page)
        seen += charts.length
        wrong.push(...charts.flatMap(faultsOf).map((fault) => `${id}, ${fault}`))
      }
      expect([...new Set(wrong)]).toEqual([])
      expect(seen).toBeGreaterThan(12)
    },
  )

  it.each(
    [
      { targets: 2, longNames: false },
      { targets: 5, longNames: false },
      { targets: 5, longNames: true },
    ].flatMap((of) => [320, 375, 540, 600, 1024, 1440].map((width) => ({ ...of, width }))),
  )(
    'name $targets lines at their ends or, where those are one place, in a key over the plot, $width px wide, long names: $longNames',
    async ({ width, ...of }) => {
      const few = sampleResults({ scenarios: ['predict'], repetitions: 3, ...of })
      await using report = await openReport(browser, few, { width, hash: '#latency', prepare: recordDrawing })
      const { page } = report
      const labels = await page.$$eval('[data-chip]:not([hidden]) bdi', (all) =>
        all.map((one) => one.textContent ?? ''),
      )
      expect(labels).toHaveLength(of.targets)
      const wrong: string[] = []
      const seen = new Set<string>()
      for (const id of ['latency', 'resources']) {
        await goTo(page, id)
        for (const drawn of (await drawnIn(page)).filter(({ chart }) => LINES.test(chart))) {
          const { chart, plots, texts } = drawn
          seen.add(chart.split(' ')[0] as string)
          wrong.push(...faultsOf(drawn))
          expect(plots, chart).toHaveLength(1)
          const [plot] = plots as [Box]
          const isName = ({ bottom, left }: Box) => (chart === 'histogram' ? bottom < plot.top + 8 : left > plot.right)
          const names = texts.filter(isName)
          // A long name is parted, or cut in its middle: it begins as it does.
          const missing = labels.filter((label) => !names.some(({ text }) => text.startsWith(label.slice(0, 5))))
          wrong.push(...missing.map((label) => `${chart}: “${label}” is not named`))
          // A plot that names leave too little of is not read.
          if (plot.right - plot.left < drawn.width * 0.4) wrong.push(`${chart}: has too little room`)
        }
      }
      expect([...new Set(wrong)]).toEqual([])
      expect([...seen].sort()).toEqual(expect.arrayContaining(['cpu', 'histogram', 'memory', 'spectrum', 'timeline']))
    },
  )

  it('give each line a panel where names would take the plot', async () => {
    const few = JSON.stringify(sampleResults({ scenarios: ['predict'], targets: 3, repetitions: 3 }))
    // They differ in their middle only, where a name is cut.
    const long = few.replace(
      /\b(go-net-http|python-flask|rust-axum|node-fastify)\b/g,
      'service-in-$1-with-a-name-that-goes-on',
    )
    await using report = await openReport(browser, JSON.parse(long), {
      width: 375,
      hash: '#latency',
      prepare: recordDrawing,
    })
    const [spectrum] = (await drawnIn(report.page)).filter(({ chart }) => chart === 'spectrum')
    expect(spectrum?.plots).toHaveLength(3)
  })

  it.each([320, 375, 768, 1440])(
    'give each of many lines a panel of its own, with its name and on the same axes, %i px wide',
    async (width) => {
      await using report = await openReport(browser, wide, { width, hash: '#latency/ranknet', prepare: recordDrawing })
      for (const { chart, plots, texts } of await drawnIn(report.page)) {
        expect(plots.length, chart).toBe(12)
        const [{ right, left, bottom, top }] = plots as [Box]
        for (const plot of plots) {
          expect(plot.right - plot.left).toBeCloseTo(right - left, 0)
          expect(plot.bottom - plot.top).toBeCloseTo(bottom - top, 0)
        }
        // A name has up to two lines above its panel, and begins where the panel does.
        const names = plots.map((plot) =>
          texts
            .filter(
              (text) => Math.abs(text.left - plot.left) < 10 && text.top > plot.top - 36 && text.bottom < plot.top + 8,
            )
            .filter(({ text }) => /[a-z]{2}/.test(text))
            .map(({ text }) => text)
            .join(' · '),
        )
        expect(
          names.filter((name) => name === ''),
          chart,
        ).toEqual([])
        expect(new Set(names).size, chart).toBe(12)
      }
    },
  )

  it('draw in one plot again what is left when most targets are switched off, and name the service level once', async () => {
    const names = wide.entries
      .filter(({ scenario }) => scenario === 'ranknet')
      .map(({ target, variant }) => (variant === 'default' ? target : `${target}~${variant}`))
    const of = async (hidden: readonly string[]) => {
      const query = new URLSearchParams(hidden.map((name) => ['hide', name]))
      await using report = await openReport(browser, wide, {
        width: 1440,
        hash: `#latency/ranknet?${query}`,
        prepare: recordDrawing,
      })
      return (await drawnIn(report.page)).find(({ chart }) => chart === 'spectrum')
    }
    const [all, six, five] = [await of([]), await of(names.slice(6)), await of(names.slice(5))]
    expect([all, six, five].map((one) => one?.plots.length)).toEqual([12, 6, 1])
    const levels = [all, six, five].map(
      (one) => one?.texts.filter(({ text }) => text.startsWith('service level')).length,
    )
    expect(levels).toEqual([1, 1, 1])
  })

  it('are drawn for the width that they have from the first time on', async () => {
    const results = sampleResults({ scenarios: ['predict'], targets: 8, repetitions: 3 })
    await using report = await openReport(browser, results, { width: 1440, prepare: recordDrawing })
    const before = (await drawnIn(report.page))[0]?.texts.map(({ text }) => text)
    await goTo(report.page, 'latency')
    await goTo(report.page, 'overview')
    expect((await drawnIn(report.page))[0]?.texts.map(({ text }) => text)).toEqual(before)
    expect(before).toContain('python-flask · as-published')
  })
})
