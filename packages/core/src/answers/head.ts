/** `application/json; charset=utf-8` → `application/json`. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';', 1)[0] as string).trim().toLowerCase()
}

export function statusDifference(expected: readonly number[], actual: number | null): string | null {
  if (actual !== null && expected.includes(actual)) return null
  return `status: expected ${expected.join(' or ')}, got ${actual ?? 'none'}`
}

export function contentTypeDifference(expected: string, actual: string | undefined): string | null {
  if (actual !== undefined && mediaTypeOf(actual) === mediaTypeOf(expected)) return null
  return `content type: expected ${mediaTypeOf(expected)}, got ${actual === undefined ? 'none' : mediaTypeOf(actual)}`
}
