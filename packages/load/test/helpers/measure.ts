/** What the tests against truth servers need of the agent: a window of a settled load, and its figures by their names. */
import { readFileSync } from 'node:fs'
import type { LoadMeasurement, LoadSlice } from '@bakeoff/model'
import type { Decision, LoadAgent, LoadOrder, LoadRequest } from '@bakeoff/runner/ports'
import { expect } from 'vitest'
import { type StartedAgent, signal, unaccounted } from './agent.js'
import { type Truth, type TruthServer, toMonotonicMs } from './truth.js'

export interface Measuring {
  /** how long the load runs before its window opens */
  readonly settleMs: number
  readonly durationMs: number
  /** called when the window is asked for, some milliseconds before it opens */
  readonly onOpening?: () => void
}

/** One load and its window; the load has run out when this resolves. */
export async function measureFor(
  agent: LoadAgent,
  request: { readonly origin: string; readonly order: LoadOrder } & Partial<LoadRequest>,
  { settleMs, durationMs, onOpening }: Measuring,
): Promise<LoadMeasurement> {
  let isOpen = false
  const decide = ({ atMs }: LoadSlice): Decision => {
    if (isOpen || atMs < settleMs) return { kind: 'go-on' }
    isOpen = true
    onOpening?.()
    return { kind: 'measure', durationMs }
  }
  const defaults = { requestTimeoutMs: 10_000, sampleEvery: 64, stream: false, sliceMs: 500 }
  return agent.load({ ...defaults, ...request }, decide, signal)
}

/** What the server saw between the two cuts of a window, in which every request has ended since. */
export function truthOf(server: TruthServer, { startedAtMs, durationMs }: LoadMeasurement): Promise<Truth> {
  const fromMs = toMonotonicMs(startedAtMs)
  return server.truth(fromMs, fromMs + durationMs)
}

/** Right answers a second, each counted with the share of its life inside the window. */
export const throughputOf = (measurement: LoadMeasurement): number =>
  (windowOf(measurement).weighted.ok / measurement.durationMs) * 1000

/** The same as the server counts them. */
export const trueThroughputOf = ({ weighted, fromMs, toMs }: Truth): number => (weighted / (toMs - fromMs)) * 1000

export function windowOf({ window }: LoadMeasurement) {
  if (!window) throw new Error('the load ended before its window')
  return window
}

/** Every request ended in exactly one way, and the time of every connection of a closed load went somewhere. */
export function expectAccounts(measurement: LoadMeasurement, order: LoadOrder): void {
  expect(unaccounted(measurement)).toBe(0)
  if (order.kind !== 'closed') return
  const { connectionMs, answeredMs, failedMs, unendedMs, betweenMs } = windowOf(measurement).account
  expect(connectionMs).toBeCloseTo(order.connections * measurement.durationMs, 0)
  expect(Math.abs(answeredMs + failedMs + unendedMs + betweenMs - connectionMs)).toBeLessThan(1)
}

/**
 * How long the agent's load processes were ready to run since they began while the kernel ran something else, in ms; 0 where
 * the kernel does not say. It tells a window that other work on the machine disturbed, whatever the figures in it.
 */
export function keptWaitingMs({ process: { pid } }: StartedAgent): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return children.reduce(
      (sum, child) => sum + Number(readFileSync(`/proc/${child}/schedstat`, 'utf8').split(' ')[1]) / 1e6,
      0,
    )
  } catch {
    return 0
  }
}
