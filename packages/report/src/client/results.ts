import type { Results } from '@bakeoff/model'
import { fromColumns } from '../shared/columns.js'

/** The results that stand in the page, plain or packed. */
export async function readResults(from: Document): Promise<Results> {
  const text = from.getElementById('results')?.textContent
  if (!text) throw new Error('The page holds no results')
  const content = JSON.parse(text) as Results | { encoding: 'columns-gzip-base64'; data: string }
  return 'encoding' in content ? await unpack(content.data) : content
}

async function unpack(base64: string): Promise<Results> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return fromColumns(await new Response(stream).json()) as unknown as Results
}
