/** The share card: what it says of every kind of run, that all of it fits, and that it is drawn. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Decision, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../core/src/compare-runs.js'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { CARD, HUES, MARGIN, PAINT } from '../src/card/drawing.js'
import { drawable, FONT_FILES, type Font, widthOf } from '../src/card/font.js'
import { runCard } from '../src/card/run-card.js'
import { comparisonCard } from '../src/comparison/card.js'
import { renderCard, renderComparison, renderComparisonCard, renderHtml } from '../src/index.js'
import { HOSTILE_NAME, withHostileNames } from './hostile.js'
import { readPng } from './png.js'

const usual = sampleResults({ repetitions: 3 })

/** A decision of so many rows and columns, made of a real one. */
function withDecision(results: Results, change: (decision: Decision) => Decision): Results {
  return { ...results, decision: change(results.decision as Decision) }
}

const RUNS: readonly { readonly of: string; readonly results: Results; readonly says: readonly RegExp[] }[] = [
  { of: 'a run as most are', results: usual, says: [/Rust/, /predict/, /Trust: /, /2026-/, /core/] },
  {
    of: 'one scenario',
    results: sampleResults({ scenarios: ['embed'], repetitions: 5 }),
    says: [/embed/, /answers\/s/, /\* leads/],
  },
  { of: 'one target', results: sampleResults({ targets: 1, repetitions: 3 }), says: [/Only/, /1 target/] },
  {
    of: 'one repetition',
    results: sampleResults({ repetitions: 1 }),
    says: [/Smoke run</, /Provisional, one repetition: /, /Trust: low/],
  },
  { of: 'a small machine', results: sampleResults({ repetitions: 3, small: true }), says: [/Trust: low/] },
  { of: 'an aborted run', results: sampleResults({ status: 'aborted', repetitions: 3 }), says: [/>Aborted/] },
  { of: 'a partial run', results: sampleResults({ status: 'partial', repetitions: 3 }), says: [/>Partial/] },
  { of: 'a run that goes on', results: sampleResults({ status: 'running' }), says: [/>Still running/] },
  {
    of: 'nothing measured',
    results: sampleResults({ failing: 'all', repetitions: 3 }),
    says: [/Nothing measured/, /predict: no figure: /],
  },
  {
    of: 'no decision, as before there were any',
    results: without(usual),
    says: [/predict, ranknet/, /y="2\d\d" font-size="22"/],
  },
  {
    of: 'six scenarios, and more than have room',
    results: withDecision(usual, (decision) => ({
      ...decision,
      columns: Array.from({ length: 9 }, (_, index) => ({
        ...(decision.columns[index % 2] as Decision['columns'][number]),
        scenario: `a-scenario-with-a-long-name-${index}`,
      })),
    })),
    says: [/3 more scenarios in the report/],
  },
  {
    of: 'forty targets',
    results: withDecision(usual, (decision) => ({
      ...decision,
      rows: { by: 'target', names: Array.from({ length: 40 }, (_, index) => `python-of-a-long-name-${index} (tuned)`) },
      columns: decision.columns.map((column) => ({
        ...column,
        figures: Array.from({ length: 40 }, (_, index) => ({
          ...(column.figures[0] as Decision['columns'][number]['figures'][number]),
          row: `python-of-a-long-name-${index} (tuned)`,
          value: 123_456 - index,
        })),
      })),
    })),
    says: [/more targets in the report/],
  },
  {
    of: 'an answer that is too long',
    results: withDecision(usual, (decision) => ({ ...decision, overall: 'Rust leads in predict; '.repeat(60) })),
    says: [/…</],
  },
  { of: 'hostile names', results: hostile(withHostileNames(usual)), says: [/&lt;img/, /\?/] },
  { of: 'hostile answers', results: sampleResults({ hostile: true, repetitions: 3 }), says: [/Trust: /] },
]

function without({ decision: _, ...older }: Results): Results {
  return older
}

/** The results with a decision of the same names, and a word that is longer than a line. */
function hostile(results: Results): Results {
  return withDecision(results, (decision) => ({
    ...decision,
    overall: `${HOSTILE_NAME} 日本語 \u0000 ${'W'.repeat(300)}`,
    rows: { ...decision.rows, names: decision.rows.names.map((name) => `${HOSTILE_NAME}${name}`) },
    trust: [HOSTILE_NAME],
    columns: decision.columns.map((column) => ({
      ...column,
      scenario: HOSTILE_NAME,
      figures: column.figures.map((figure) => ({ ...figure, row: `${HOSTILE_NAME}${figure.row}` })),
    })),
  }))
}

const COMPARISONS = [
  { of: 'a run with itself', later: usual, says: [/no figure is told apart/, /Same host/] },
  {
    of: 'two runs of two machines',
    later: { ...usual, host: { ...usual.host, hostname: 'elsewhere' } },
    says: [/More differs than the targets|Not the same work/, /What else differs: /],
  },
  {
    of: 'a run that is slower throughout',
    later: slower(usual),
    says: [/lower/, / → /, /more on the page/],
  },
  { of: 'runs of hostile names', later: withHostileNames(slower(usual)), says: [/&lt;img/] },
].map(({ of, later, says }) => {
  const named = (name: string, results: Results) => ({ name, results })
  const [first, second] = of.includes('hostile') ? [HOSTILE_NAME, `${HOSTILE_NAME}2`] : ['before', 'after']
  return { of, says, comparison: compareRuns([named(first as string, usual), named(second as string, later)]) }
})

function slower(results: Results): Results {
  return {
    ...results,
    cells: results.cells.map((cell) => {
      const { throughput } = cell.figures
      if (!throughput) return cell
      const values = throughput.values.map((value) => value / 3)
      return {
        ...cell,
        figures: { ...cell.figures, throughput: { ...throughput, values, median: throughput.median / 3 } },
      }
    }),
  }
}

interface Text {
  readonly says: string
  readonly font: Font
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The texts of a card, and the boxes that they fill. */
function textsOf(svg: string): Text[] {
  const found = svg.matchAll(
    /<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)" font-weight="(\d+)" fill="[^"]+">([^<]*)<\/text>/g,
  )
  return [...found].map(([, x, y, size, weight, content = '']) => {
    const says = content.replace(/&(lt|gt|amp|quot|#39);/g, (_, name) => ENTITIES[name as keyof typeof ENTITIES])
    const font: Font = { size: Number(size), weight: weight === '600' ? 'semibold' : 'regular' }
    const left = Number(x)
    // Letters reach three quarters of their size up, and a fifth down.
    const [top, bottom] = [Number(y) - font.size * 0.75, Number(y) + font.size * 0.2]
    return { says, font, left, right: left + widthOf(says, font), top, bottom }
  })
}

const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" } as const

/** The cards of runs, and of comparisons. */
const CARDS = [
  ...RUNS.map(({ of, results, says }) => ({ of, says, svg: runCard(results), png: () => renderCard(results) })),
  ...COMPARISONS.map(({ of, comparison, says }) => ({
    ...{ of, says, svg: comparisonCard(comparison) },
    png: () => renderComparisonCard(comparison),
  })),
]

describe.each(CARDS)('the card of $of', ({ svg, png, says }) => {
  const texts = textsOf(svg)

  it('says what it is about', () => {
    expect(texts.length).toBe(svg.match(/<text/g)?.length)
    for (const words of says) expect(svg.replaceAll('\u00a0', ' ')).toMatch(words)
  })

  it('holds all of its texts, none over another', () => {
    for (const text of texts) {
      expect(text.left, text.says).toBeGreaterThanOrEqual(MARGIN)
      expect(text.right, text.says).toBeLessThanOrEqual(CARD.width - MARGIN + 0.5)
      expect(text.bottom, text.says).toBeLessThan(CARD.height - 8)
    }
    const crossing = texts.flatMap((one, index) =>
      texts.slice(index + 1).flatMap((other) => (cross(one, other) ? [`${one.says} / ${other.says}`] : [])),
    )
    expect(crossing).toEqual([])
  })

  it('is drawn, and leaves its edges free', () => {
    const { width, height, at } = readPng(png() as Uint8Array)
    expect({ width, height }).toEqual(CARD)
    const lines = Array.from({ length: height }, (_, y) => y)
    const edges = lines.flatMap((y) => [0, 20, 40].flatMap((inset) => [at(inset, y), at(width - 1 - inset, y)]))
    expect(new Set(edges)).toEqual(new Set([PAINT.surface]))
    const name = Array.from({ length: width }, (_, x) => at(x, 60)).filter((colour) => colour !== PAINT.surface)
    expect(name.length).toBeGreaterThan(20)
  })
})

function cross(one: Text, other: Text): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}

describe('what is drawn', () => {
  it('has a bar in the hue of its language for each figure', () => {
    const svg = runCard(usual)
    const figures = usual.decision?.columns.flatMap(({ figures }) => figures.filter(({ value }) => value !== null))
    expect(svg.match(new RegExp(`(fill|stroke)="(${HUES.join('|')})"`, 'g'))).toHaveLength(figures?.length ?? 0)
    const [, x = '', y = ''] = /<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="6" fill="#/.exec(svg) ?? []
    const { at } = readPng(renderCard(usual) as Uint8Array)
    expect(HUES).toContain(at(Math.ceil(Number(x)) + 1, Math.ceil(Number(y)) + 2))
  })

  it('is as wide as the widths say, in both fonts', () => {
    const { Resvg } = createRequire(new URL('../src/card/png.ts', import.meta.url))('@resvg/resvg-js')
    for (const [weight, number] of [
      ['regular', 400],
      ['semibold', 600],
    ] as const) {
      const says = 'HAVE 12,345 fi ffl AVATAR To 8.5× ≥H'
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="80" font-family="Bakeoff Sans"><text x="0" y="60" font-size="40" font-weight="${number}">${says}</text></svg>`
      const box = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: FONT_FILES } }).getBBox()
      // A box of ink leaves out what stands free before the first and after the last letter.
      expect(Math.abs(box.x + box.width - widthOf(says, { size: 40, weight }))).toBeLessThan(5)
    }
  })

  it('has the colours of the page', () => {
    const theme = readFileSync(new URL('../src/styles/theme.css', import.meta.url), 'utf8').split('@media')[0] ?? ''
    for (const colour of [...Object.values(PAINT), ...HUES]) expect(theme).toContain(colour)
  })

  it('is the same for the same results, within a tenth of a second after the first', () => {
    const begin = performance.now()
    const [one, other] = [renderCard(usual), renderCard(usual)]
    const ms = (performance.now() - begin) / 2
    console.log(`a card: ${Math.round(ms)} ms, ${one?.length} bytes`)
    expect(one).toEqual(other)
    expect(ms).toBeLessThan(2000)
  })
})

it('shows a question mark for what its fonts do not have, and what cannot be seen as its code', () => {
  expect(drawable('a\u202eb 日本\n c ≥ 3×')).toBe('a\\u202eb ?? c ≥ 3×')
})

describe('the page of a run', () => {
  const tag = (html: string, name: string) =>
    new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)">`).exec(html)?.[1]

  it('names its card, with its size and with what it shows', () => {
    const html = renderHtml(usual, { card: 'card.png' })
    expect(tag(html, 'og:image')).toBe('card.png')
    expect([tag(html, 'og:image:width'), tag(html, 'og:image:height')]).toEqual(['1200', '630'])
    expect(tag(html, 'og:image:alt')).toContain(usual.decision?.overall?.slice(0, 20))
    expect(tag(html, 'twitter:card')).toBe('summary_large_image')
  })

  it('names none where there is none', () => expect(renderHtml(usual)).not.toMatch(/og:image|twitter:card/))

  it('that compares runs names its own, encoded', () => {
    const [{ comparison }] = COMPARISONS as [(typeof COMPARISONS)[number]]
    expect(tag(renderComparison(comparison, 'a b&"c.png'), 'og:image')).toBe('./a%20b%26%22c.png')
    expect(renderComparison(comparison)).not.toContain('og:image')
  })
})
