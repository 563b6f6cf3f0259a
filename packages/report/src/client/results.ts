import type { Results } from '@bakeoff/model'
import { Base91Reader } from '../shared/base91.js'
import { fromColumns } from '../shared/columns.js'
import { breath } from './breath.js'

/** The results that stand in the page, plain or packed. */
export async function readResults(from: Document): Promise<Results> {
  const text = from.getElementById('results')?.textContent
  if (!text) throw new Error('The page holds no results')
  const content = JSON.parse(text) as Results | { encoding: 'columns-gzip-base91'; data: string }
  return 'encoding' in content ? await unpack(content.data) : content
}

/** Characters that are read in one piece of work: some tens of milliseconds of a slow processor. */
const PIECE = 100_000

async function unpack(text: string): Promise<Results> {
  const reader = new Base91Reader(text)
  while (!reader.read(PIECE)) await breath()
  const stream = new Blob([reader.bytes()]).stream().pipeThrough(new DecompressionStream('gzip'))
  const columns = await new Response(stream).json()
  await breath()
  return fromColumns(columns) as unknown as Results
}
