/** Small drawings: a subject's marker, a bar in a table, icons. All are our own markup; data enters as text only. */
import type { Verdict } from '@bakeoff/model'
import { MARKERS, type Subject } from '../shared/subjects.js'
import { type Html, html, trusted } from './html.js'

const SHAPES: Readonly<Record<(typeof MARKERS)[number], string>> = {
  circle: '<circle cx="6" cy="6" r="4.5"/>',
  rect: '<rect x="2" y="2" width="8" height="8"/>',
  triangle: '<path d="M6 1.2 11 10.4H1Z"/>',
  rectRot: '<path d="M6 .6 11.4 6 6 11.4.6 6Z"/>',
  star: '<path d="M6 1v10M1.7 3.5l8.6 5M1.7 8.5l8.6-5" class="stroke"/>',
  crossRot: '<path d="M2 2l8 8M10 2l-8 8" class="stroke"/>',
  cross: '<path d="M6 1v10M1 6h10" class="stroke"/>',
}

/** The shapes, once per page; `marker` refers to them. */
export function markerShapes(): Html {
  const symbols = MARKERS.map((name, index) => `<symbol id="m${index}" viewBox="0 0 12 12">${SHAPES[name]}</symbol>`)
  return trusted(`<svg width="0" height="0" aria-hidden="true" class="shapes">${symbols.join('')}</svg>`)
}

export function marker(subject: Subject): Html {
  return html`<svg class="marker c${subject.colour}" aria-hidden="true"><use href="#m${subject.marker}"/></svg>`
}

/** A subject's name with its marker, linked to its page. */
export function subjectName(subject: Subject, note?: string): Html {
  return html`<span class="subject">${marker(subject)}<a href="${targetHref(subject.target)}"><bdi>${subject.label}</bdi></a>${note && html`<small><bdi>${note}</bdi></small>`}</span>`
}

export function targetHref(target: string): string {
  return `#target/${encodeURIComponent(target)}`
}

/** A bar of a share of a cap, 0 to 1, for use inside a table. */
export function shareBar(share: number): Html {
  const width = Math.round(Math.min(1, Math.max(0, share)) * 100)
  return html`<svg class="share${share >= 0.95 && ' full'}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="of" width="100" height="4"/><rect class="is" width="${width}" height="4"/></svg>`
}

const STATUS: Readonly<Record<Verdict['status'], readonly [icon: string, word: string]>> = {
  valid: ['✓', 'valid'],
  suspect: ['!', 'suspect'],
  invalid: ['✕', 'invalid'],
}

export function statusBadge(status: Verdict['status']): Html {
  const [icon, word] = STATUS[status]
  return html`<span class="badge ${status}"><i aria-hidden="true">${icon}</i>${word}</span>`
}

/** A badge of any tone: `good`, `bad`, `warn` or `plain`; always with a word. */
export function badge(tone: 'good' | 'bad' | 'warn' | 'plain', icon: string, word: string): Html {
  return html`<span class="badge ${tone}"><i aria-hidden="true">${icon}</i>${word}</span>`
}
