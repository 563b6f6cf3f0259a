/**
 * The table of figures in docs/method.md, from what each figure says of itself.
 *
 * @param {readonly import('../packages/model/dist/figure.js').Figure[]} figures
 * @returns {string} Markdown
 */
export function figureTable(figures) {
  const rows = figures.map(({ id, title, unit, better, about, of, compared }) => [
    `\`${id}\``,
    `${title}, ${unit}`,
    about,
    [of === 'start' ? 'at each start' : null, compared ? `${better} is better` : null].filter(Boolean).join('; '),
  ])
  return [
    '| `figures` of results.json | | What it is | Compared |',
    '|-|-|-|-|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

const [FROM, TO] = ['<!-- figures: written by scripts/write-method.mjs -->', '<!-- /figures -->']

/** docs/method.md with the table in its place. */
export function withFigureTable(text, figures) {
  const [start, end] = [text.indexOf(FROM), text.indexOf(TO)]
  if (start < 0 || end < start) throw new Error(`docs/method.md has lost ${FROM} … ${TO}`)
  return `${text.slice(0, start + FROM.length)}\n${figureTable(figures)}\n${text.slice(end)}`
}
