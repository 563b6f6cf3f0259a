/**
 * What a table's cell is sorted by when it does not say it itself: the number it begins with (`6,503` and the interval
 * behind it: 6503), or its text. A number with a unit of varying size must say it.
 */
export function sortValue(text: string): number | string {
  const number = /^-?\d[\d,]*(\.\d+)?/.exec(text)?.[0]
  return number === undefined ? text : Number(number.replaceAll(',', ''))
}
