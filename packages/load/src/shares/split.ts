import type { LoadRequest } from '@bakeoff/runner/ports'
import { driverOf } from '../worker/drivers.js'
import type { ProcessOrder } from '../worker/messages.js'

/**
 * Divides a load among processes, as its driver says: connections as evenly as possible, a rate in proportion to them,
 * arrivals in turns. Fewer connections than processes leave some without work; a batch is one request and needs one process.
 *
 * @param processes of all agents
 * @param load      which load of the agent it is
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

/** The places of one agent's processes among those of all agents of a load, ascending. */
export interface Seats {
  readonly own: readonly number[]
  /** how many there are in all */
  readonly of: number
}

/**
 * The seats of several agents. They take turns, so that a load with few connections has them on all agents and not on the first one's processes.
 *
 * @param processes how many each agent has
 */
export function seatsOf(processes: readonly number[]): Seats[] {
  const own: number[][] = processes.map(() => [])
  let seat = 0
  for (let round = 0; round < Math.max(...processes); round++)
    for (const [agent, count] of processes.entries()) if (round < count) own[agent]?.push(seat++)
  return own.map((seats) => ({ own: seats, of: seat }))
}

/** What of a divided load is for these seats. They are ascending, so that those without work are last. */
export function sharesOf<Order>(orders: readonly Order[], { own }: Seats): Order[] {
  return own.flatMap((seat) => orders[seat] ?? [])
}
