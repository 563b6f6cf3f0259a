const LONGEST = 60

/** A value as JSON, cut so that two of them fit on a line. */
export function snippet(value: unknown): string {
  const text = jsonOf(value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing'
  } catch {
    return 'a value that is nested too deeply to be shown' // parsing works at any depth, but writing uses the stack
  }
}

/** The part of a text around a position, quoted, with … where it was cut. */
export function snippetAt(text: string, position: number): string {
  const from = Math.max(0, position - 12)
  const to = Math.min(text.length, position + 28)
  return `${from > 0 ? '…' : ''}${JSON.stringify(text.slice(from, to))}${to < text.length ? '…' : ''}`
}
