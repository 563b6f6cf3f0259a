import { randomBytes } from 'node:crypto'
import { visibleText } from '@bakeoff/model'
import { cutTo, widthOf } from './width.js'

/** The codes that begin and end each style, as numbers of SGR, the part of ECMA-48 that terminals know. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  struck: [9, 29],
} as const
type Colour = keyof typeof CODES

export type Colours = Readonly<Record<Colour, (text: string | number) => string>>

/**
 * Colours for text that may come from anywhere. What `colours` makes holds marks that only this process knows; `render`
 * turns those into escape codes and makes everything else visible, so a code in the text itself never acts, even
 * where the caller forgot where the text came from.
 */
export interface Paint {
  readonly colours: Colours
  /** @param most columns of the terminal that are shown of the text; all when absent */
  render(text: string, most?: number): string
}

/** @param isOn false: `colours` leave their text as it is */
export function createPaint(isOn: boolean): Paint {
  const mark = `\u001b<${randomBytes(12).toString('hex')}>`
  const paintIn = (colour: Colour) => (text: string | number) =>
    isOn ? `${mark}${colour} ${text}${mark}end ` : String(text)
  return {
    colours: {
      bold: paintIn('bold'),
      dim: paintIn('dim'),
      red: paintIn('red'),
      green: paintIn('green'),
      yellow: paintIn('yellow'),
      struck: paintIn('struck'),
    },
    render(text, most = Number.POSITIVE_INFINITY) {
      const open: Colour[] = []
      let left = most
      const show = (part: string) => {
        const visible = visibleText(part)
        if (left === Number.POSITIVE_INFINITY) return visible
        const shown = cutTo(visible, left)
        left = shown === visible ? left - widthOf(shown) : 0 // what follows a cut is cut, too, also where a half column is left
        return shown
      }
      const [first, ...painted] = text.split(mark)
      let rendered = show(first as string)
      for (const part of painted) {
        const space = part.indexOf(' ')
        const name = part.slice(0, space)
        if (isColour(name)) {
          open.push(name)
          rendered += sgr(CODES[name][0])
        } else {
          const ended = open.pop()
          // What is around it goes on: `bold` and `dim` end with the same code, and so do all colours.
          if (ended) rendered += sgr(CODES[ended][1]) + open.map((outer) => sgr(CODES[outer][0])).join('')
        }
        rendered += show(part.slice(space + 1))
      }
      return rendered
    },
  }
}

function isColour(name: string): name is Colour {
  return Object.hasOwn(CODES, name)
}

function sgr(code: number): string {
  return `\u001b[${code}m`
}
