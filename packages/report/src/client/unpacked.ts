import { Base91Reader } from '../shared/base91.js'
import { breath } from './breath.js'

/** Characters that are read in one piece of work: some tens of milliseconds of a slow processor. */
const PIECE = 100_000

/** What stands in the page packed, gzipped and written as text (`base91.ts`). */
export async function unpacked(data: string): Promise<Response> {
  const reader = new Base91Reader(data)
  while (!reader.read(PIECE)) await breath()
  return new Response(new Blob([reader.bytes()]).stream().pipeThrough(new DecompressionStream('gzip')))
}
