/**
 * The share card of a run, as SVG: what its report's first screen says, for a reader who is sent a link to it. The answer, the best of each
 * language in each scenario, and how far to trust it, with what the figures were measured under.
 */
import type { Results } from '@bakeoff/model'
import { capsOf } from '../html/frame.js'
import { type Html, html } from '../html/html.js'
import { formatTime } from '../shared/format.js'
import { type View, viewOf } from '../shared/subjects.js'
import { answerTable } from './answer-table.js'
import { cardOf, MARGIN, PAINT, ROOM, textAt } from './drawing.js'
import { firstLinesOf } from './fit.js'
import { drawable, type Font } from './font.js'
import { BOTTOM, flagPill, footAt, headingOf } from './frame.js'

/** Pure: the same results give the same card. */
export function runCard(results: Results): string {
  const view = viewOf(results)
  const heading = headingOf(headline(results))
  return cardOf([flagPill(flagWords(results)), heading.drawn, bodyOf(view, heading.bottom + 28), footOf(results)])
}

/** What a card shows, for readers who do not see it. */
export function cardWords(results: Results): string {
  const { decision } = results
  const flags = flagWords(results).join(', ')
  const trust = decision?.trustLevel ? `Trust: ${decision.trustLevel}.` : ''
  return [flags && `${flags}.`, headline(results), trust].filter(Boolean).join(' ')
}

/** The answer over all scenarios; of results that have none, what was measured. */
function headline({ decision, scenarios, run }: Results): string {
  return decision?.overall ?? (scenarios.map(({ id }) => id).join(', ') || run.id)
}

/** What a reader must know before any figure. */
function flagWords({ run, decision, cells }: Results): string[] {
  // Where all is provisional for one reason the headline begins with that.
  const isProvisional = !decision?.provisional && decision?.columns.some(({ standing }) => standing === 'provisional')
  return [
    ...(run.profile === 'quick' ? ['Smoke run'] : []),
    ...(run.status === 'aborted' ? ['Aborted'] : run.status === 'partial' ? ['Partial'] : []),
    ...(run.status === 'running' ? ['Still running'] : []),
    ...(isProvisional ? ['Provisional'] : []),
    ...(cells.every(({ outcome }) => outcome !== 'measured') ? ['Nothing measured'] : []),
  ]
}

/** The table or, where there is none, sentences. */
function bodyOf(view: View, top: number): Html {
  const { decision } = view.results
  if (decision?.columns.some(({ figures }) => figures.some(({ value }) => value !== null)))
    return answerTable(view, decision, { top, bottom: BOTTOM })
  const font: Font = { size: 22, weight: 'regular' }
  const lines = sentencesOf(view.results).flatMap((says) => firstLinesOf(drawable(says), 2, ROOM, font))
  const most = Math.floor((BOTTOM - top) / 32)
  return html`${lines.slice(0, most).map((line, index) => textAt(line, font, { x: MARGIN, y: top + 24 + index * 32, fill: PAINT.soft }))}`
}

/** What is said in place of the table: of each scenario why it has none or, in results of before there were decisions, what was found. */
function sentencesOf({ decision, findings }: Results): string[] {
  if (decision) return decision.columns.map(({ scenario, says }) => `${scenario}: ${says}`)
  return findings.flatMap(({ tone, text }) => (tone === 'finding' ? [text] : []))
}

const TONES = {
  low: { fill: PAINT.warn, ground: PAINT.warnSunk },
  medium: { fill: PAINT.soft, ground: PAINT.sunk },
  high: { fill: PAINT.good, ground: PAINT.goodSunk },
} as const

/** How far to trust the figures and why, and below it when and under what caps they were measured. */
function footOf(results: Results): Html {
  const { trust = [], trustLevel = null } = results.decision ?? {}
  const level = trustLevel && { word: `Trust: ${trustLevel}`, ...TONES[trustLevel] }
  return footAt(level, [trust[0] ?? '', factsOf(results).join(' · ')])
}

function factsOf({ run, scenarios, entries }: Results): string[] {
  const targets = new Set(entries.map(({ target }) => target)).size
  return [
    formatTime(run.startedAt),
    `${targets} ${targets === 1 ? 'target' : 'targets'}`,
    ...(scenarios.length > 0 ? [`each with ${capWords(scenarios)}`] : []),
    `${run.profile} profile`,
  ]
}

/** The caps of the targets: what all scenarios give them, or the least and the most. */
function capWords(scenarios: Results['scenarios']): string {
  const capped = scenarios.filter(({ isUncapped }) => !isUncapped).map(({ targetCaps }) => targetCaps)
  const sorted = capped.toSorted((a, b) => a.cpus - b.cpus || a.memoryBytes - b.memoryBytes)
  const words = [...new Set(sorted.map((caps) => capsOf(caps, caps.cpus)))]
  const [least, most] = [words[0], words.at(-1)]
  const range = words.length > 1 ? `${least} to ${most}` : least
  return [range, capped.length < scenarios.length && 'no cap of cores'].filter(Boolean).join(' or ')
}
