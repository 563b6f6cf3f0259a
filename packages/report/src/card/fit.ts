/** Texts that are cut or broken so that they fit into a width, in pixels. All of them are drawable. */
import { shorten } from '../shared/format.js'
import { type Font, widthOf } from './font.js'

/** The beginning of a text that fits, and an ellipsis for the rest. */
export function beginningOf(text: string, room: number, font: Font): string {
  if (widthOf(text, font) <= room) return text
  const characters = [...text]
  let [width, kept] = [widthOf('…', font), 0]
  for (const character of characters) {
    width += widthOf(character, font)
    if (width > room) break
    kept += 1
  }
  return `${characters.slice(0, kept).join('').trimEnd()}…`
}

/** A name that fits: cut in its middle, since names often begin and end differently. */
export function nameThatFits(name: string, room: number, font: Font): string {
  for (let most = [...name].length; most > 1; most--) {
    const shown = shorten(name, most)
    if (widthOf(shown, font) <= room) return shown
  }
  return '…'
}

/** A text on lines that fit. A word that is wider than a line is broken. */
export function linesOf(text: string, room: number, font: Font): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => piecesOf(each, room, font))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && widthOf(longer, font) > room) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return line === '' ? lines : [...lines, line]
}

/** The first lines of a text; where there are more, the last one of these ends with an ellipsis. */
export function firstLinesOf(text: string, most: number, room: number, font: Font): string[] {
  const lines = linesOf(text, room, font)
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), beginningOf(lines.slice(most - 1).join(' '), room, font)]
}

function piecesOf(word: string, room: number, font: Font): string[] {
  if (widthOf(word, font) <= room) return [word]
  const pieces = ['']
  for (const character of word) {
    const longer = `${pieces.at(-1)}${character}`
    if (widthOf(longer, font) <= room) pieces[pieces.length - 1] = longer
    else pieces.push(character)
  }
  return pieces.filter((piece) => piece !== '')
}
