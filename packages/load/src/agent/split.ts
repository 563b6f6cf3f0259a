import type { LoadRequest } from '@bakeoff/runner/ports'
import { driverOf } from '../worker/drivers.js'
import type { ProcessOrder } from '../worker/messages.js'

/**
 * Divides a load among processes, as its driver says: connections as evenly as possible, a rate in proportion to them,
 * arrivals in turns. Fewer connections than processes leave some without work; a batch is one request and needs one process.
 *
 * @param load which load of the agent it is
 */
export function splitLoad(request: LoadRequest, processes: number, load = 0): Omit<ProcessOrder, 'given'>[] {
  const driver = driverOf(request.order)
  const shares = driver.split(request.order, processes)
  const seed = driver.seedOf(request.order)
  return shares.map((share, index) => ({
    origin: request.origin,
    share,
    requestTimeoutMs: request.requestTimeoutMs,
    sampleEvery: request.sampleEvery,
    stream: request.stream,
    sliceMs: request.sliceMs,
    part: { index, of: shares.length },
    seed: seed * 2003 + index,
    spelling: load * processes + index,
  }))
}
