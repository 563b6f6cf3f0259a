import type { Finding } from './judge.js'

/** One fault at one moment. */
export interface Trial {
  readonly fault: string
  readonly moment: string
  /** why it could not be tried here; null: it was */
  readonly untried: string | null
  /** what was on the engine or on disk until the next start cleared it */
  readonly behind: readonly string[]
  readonly findings: readonly Finding[]
}

/**
 * The table of a set of trials, as Markdown: a row for every fault, its moments with their number. A fault that could not
 * be inflicted is not tried, and so has not survived.
 */
export function faultTable(trials: readonly Trial[]): string {
  const faults = [...new Set(trials.map(({ fault }) => fault))]
  const rows = faults.map((fault) => {
    const all = trials.filter((trial) => trial.fault === fault)
    const tried = all.filter(({ untried }) => untried === null)
    const survived = tried.filter(({ findings }) => findings.length === 0)
    return [
      fault,
      momentsOf(all),
      tried.length,
      survived.length,
      behindOf(tried),
      countOf(tried, 'lost'),
      countOf(tried, 'wrong'),
    ]
  })
  const head = ['fault', 'moment', 'tried', 'survived', 'left behind', 'lost', 'wrong']
  return [head, head.map(() => '-'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** The sums below the table. */
export function faultSummary(trials: readonly Trial[]): string {
  const tried = trials.filter(({ untried }) => untried === null)
  const number = (kind: Finding['kind']) =>
    tried.filter(({ findings }) => findings.some((finding) => finding.kind === kind)).length
  const kinds = new Set(tried.map(({ fault }) => fault)).size
  const survived = tried.filter(({ findings }) => findings.length === 0).length
  return `${kinds} kinds of fault at ${tried.length} moments: ${survived} survived, ${number('wrong')} wrong, ${number('lost')} lost, ${number('left')} left, ${number('stuck')} stuck, ${number('unsaid')} unsaid; ${trials.length - tried.length} not tried`
}

/** What did not hold, and what was not tried, a line each. */
export function faultDetails(trials: readonly Trial[]): string[] {
  return trials.flatMap(({ fault, moment, untried, findings }) => [
    ...(untried === null ? [] : [`not tried: ${fault}, ${moment}: ${untried}`]),
    ...findings.map(({ kind, text }) => `${kind}: ${fault}, ${moment}: ${text}`),
  ])
}

function momentsOf(trials: readonly Trial[]): string {
  const counts = new Map<string, number>()
  for (const { moment } of trials) counts.set(moment, (counts.get(moment) ?? 0) + 1)
  return [...counts].map(([moment, count]) => (count === 1 ? moment : `${moment} ×${count}`)).join(', ')
}

function behindOf(tried: readonly Trial[]): string {
  const left = countOf(tried, 'left')
  if (left !== 'nothing') return left
  const behind = tried.filter((trial) => trial.behind.length > 0)
  if (behind.length === 0) return 'nothing'
  const kinds = new Set(behind.flatMap((trial) => trial.behind.map((each) => each.split(' ')[0])))
  return `until the next start: ${[...kinds].join(', ')}`
}

function countOf(tried: readonly Trial[], kind: Finding['kind']): string {
  const number = tried.filter(({ findings }) => findings.some((finding) => finding.kind === kind)).length
  return number === 0 ? 'nothing' : `${number} of ${tried.length}`
}
