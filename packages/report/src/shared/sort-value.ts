/**
 * The value that a table's cell is sorted by when it carries none of its own: the number that it begins with (`6,503` with
 * an interval after it: 6503), or its text. A cell whose unit varies in size (KiB, MiB) must carry its value.
 */
export function sortValue(text: string): number | string {
  const number = /^-?\d[\d,]*(\.\d+)?/.exec(text)?.[0]
  return number === undefined ? text : Number(number.replaceAll(',', ''))
}
