import type { LoadRequest } from '@bakeoff/runner/ports'
import type { Order, Share } from '../worker/messages.js'

/**
 * Divides a load among processes: connections as evenly as they go, a rate in proportion to them, arrivals in turns.
 * Fewer connections than processes leave some without work; a batch is one request and needs one process.
 *
 * @param load which load of the agent it is
 */
export function splitLoad(request: LoadRequest, processes: number, load = 0): Order[] {
  const { order } = request
  const shares: Share[] =
    order.kind === 'batch'
      ? [
          {
            kind: 'batch',
            body: JSON.stringify({ tasks: order.tasks, concurrency: order.concurrency, seed: order.seed }),
          },
        ]
      : divide(order.connections, Math.min(processes, order.connections)).map((connections, index, all) =>
          order.kind === 'closed'
            ? { kind: 'closed', connections }
            : {
                kind: 'open',
                connections,
                perSecond: (order.perSecond * connections) / order.connections,
                arrivals: order.arrivals,
                // The sum of independent Poisson streams is one again.
                seed: order.seed * 1009 + index,
                phase: index / all.length,
              },
        )
  const seed = order.kind === 'closed' ? order.connections : order.seed
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

/** 10 in 4 → 3, 3, 2, 2. */
function divide(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0))
}
