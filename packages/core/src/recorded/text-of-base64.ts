const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of bytes in base64; null when they are no UTF-8. */
export function textOfBase64(base64: string): string | null {
  try {
    return strict.decode(Buffer.from(base64, 'base64'))
  } catch {
    return null
  }
}
