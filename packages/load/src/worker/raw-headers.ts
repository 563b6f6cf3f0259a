/**
 * The value of a header; undefined: there is none.
 *
 * @param headers names and values in turn, as the parser gives them
 * @param name    lower case
 */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2)
    if ((headers[index] as string).toLowerCase() === name) return headers[index + 1]
  return undefined
}
