/** Text as GitHub's Markdown shows it: data stays text and is never markup. A terminal shows it as well. */
import { visibleText } from '@bakeoff/model'

/** Markdown of a text: everything that Markdown, HTML or a table would read as markup is escaped; line breaks become spaces. */
export function md(text: string): string {
  return visibleText(text.replace(/[\r\n\t]+/g, ' '))
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] as string)
    .replace(/[\\`*_{}[\]()#+!|~@$]/g, (character) => `\\${character}`)
}

/** Markdown of code in one line; a run of backticks in it makes the fence longer. */
export function mdCode(text: string): string {
  const plain = visibleText(text.replace(/[\r\n\t]+/g, ' ')).replace(/\|/g, () => '\\|')
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest > 0 ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`
}

/** A Markdown table. The columns of heads with `:` at their end are right-aligned. Cells are Markdown already. */
export function mdTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const names = heads.map((head) => head.replace(/:$/, ''))
  const rule = heads.map((head) => (head.endsWith(':') ? '--:' : ':--'))
  return [line(names), line(rule), ...rows.map(line)].join('\n')
}
