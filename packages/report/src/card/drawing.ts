/** What cards are drawn with: their size, their colours, and texts. */
import { type Html, html } from '../html/html.js'
import { FAMILY, type Font, widthOf } from './font.js'

/** The size that messengers and social networks show whole, in pixels. */
export const CARD = { width: 1200, height: 630 } as const
/** From the card's left and right edge. */
export const MARGIN = 56
export const ROOM = CARD.width - 2 * MARGIN

/** Those of the page's light theme, `styles/theme.css`: a card is seen on any ground, and brings its own. */
export const PAINT = {
  text: '#191c20',
  soft: '#3f464e',
  faint: '#5c646d',
  line: '#e2e5e8',
  surface: '#ffffff',
  sunk: '#f4f6f7',
  good: '#0b57a4',
  goodSunk: '#e8f1fb',
  bad: '#a84300',
  warn: '#6d4c00',
  warnSunk: '#fff3d1',
} as const
/** Of languages, in the order of the page's. */
export const HUES = ['#379fc7', '#a63c50', '#102864', '#b28c39', '#611802', '#654ec0'] as const

export interface Placed {
  readonly x: number
  /** of the line on which letters stand */
  readonly y: number
  readonly fill?: string
}

/** A drawable text that fits where it is put. */
export function textAt(content: string, font: Font, { x, y, fill = PAINT.text }: Placed): Html {
  return html`<text x="${short(x)}" y="${short(y)}" font-size="${font.size}" font-weight="${font.weight === 'semibold' ? 600 : 400}" fill="${fill}">${content}</text>`
}

const PILL: Font = { size: 20, weight: 'semibold' }
const PILL_ROOM = 14

export const pillWidth = (word: string): number => widthOf(word, PILL) + 2 * PILL_ROOM

/** A word on a ground of its own, whose left edge is at x. */
export function pill(word: string, { x, y, fill, ground }: Required<Placed> & { readonly ground: string }): Html {
  return html`<rect x="${short(x)}" y="${short(y - 23)}" width="${short(pillWidth(word))}" height="32" rx="6" fill="${ground}" />${textAt(word, PILL, { x: x + PILL_ROOM, y, fill })}`
}

/** The whole card with its ground and the name of this program. */
export function cardOf(content: readonly (Html | null)[]): string {
  const bars = html`<g fill="${PAINT.good}" transform="translate(${MARGIN} 42) scale(1.1)"><rect x="2" y="12" width="4.5" height="10" /><rect x="9.7" y="2" width="4.5" height="20" /><rect x="17.5" y="8" width="4.5" height="14" /></g>`
  const name = textAt('Bakeoff', { size: 24, weight: 'semibold' }, { x: MARGIN + 36, y: 66 })
  return html`<svg xmlns="http://www.w3.org/2000/svg" font-family="${FAMILY}" width="${CARD.width}" height="${CARD.height}" viewBox="0 0 ${CARD.width} ${CARD.height}"><rect width="${CARD.width}" height="${CARD.height}" fill="${PAINT.surface}" />${bars}${name}${content}</svg>`
    .text
}

export function short(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
