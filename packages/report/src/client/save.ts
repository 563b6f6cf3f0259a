/** Hands a file to the reader. */
export function save(root: Document, name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = root.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads the blob after this task; a minute is long enough for it to begin.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
