import { COLOURS, MARKERS } from '../shared/subjects.js'

/** The most subjects that differ in colour or shape; the names of further subjects have no mark. */
const MOST_MARKS = COLOURS * MARKERS.length

/**
 * Rules that are too many to write by hand. The page's policy forbids styles on an element, so a bar of n per cent has
 * the class `wn`, and a row finds its subject's colour and shape by `data-s`.
 */
export function generatedStyle(): string {
  const widths = Array.from({ length: 100 }, (_, index) => `i.w${index + 1}{--w:${index + 1}%}`)
  const marks = Array.from(
    { length: MOST_MARKS },
    (_, index) => `[data-s="${index}"]{--of:var(--c${index % COLOURS});--shape:var(--m${index % MARKERS.length})}`,
  )
  return [...widths, ...marks].join('')
}
