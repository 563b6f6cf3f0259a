/**
 * Lays out what is shown anew in slices, in the order in which it stands: a browser would lay out all of it in its next frame, as
 * one piece of work. What comes later is not there yet, so nothing that was laid out moves down.
 */
import { breath } from './breath.js'

/** How many elements a slice has at most. */
const MOST = 120

/** @param from the first element that is shown anew; the first slice begins there, and is there at once */
export async function layOutInSlices(root: Document, from: Element = root.body): Promise<void> {
  const slices = slicesOf(root.body, from)
  for (const slice of slices.slice(1)) for (const block of slice) block.classList.add('waits')
  for (const slice of slices) {
    await breath()
    for (const block of slice) block.classList.remove('waits')
    // Asked where a block is, a browser lays out what is not seen; asked for the body, only its empty box.
    slice.at(-1)?.getBoundingClientRect()
  }
}

function slicesOf(body: HTMLElement, from: Element): Element[][] {
  const slices: Element[][] = []
  let room = 0
  for (const { block, size } of blocksOf(body)) {
    if (from.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_PRECEDING) continue
    if (size > room) {
      slices.push([])
      room = MOST
    }
    slices.at(-1)?.push(block)
    room -= size
  }
  return slices
}

/** What is laid out as one: what has no more elements than a slice, as large as it can be. */
function blocksOf(parent: Element): { block: Element; size: number }[] {
  return [...parent.children].flatMap((block) => {
    if (block.matches(NOWHERE)) return []
    if (block.matches(CLOSED)) return [{ block, size: 1 }]
    const size = block.querySelectorAll('*').length + 1
    return size > MOST && block.childElementCount > 0 && !block.matches(WHOLE) ? blocksOf(block) : [{ block, size }]
  })
}

/** What takes no place. */
const NOWHERE = '[hidden], .sr, script, noscript, style'
/** What a browser does not lay out before it is opened, unless it is asked where something in it is. */
const CLOSED = 'details:not([open])'
/** What comes as a whole, however large it is: with each of its rows, the columns of a table would move. */
const WHOLE = 'table'
