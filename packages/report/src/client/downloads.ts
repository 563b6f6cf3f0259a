import type { Results } from '@bakeoff/model'
import { renderCsv } from '../csv.js'
import { renderSummary } from '../summary.js'

/** The kinds of files that the page offers for download, made from its own results; nothing is fetched. */
const KINDS = {
  json: {
    name: 'results.json',
    type: 'application/json',
    text: (results: Results) => `${JSON.stringify(results, null, 1)}\n`,
  },
  csv: { name: 'results.csv', type: 'text/csv', text: renderCsv },
  markdown: { name: 'summary.md', type: 'text/markdown', text: renderSummary },
} as const

export type DownloadKind = keyof typeof KINDS

export function download(root: Document, results: Results, kind: DownloadKind): void {
  const { name, type, text } = KINDS[kind]
  save(root, `${results.run.id}-${name}`, new Blob([text(results)], { type: `${type};charset=utf-8` }))
}

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
