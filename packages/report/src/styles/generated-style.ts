import type { Subject } from '../shared/subjects.js'

/**
 * Rules that are too many to write by hand. The page's policy forbids styles on an element, so a bar of n per cent has
 * the class `wn`.
 */
export function generatedStyle(): string {
  return Array.from({ length: 100 }, (_, index) => `i.w${index + 1}{--w:${index + 1}%}`).join('')
}

/** The rules by which a table's row finds its subject's colour and shape (`data-s`), which differ from report to report. */
export function subjectStyle(subjects: readonly Subject[]): string {
  return subjects
    .map((subject) => `[data-s="${subject.index}"]{--of:var(--${hueOf(subject)});--shape:var(--m${subject.marker})}`)
    .join('')
}

/** The name of a subject's colour, which is a class and, after two dashes, a variable of the style sheet. */
export function hueOf({ colour, shade }: Pick<Subject, 'colour' | 'shade'>): string {
  return `${shade === 0 ? 'c' : 'd'}${colour}`
}
