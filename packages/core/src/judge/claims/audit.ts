import { type ClaimSpec, formatNumber } from '@bakeoff/model'
import { inSystem, meanTimeMs } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'
import { duration, list, percent } from '../../words/quantities.js'
import { settingWords } from '../../words/settings.js'
import { shortWindow } from '../causes/too-short.js'
import { atOnce } from './setting.js'

type Subject = ClaimSpec['subjects'][number]

/** An audit: what published figures show about themselves, before anything is measured. */
export interface Audit {
  readonly about: 'too-short' | 'latency-bound' | 'not-littles-law' | 'time-per-task'
  /** the subject, as the source calls it */
  readonly says: string
  /** its figure, for a list */
  readonly figure: string
  /** a sentence with all figures */
  readonly full: string
}

/** The published figures of one subject under the rules that every measured cell is held to. */
export function auditOf(subject: Subject): Audit[] {
  return [window(subject), connections(subject), timePerTask(subject)].filter((audit) => audit !== null)
}

/** Of a batch: how long one task took, by Little's law; null when the source does not give what that needs. */
export function taskMs({ load, figures }: Subject): number | null {
  const { tasks, concurrency } = load
  const { wallSeconds } = figures
  return tasks && concurrency && wallSeconds ? meanTimeMs(concurrency, tasks / wallSeconds) : null
}

function window({ says, load, figures }: Subject): Audit | null {
  const { requests } = load
  const { throughput } = figures
  if (!requests || !throughput) return null
  const seconds = requests / throughput
  const short = shortWindow(seconds, requests)
  return short === null
    ? null
    : {
        about: 'too-short',
        says,
        figure: duration(seconds * 1000),
        full: `${says}: too short. At ${formatNumber(throughput)} requests/s ${short}.`,
      }
}

function connections(subject: Subject): Audit | null {
  const { says, figures, load } = subject
  const { throughput, 'serviceMs.mean': meanMs } = figures
  const count = atOnce(subject)
  if (!throughput || !meanMs || !count || load['tasks'] !== undefined) return null
  const implied = inSystem(throughput, meanMs)
  const { low, high } = thresholds.little
  const sum = `${formatNumber(throughput)} requests/s × ${duration(meanMs)} = ${formatNumber(implied)} under way, of ${settingWords({ ...subject, load: withoutAmount(load) })}`
  return implied / count >= low && implied / count <= high
    ? {
        about: 'latency-bound',
        says,
        figure: `${count} ÷ ${duration(meanMs)}`,
        full: `${says}: latency-bound. By Little's law ${sum}: throughput is just ${count} ÷ latency, and the source did not test higher concurrency.`,
      }
    : {
        about: 'not-littles-law',
        says,
        figure: percent(implied / count),
        full: `${says}: its figures do not agree. By Little's law ${sum} (${percent(implied / count)}): the rest slept, reconnected or failed.`,
      }
}

function timePerTask(subject: Subject): Audit | null {
  const ms = taskMs(subject)
  if (ms === null) return null
  const { says, load, figures } = subject
  const time = duration(ms)
  return {
    about: 'time-per-task',
    says,
    figure: time,
    full: `${says}: by Little's law a task took ${formatNumber(figures['wallSeconds']!)} s × ${load['concurrency']} ÷ ${load['tasks']} = ${time}.`,
  }
}

function withoutAmount(load: Subject['load']): Subject['load'] {
  return Object.fromEntries(Object.entries(load).filter(([key]) => key !== 'requests'))
}

/** The audits of several subjects as a sentence that stands beside a conclusion; null when nothing is to be said. */
export function aboutSource(audits: readonly Audit[]): string | null {
  const of = (about: Audit['about']) => audits.filter((audit) => audit.about === about)
  const figures = (found: readonly Audit[]) => list(found.map(({ says, figure }) => `${says} ${figure}`))
  const [short, bound, odd] = [of('too-short'), of('latency-bound'), of('not-littles-law')]
  const parts = [
    ...(short.length === 0 ? [] : [`its window was too short (${figures(short)})`]),
    ...(bound.length === 0
      ? []
      : [
          `its figures are latency-bound: by Little's law throughput is just ${figures(bound)}, so throughput and latency are one measurement, not two`,
        ]),
    ...(odd.length === 0 ? [] : [`throughput and latency do not agree by Little's law (${figures(odd)} under way)`]),
  ]
  return parts.length === 0 ? null : `About the source: ${list(parts)}.`
}
