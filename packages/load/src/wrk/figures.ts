import type { SecondInstrumentFigures } from '@bakeoff/model'
import type { SecondInstrumentOrder } from '@bakeoff/runner/ports'

/** The line that replay.lua writes when it is done. */
export interface WrkReport {
  readonly version: string
  readonly durationUs: number
  readonly requests: number
  readonly bytes: number
  readonly errors: SecondInstrumentFigures['errors']
  readonly latencyUs: Readonly<Record<'p50' | 'p90' | 'p99' | 'max' | 'mean', number | null>>
}

/**
 * Turns wrk's report into figures. For wrk every status of 400 and above is an error; as many as the corpus expects, by
 * their share of it, are taken for right answers.
 *
 * @throws SyntaxError or TypeError when the line is not a report of wrk
 */
export function readReport(line: string, { connections, statuses }: SecondInstrumentOrder): SecondInstrumentFigures {
  const { version, durationUs, requests, bytes, errors, latencyUs } = JSON.parse(line) as WrkReport
  if (!(durationUs > 0) || !Number.isInteger(requests)) throw new TypeError(`not a report of wrk: ${line}`)
  const seconds = durationUs / 1e6
  const meant = statuses.filter((status) => status >= 400).length / Math.max(1, statuses.length)
  const status = Math.max(0, errors.status - Math.round(requests * meant))
  const ms = (us: number | null) => (us === null ? null : us / 1000)
  return {
    version,
    connections,
    seconds,
    requests,
    bytes,
    perSecond: Math.max(0, requests - status - errors.timeout) / seconds,
    p50Ms: ms(latencyUs.p50),
    p90Ms: ms(latencyUs.p90),
    p99Ms: ms(latencyUs.p99),
    maxMs: ms(latencyUs.max),
    meanMs: ms(latencyUs.mean),
    errors: { ...errors, status },
  }
}
