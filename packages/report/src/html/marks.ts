/** Marks of a page: a subject's colour and shape, a bar in a table, badges. */
import type { Verdict } from '@bakeoff/model'
import type { Subject } from '../shared/subjects.js'
import { hueOf } from '../styles/generated-style.js'
import { type Html, html } from './html.js'

/** A subject's colour and shape; the style sheet draws them from these two classes. */
export function markClass(subject: Subject): string {
  return `mk ${hueOf(subject)} m${subject.marker}`
}

/** A subject's name, linked to its page. In a table the row draws its mark. */
export function subjectName(subject: Subject): Html {
  return html`<a href="${targetHref(subject.target)}">${subject.label}</a>`
}

/** A subject's name with its mark, linked to its page, where there is no row to draw it. */
export function markedName(subject: Subject): Html {
  return html`<a class="${markClass(subject)}" href="${targetHref(subject.target)}"><bdi>${subject.label}</bdi></a>`
}

export function targetHref(target: string): string {
  return `#target/${encodeURIComponent(target)}`
}

/** A bar of a share of a cap, 0 to 1, for use inside a table. The style sheet has a class for each per cent. */
export function shareBar(share: number): Html {
  return html`<i class=w${percentOf(share)}></i>`
}

/** A bar beside those of what is compared: grey and, where it would be longer than the whole, broken near its end. */
export function barAside(share: number): Html {
  return html`<i class="w${percentOf(share)} aside${share > 1 && ' beyond'}"></i>`
}

function percentOf(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 100)
}

/** A verdict's badge. The style sheet adds its icon, which saves bytes: every row has such a badge. */
export function statusBadge(status: Verdict['status']): Html {
  return html`<b class="${status}">${status}</b>`
}

/** A badge of any tone: `good`, `partly` (good in part), `bad`, `warn` or `plain`; always with a word. */
export function badge(tone: 'good' | 'partly' | 'bad' | 'warn' | 'plain', icon: string, word: string): Html {
  return html`<b class="badge ${tone}" data-icon="${icon}">${word}</b>`
}
