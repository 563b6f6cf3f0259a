/** What every card has: a heading as large as its length allows, a word of warning in its corner, and a foot of two lines. */
import { type Html, html } from '../html/html.js'
import { CARD, MARGIN, PAINT, pill, pillWidth, ROOM, textAt } from './drawing.js'
import { beginningOf, firstLinesOf, linesOf } from './fit.js'
import { drawable, type Font } from './font.js'

/** The sizes of a heading, and how many lines it may have in each: a long one is written smaller. */
const SIZES = [
  { size: 40, most: 2 },
  { size: 33, most: 3 },
  { size: 28, most: 4 },
  { size: 25, most: 4 },
] as const

export function headingOf(words: string): { readonly drawn: Html; readonly bottom: number } {
  const says = drawable(words)
  const all = SIZES.map(({ size, most }) => ({ most, font: { size, weight: 'semibold' } satisfies Font }))
  const last = all.at(-1) as (typeof all)[number]
  const { most, font } = all.find(({ most, font }) => linesOf(says, ROOM, font).length <= most) ?? last
  const lines = firstLinesOf(says, most, ROOM, font)
  const yOf = (line: number) => 96 + font.size * (0.95 + 1.2 * line)
  return {
    drawn: html`${lines.map((line, index) => textAt(line, font, { x: MARGIN, y: yOf(index) }))}`,
    bottom: yOf(Math.max(0, lines.length - 1)),
  }
}

/** What a reader must know before anything else, in the corner; null where there is nothing. */
export function flagPill(words: readonly string[]): Html | null {
  if (words.length === 0) return null
  const word = words.join(' · ')
  return pill(word, { x: CARD.width - MARGIN - pillWidth(word), y: 66, fill: PAINT.warn, ground: PAINT.warnSunk })
}

/** Where the foot begins. */
export const BOTTOM = 536
const FOOT: Font = { size: 20, weight: 'regular' }

/** @param mark the word before the first line; null: none */
export function footAt(
  mark: { readonly word: string; readonly fill: string; readonly ground: string } | null,
  [first, second]: readonly [string, string],
): Html {
  const begin = mark === null ? MARGIN : MARGIN + pillWidth(mark.word) + 14
  const lines = [
    { says: first, x: begin, y: 572 },
    { says: second, x: MARGIN, y: 608 },
  ]
  return html`<rect x="${MARGIN}" y="${BOTTOM}" width="${ROOM}" height="2" fill="${PAINT.line}" />${
    mark && pill(mark.word, { x: MARGIN, y: 572, fill: mark.fill, ground: mark.ground })
  }${lines.map(({ says, x, y }) =>
    textAt(beginningOf(drawable(says), CARD.width - MARGIN - x, FOOT), FOOT, { x, y, fill: PAINT.soft }),
  )}`
}
