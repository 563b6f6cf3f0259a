/** Small marks: a subject's colour and shape, a bar in a table, badges. */
import type { Verdict } from '@bakeoff/model'
import type { Subject } from '../shared/subjects.js'
import { type Html, html } from './html.js'

/** A subject's colour and shape; the style sheet draws them from these two classes. */
export function markClass({ colour, marker }: Subject): string {
  return `mk c${colour} m${marker}`
}

/** A subject's name with its marker, linked to its page. */
export function subjectName(subject: Subject, note?: string): Html {
  return html`<a class="${markClass(subject)}" href="${targetHref(subject.target)}"><bdi>${subject.label}</bdi></a>${note && html`<small class="note"><bdi>${note}</bdi></small>`}`
}

export function targetHref(target: string): string {
  return `#target/${encodeURIComponent(target)}`
}

/** A bar of a share of a cap, 0 to 1, for use inside a table. The style sheet has a class for each per cent. */
export function shareBar(share: number): Html {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100)
  return html`<i class="bar w${percent}"></i>`
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
