import type { Duplex } from 'node:stream'
import { SECOND_WARM_UP_S } from '@bakeoff/core'
import { aborted, BakeoffError, type SecondInstrumentFigures } from '@bakeoff/model'
import type { SecondInstrumentOrder } from '@bakeoff/runner/ports'
import { messagesOf } from '../lines.js'
import { renderCorpus } from './corpus.js'
import { readReport } from './figures.js'

/** How much longer than its windows wrk may take, for starting and for summing up. */
const GRACE_MS = 15_000

/** The longest timeout: wrk allots a slot for every µs up to it. The agent's histogram ends here too. */
const LONGEST_TIMEOUT_S = 60

/** Lets wrk, in the container at the other end of the wire, measure one closed load (compose/wrk). See `MeasureSecond`. */
export async function measureWithWrk(
  wire: Duplex,
  order: SecondInstrumentOrder,
  signal: AbortSignal,
): Promise<SecondInstrumentFigures> {
  const dueMs = (SECOND_WARM_UP_S + order.seconds) * 1000 + GRACE_MS
  let overdue: NodeJS.Timeout | undefined
  let abort = () => {}
  try {
    const line = await new Promise<string>((resolve, reject) => {
      const fail = (how: string) => reject(new BakeoffError('AGENT_FAILED', `no figures: ${how}`))
      abort = () => reject(aborted('while wrk measured', signal.reason))
      wire.on('data', messagesOf(resolve))
      wire.on('end', () => fail('it ended'))
      wire.on('close', () => fail('its connection closed'))
      wire.on('error', ({ message }) => fail(message))
      overdue = setTimeout(() => fail(`it had not ended after ${dueMs / 1000} s`), dueMs)
      signal.addEventListener('abort', abort)
      if (signal.aborted) abort()
      else wire.write(orderOf(order))
    })
    return readReport(line, order)
  } catch (cause) {
    if (cause instanceof BakeoffError) throw cause
    throw new BakeoffError('AGENT_FAILED', `something other than figures: ${(cause as Error).message}`, {
      cause,
    })
  } finally {
    clearTimeout(overdue)
    signal.removeEventListener('abort', abort)
  }
}

/** The order as measure.sh reads it: a line of words, and then the corpus. */
export function orderOf(order: SecondInstrumentOrder): Buffer {
  const corpus = renderCorpus(order.requests, order.origin)
  const words = [
    threadsFor(order.connections, order.cores),
    order.connections,
    order.seconds,
    Math.min(LONGEST_TIMEOUT_S, Math.ceil(order.requestTimeoutMs / 1000)),
    order.seed,
    corpus.length,
    order.origin,
  ]
  return Buffer.concat([Buffer.from(`${words.join(' ')}\n`), corpus])
}

/** The number of threads: as many as there are cores, but such that each has equally many connections, since wrk drops a remainder. */
export function threadsFor(connections: number, cores: number): number {
  for (let threads = Math.min(cores, connections); threads > 1; threads--)
    if (connections % threads === 0) return threads
  return 1
}
