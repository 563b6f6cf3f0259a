import { BakeoffError, parseDurationMs, parseFraction, parsePerSecond, type WantedLevel } from '@bakeoff/model'
import { didYouMean } from './problem.js'

const LIMITS = ['p95', 'p99', 'errors'] as const
type Limit = (typeof LIMITS)[number]

const HINT = 'Write it like --slo p99=30ms@200/s, or --slo p99=30ms@200/s,errors=0.1%.'

/** One limit as it was written; `perSecond` null: it belongs to every rate of its option. */
interface Written {
  readonly limit: Limit
  /** ms, or a share for errors */
  readonly value: number
  readonly perSecond: number | null
}

/**
 * Reads `p99=30ms@200/s`, `p95=10ms@200/s,errors=0.1%`: limits with commas between them, each at a rate. A limit without a rate
 * belongs to every rate of the same option, and options at one rate are one service level.
 *
 * @param options the text of each `--slo`
 * @throws BakeoffError BAD_SPEC for a limit that is not known, a value that is none, and a level without a rate
 */
export function parseServiceLevels(options: readonly string[]): WantedLevel[] {
  const levels = new Map<number, WantedLevel>()
  for (const option of options) {
    const limits = option.split(',').map((part) => limitOf(part.trim(), option))
    const rates = [...new Set(limits.flatMap(({ perSecond }) => perSecond ?? []))]
    if (rates.length === 0)
      throw new BakeoffError('BAD_SPEC', `--slo ${option} names no rate: a target keeps a service level at a load`, {
        hint: `Add the requests a second: --slo ${option.trim()}@200/s. The highest rate within the slo of a scenario is what --capacity searches.`,
      })
    for (const rate of rates) {
      const own = limits.filter(({ perSecond }) => perSecond === null || perSecond === rate)
      levels.set(
        rate,
        own.reduce((level, limit) => withLimit(level, limit, option), levels.get(rate) ?? levelAt(rate)),
      )
    }
  }
  return [...levels.values()].sort((a, b) => a.perSecond - b.perSecond)
}

function levelAt(perSecond: number): WantedLevel {
  return { perSecond, p95Ms: null, p99Ms: null, errors: null }
}

function limitOf(part: string, option: string): Written {
  const [written = '', at, ...more] = part.split('@')
  const [name = '', text, ...rest] = written.split('=').map((side) => side.trim())
  const limit = LIMITS.find((one) => one === name)
  if (!limit) {
    const meant = didYouMean(name, LIMITS)
    throw new BakeoffError('BAD_SPEC', `--slo ${option}: there is no limit "${name}"`, {
      hint: meant ? `Did you mean "${meant}"?` : `Limits: ${LIMITS.join(', ')}. ${HINT}`,
    })
  }
  const value = text === undefined || rest.length > 0 ? null : limitValue(limit, text)
  if (value === null)
    throw new BakeoffError('BAD_SPEC', `--slo ${option}: ${part} is not ${limit === 'errors' ? 'a share' : 'a time'}`, {
      hint: limit === 'errors' ? 'Write it like errors=0.1% or errors=0.' : `Write it like ${limit}=30ms@200/s.`,
    })
  const perSecond = at === undefined ? null : parsePerSecond(at)
  if (more.length > 0 || (at !== undefined && perSecond === null))
    throw new BakeoffError('BAD_SPEC', `--slo ${option}: ${part} is not at a rate`, { hint: HINT })
  return { limit, value, perSecond }
}

function limitValue(limit: Limit, text: string): number | null {
  if (limit === 'errors') return parseFraction(text)
  const ms = parseDurationMs(text)
  return ms !== null && ms > 0 ? ms : null
}

const MEMBERS = { p95: 'p95Ms', p99: 'p99Ms', errors: 'errors' } as const

function withLimit(level: WantedLevel, { limit, value }: Written, option: string): WantedLevel {
  const member = MEMBERS[limit]
  const before = level[member]
  if (before !== null && before !== value)
    throw new BakeoffError('BAD_SPEC', `--slo ${option}: ${limit} at ${level.perSecond}/s is limited twice`, {
      hint: 'One limit of a kind for each rate: leave one of the two out.',
    })
  return { ...level, [member]: value }
}
