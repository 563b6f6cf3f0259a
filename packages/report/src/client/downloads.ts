import type { Results } from '@bakeoff/model'
import { renderCsv } from '../csv.js'
import { renderSummary } from '../summary.js'
import { save } from './save.js'

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
