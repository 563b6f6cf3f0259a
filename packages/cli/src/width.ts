import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns of a terminal that a text without controls takes: 2 for a wide character, 0 for a combining one. */
export function widthOf(text: string): number {
  return stringWidth(text)
}

/** As much of a text's beginning as fits, in whole characters. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let cut = ''
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment)
    if (width > columns) break
    cut += segment
  }
  return cut
}

/** A text cut to fit, with a mark where something is missing. */
export function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  return columns < 1 ? '' : `${cutTo(text, columns - 1)}…`
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text
}

/** A number and its unit stay on one line. */
const UNIT = /(\d) (?=(?:%|×|ms|s)(?![\p{L}\d]))/gu
const KEPT = '\u00a0'

/** A text as lines, broken between words; a word that is too long is broken where the line ends. Lines after the first begin with `indent`. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  let start = ''
  for (const word of text
    .replaceAll(UNIT, `$1${KEPT}`)
    .split(/[ \t\n\r]+/)
    .filter(Boolean)) {
    const joined = line === start ? line + word : `${line} ${word}`
    if (widthOf(joined) <= columns) {
      line = joined
      continue
    }
    if (line !== start) lines.push(line)
    start = indent
    line = (lines.length > 0 ? start : '') + word
    while (widthOf(line) > columns && columns > widthOf(indent) + 1) {
      const head = cutTo(line, columns)
      lines.push(head)
      line = indent + line.slice(head.length)
    }
  }
  if (line !== start) lines.push(line)
  return lines.map((each) => each.replaceAll(KEPT, ' '))
}
