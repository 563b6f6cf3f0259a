/** JSON Pointers (RFC 6901): `/items/0/id`; `` is the whole document. */

/** The members on the way, from the outside in; null when the text is no pointer. */
export function parsePointer(text: string): string[] | null {
  if (text === '') return []
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return null
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** One member as it is written in a pointer. */
export function pointerPart(member: string | number): string {
  return String(member).replaceAll('~', '~0').replaceAll('/', '~1')
}

export function pointerText(path: readonly (string | number)[]): string {
  return path.map((member) => `/${pointerPart(member)}`).join('')
}

/** The problem of a text that should be a pointer, with what was probably meant; null when it is one. */
export function pointerProblem(text: string): { readonly message: string; readonly hint: string } | null {
  if (parsePointer(text) !== null) return null
  const path = text.replace(/^\$\.?/, '').replaceAll(/\[(\w+)\]/g, '.$1')
  const meant = /~(?![01])/.test(text)
    ? text.replaceAll(/~(?![01])/g, '~0')
    : `/${path.split('.').filter(Boolean).map(pointerPart).join('/')}`
  return {
    message: `"${text}" is no JSON Pointer`,
    hint: `A pointer has a slash before every member: write "${meant}".`,
  }
}
