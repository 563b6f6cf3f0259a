const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** Bytes as text. `whole` is false when they are not valid UTF-8; invalid parts then become U+FFFD. */
export function decodeText(bytes: Buffer): { readonly text: string; readonly whole: boolean } {
  try {
    return { text: strict.decode(bytes), whole: true }
  } catch {
    return { text: lenient.decode(bytes), whole: false }
  }
}

/** The beginning of a body, for a report. */
export function shorten(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 400)}… (${text.length} characters)`
}
