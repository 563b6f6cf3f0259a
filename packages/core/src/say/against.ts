import { type AgainstCommit, type AgainstFigure, isToldApart } from '@bakeoff/model'
import { figureTitle } from '../figures/index.js'
import { list, many, percent } from '../words/quantities.js'
import { inSentence } from '../words/titles.js'

/** The comparison with another commit in one sentence: what changed, by how much, and how much of it is decided. */
export function againstSays({ ref, commit, figures }: Omit<AgainstCommit, 'says'>): string {
  const where = ref.startsWith(commit.slice(0, 7)) ? ref : `${ref} (${commit.slice(0, 8)})`
  const judged = figures.filter(({ conclusion }) => conclusion !== null)
  if (judged.length === 0) return `Against ${where}: nothing could be compared.`
  const apart = judged.filter(isToldApart)
  const equal = judged.filter(({ conclusion }) => conclusion === 'no-difference').length
  const same = judged.filter(({ isSame }) => isSame)
  const parts = [
    apart.length === 0
      ? `none of ${many(judged.length, 'figure')} is told apart`
      : `${apart.length} of ${many(judged.length, 'figure')} differ, most of all ${widest(apart)}`,
    `${equal} are equal`,
    ...(judged.length > apart.length + equal ? [`${judged.length - apart.length - equal} undecided`] : []),
  ]
  const note =
    same.length === 0
      ? ''
      : same.length === judged.length
        ? ' Nothing that is measured differs between the two commits: what is told apart is an error of the method.'
        : ` Of ${list([...new Set(same.map(({ entry }) => entry))])} nothing changed: what is told apart there is an error of the method.`
  return `Against ${where}: ${parts.join(', ')}.${note}`
}

/** `throughput of predict/node-http/default/closed-1, by −31 %`. */
function widest(apart: readonly AgainstFigure[]): string {
  const off = ({ ratio }: AgainstFigure) => (ratio === null ? 0 : Math.abs(Math.log(ratio.median)))
  const { metric, cell, ratio } = apart.reduce((a, b) => (off(b) > off(a) ? b : a))
  const share = (ratio?.median ?? 1) - 1
  return `${inSentence(figureTitle(metric))} of ${cell}: ${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`
}
