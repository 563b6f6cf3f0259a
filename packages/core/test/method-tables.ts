/** docs/method.md as its tests read it: what a simulation gives, or where a line is drawn, is asserted of the page itself. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const methodText = readFileSync(join(import.meta.dirname, '../../../docs/method.md'), 'utf8')

/**
 * The rows of the table whose head begins with these words, without its head.
 *
 * @throws RangeError when the page has no such table
 */
export function tableOf(head: string): string[][] {
  const lines = methodText.split('\n')
  const first = lines.findIndex((line) => line.startsWith(`| ${head}`))
  if (first === -1) throw new RangeError(`docs/method.md has no table that begins with "${head}"`)
  const rest = lines.slice(first + 2)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  return rest.slice(0, end === -1 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

/** A share as the page writes it: `0 %`, `2.0 %`, `94.7 %`, `100 %`. */
export function shareText(share: number): string {
  const percent = share * 100
  return `${Number.isInteger(percent) && (percent === 0 || percent === 100) ? percent : percent.toFixed(1)} %`
}
