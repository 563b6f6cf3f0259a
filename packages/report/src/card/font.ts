/** The fonts of a card, and how wide a text in them is. They have no kerning: a text is as wide as its characters together. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { visibleText } from '@bakeoff/model'

export const FAMILY = 'Bakeoff Sans'

export interface Font {
  /** in pixels */
  readonly size: number
  readonly weight: 'regular' | 'semibold'
}

const fileOf = (name: string) => fileURLToPath(new URL(`../../fonts/${name}`, import.meta.url))

export const FONT_FILES: readonly string[] = [fileOf('regular.ttf'), fileOf('semibold.ttf')]

interface Widths {
  readonly characters: string
  /** of the characters at the same places, in thousandths of the font's size */
  readonly regular: readonly number[]
  readonly semibold: readonly number[]
}

type WidthOf = Readonly<Record<Font['weight'], ReadonlyMap<string, number>>>

let read: WidthOf | null = null

function widths(): WidthOf {
  read ??= mapped(JSON.parse(readFileSync(fileOf('widths.json'), 'utf8')) as Widths)
  return read
}

function mapped({ characters, regular, semibold }: Widths): WidthOf {
  const all = [...characters]
  const of = (numbers: readonly number[]) => new Map(all.map((character, place) => [character, numbers[place] ?? 0]))
  return { regular: of(regular), semibold: of(semibold) }
}

/** The text as a card can show it: on one line, and with a question mark for each character that the fonts do not have. */
export function drawable(text: string): string {
  const known = widths().regular
  return [...visibleText(text).replace(/\s+/g, ' ').trim()]
    .map((character) => (known.has(character) ? character : '?'))
    .join('')
}

/** The width of a drawable text, in pixels. */
export function widthOf(text: string, { size, weight }: Font): number {
  const known = widths()[weight]
  let thousandths = 0
  for (const character of text) thousandths += known.get(character) ?? 1000
  return (thousandths * size) / 1000
}
