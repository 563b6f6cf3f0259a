/** Windows of load on a server that knows the truth, and which of them say something about the agent. */
import { thresholds } from '../../packages/core/dist/index.js'
import { toMonotonicMs } from '../../packages/load/test/truth/server.mjs'
import { keptWaitingMs, median, perSecondOf, quantilesMs, range } from './agent.mjs'

/** share of a window that the kernel kept server or agent waiting for a core; beyond it, other work is in the figures */
const DISTURBED = 0.01
export const QUANTILES = [0.5, 0.9, 0.99]
export const undisturbed = (windows) => windows.filter(({ waited }) => waited <= DISTURBED)

/** The agent itself says that its times are in doubt. */
export const flagged = ({ agent: { eventLoopUtilisation, cpuSeconds }, durationMs, lateShare }) =>
  eventLoopUtilisation > thresholds.agent.eventLoop ||
  cpuSeconds / (durationMs / 1000) > thresholds.agent.cpu ||
  (lateShare ?? 0) > thresholds.lateSends

/** One window: what the agent said, and what the server saw in the same interval. */
export async function takeWindow(agent, server, order, seconds, load = {}) {
  await server.forget()
  const processes = [server.child.pid, ...agent.pids()]
  const before = keptWaitingMs(processes)
  const beganMs = performance.now()
  const measurement = await agent.load(server.origin, order, seconds, load)
  const waited = before === null ? 0 : (keptWaitingMs(processes) - before) / (performance.now() - beganMs)
  const fromMs = toMonotonicMs(measurement.startedAtMs)
  const truth = await server.truth(fromMs, fromMs + measurement.durationMs)
  return {
    measurement,
    waited,
    truth,
    flagged: flagged(measurement),
    rate: perSecondOf(measurement) / (truth.weighted / (measurement.durationMs / 1000)),
    said: quantilesMs(measurement.responseTime ?? measurement.serviceTime, QUANTILES),
    true: [truth.p50Ms, truth.p90Ms, truth.p99Ms],
  }
}

/** Windows until there are as many undisturbed ones as wanted, at most `most` times as many in all. */
export async function windowsUntil(wanted, most, take) {
  const all = []
  while (undisturbed(all).length < wanted && all.length < most * wanted) all.push(await take())
  const good = undisturbed(all)
  return { windows: good.length > 0 ? good : all, of: all.length, disturbed: good.length === 0 }
}

/** Median and range, with so many digits. */
export const spread = (values, digits = 2) =>
  values.length === 1 ? values[0].toFixed(digits) : `${median(values).toFixed(digits)} (${range(values)})`
