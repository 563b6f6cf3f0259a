#!/usr/bin/env node
/**
 * Whether the load agent's times are true, against servers whose delays are known; and from where on they no longer are.
 *
 *   node benchmarks/agent-truth.mjs [--rounds 5] [--seconds 3] [--parts 1,2,3,4]
 *
 * 1 percentiles against known delays, closed and open load       goal: within 2 % or 0.1 ms while the agent is not flagged
 * 2 a stall of one second under open load                        goal: p99 of 850 ms or more (the truth is 900)
 * 3 agreement with wrk below saturation, where wrk is installed
 * 4 the sweep: more and more load on one core, until the agent lies. The thresholds of the verdict agent-bound come from it
 *
 * The truth is what the server says of itself: on a machine with other work its delays are longer than they were set. And what
 * other work adds is no error of the agent: windows in which the kernel kept server or agent waiting for a core for more
 * than 1 % of the time are left out, whatever their figures, as far as others remain.
 */
import { decodeHistogram, histogramQuantile, thresholds } from '../packages/core/dist/index.js'
import {
  closeSync,
  conditions,
  keptWaitingMs,
  median,
  openAgent,
  options,
  pinned,
  range,
  settle,
  startNullServer,
  startStallingServer,
  startTruthServer,
  wrk,
} from './lib/agent.mjs'

const { rounds, seconds, parts } = options({ rounds: 5, seconds: 3, parts: [1, 2, 3, 4] })
/** share of a window */
const DISTURBED = 0.01
const undisturbed = (windows) => windows.filter(({ waited }) => waited <= DISTURBED)

const agent = await openAgent()
const quantiles = [0.5, 0.9, 0.99]
const timesOf = (histogram) => {
  const distribution = decodeHistogram(histogram)
  return quantiles.map((q) => histogramQuantile(distribution, q) / 1000)
}
const truthOf = ({ p50Ms, p90Ms, p99Ms }) => [p50Ms, p90Ms, p99Ms]
const openLoad = (perSecond, connections, seed, arrivals = 'exponential') => ({ kind: 'open', perSecond, connections, arrivals, seed })
const flagged = ({ agent: { eventLoopUtilisation, cpuSeconds }, durationMs, lateShare }) =>
  eventLoopUtilisation > thresholds.agent.eventLoop ||
  cpuSeconds / (durationMs / 1000) > thresholds.agent.cpu ||
  (lateShare ?? 0) > thresholds.lateSends

console.log(`generators on ${pinned.generator}; ${rounds} rounds of ${seconds} s; ${conditions()}`)
try {
  if (parts.includes(1)) await accuracy()
  if (parts.includes(2)) await stall()
  if (parts.includes(3)) await agreement()
  if (parts.includes(4)) await sweep()
  console.log(`\nat the end: ${conditions()}`)
} finally {
  await agent.close()
}

/** One window; what the agent said, and what the server knows. */
async function window(server, order, length = seconds) {
  await server.forget()
  const processes = [server.child.pid, ...agent.pids()]
  const before = keptWaitingMs(processes)
  const measurement = await agent.load(server.origin, order, length)
  const waited = before === null ? 0 : (keptWaitingMs(processes) - before) / measurement.durationMs
  const truth = truthOf(await server.truth())
  return { measurement, waited, truth, said: timesOf(measurement.serviceTime) }
}

/** Windows until there are as many undisturbed ones as rounds, at most four times as many in all. */
async function windowsOf(server, order) {
  const all = []
  while (undisturbed(all).length < rounds && all.length < 4 * rounds) all.push(await window(server, order))
  const good = undisturbed(all)
  return { windows: good.length > 0 ? good : all, of: all.length, disturbed: good.length === 0 }
}

async function accuracy() {
  for (const settings of [
    { delayUs: 300, slowEvery: 50, slowUs: 5_000 },
    { delayUs: 2_000, slowEvery: 50, slowUs: 50_000 },
    { delayUs: 20_000, slowEvery: 50, slowUs: 100_000 },
  ]) {
    const server = await startTruthServer(settings)
    console.log(
      `\n1 known delays: ${settings.delayUs / 1000} ms, every ${settings.slowEvery}th ${settings.slowUs / 1000} ms; ${server.what}`,
    )
    for (const order of [
      { kind: 'closed', connections: 1 },
      { kind: 'closed', connections: 8 },
      openLoad(500, 64, 1),
    ]) {
      await window(server, order, 1)
      const { windows, of, disturbed } = await windowsOf(server, order)
      const within = (said, truth) => Math.abs(said - truth) <= Math.max(0.1, 0.02 * truth)
      const clear = windows.filter(({ measurement }) => !flagged(measurement))
      const cells = quantiles.map((q, at) => {
        const errors = windows.map(({ said, truth }) => said[at] - truth[at])
        const hits = clear.filter(({ said, truth }) => within(said[at], truth[at])).length
        return `p${q * 100} ${median(windows.map(({ said }) => said[at])).toFixed(3)} ms, truth ${median(windows.map(({ truth }) => truth[at])).toFixed(3)}, off by ${median(errors).toFixed(3)} (${range(errors)}), goal met in ${hits} of ${clear.length}`
      })
      const name = order.kind === 'closed' ? `closed, ${order.connections} connections` : `open, ${order.perSecond}/s`
      console.log(`  ${name}: ${disturbed ? `all ${of} windows were disturbed` : `${windows.length} undisturbed windows of ${of}`}, ${windows.length - clear.length} flagged\n    ${cells.join('\n    ')}`)
    }
    closeSync(server)
    await settle()
  }
}

async function stall() {
  console.log('\n2 a stall of 1 s, 1000 requests/s for 10 s: truth p50 about 0.2, p99 900, max 1000 ms')
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const server = await startStallingServer()
    const measurement = await agent.load(server.origin, openLoad(1000, 50, 1, 'constant'), 10)
    const [p50, , p99] = timesOf(measurement.responseTime)
    const [, , service] = timesOf(measurement.serviceTime)
    console.log(
      `  response time p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(0)}, max ${(measurement.responseTime.maxUs / 1000).toFixed(0)} ms; service time p99 ${service.toFixed(1)} ms`,
    )
    closeSync(server)
  }
}

async function agreement() {
  if (!wrk.available) return console.log('\n3 wrk is not installed')
  const server = await startTruthServer({ delayUs: 2_000, slowEvery: 0, slowUs: 0 })
  console.log(`\n3 beside wrk, a constant delay of 2 ms, n = ${rounds}`)
  for (const connections of [1, 8, 32]) {
    const ours = []
    const theirs = []
    await window(server, { kind: 'closed', connections }, 1)
    for (let round = 0; round < rounds; round++) {
      const turns = [
        async () => ours.push(await window(server, { kind: 'closed', connections })),
        async () => theirs.push(await wrk.closed(server.origin, connections, seconds)),
      ]
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
        await turn()
        await settle()
      }
    }
    const rates = ours.map(({ measurement: { counts, durationMs } }, at) => counts.ok / (durationMs / 1000) / theirs[at].perSecond)
    const medians = ours.map(({ said }, at) => said[0] - theirs[at].p50Ms)
    console.log(
      `  ${connections} connections: throughput ${median(rates).toFixed(3)} of wrk (${range(rates)}); p50 ${median(ours.map(({ said }) => said[0])).toFixed(2)} ms, wrk ${median(theirs.map(({ p50Ms }) => p50Ms)).toFixed(2)}, apart by ${median(medians).toFixed(2)} (${range(medians)})`,
    )
  }
  closeSync(server)
}

async function sweep() {
  const server = await startTruthServer({ delayUs: 2_000, slowEvery: 0, slowUs: 0 })
  const nothing = await startNullServer()
  console.log(`\n4 sweep: constant delay of 2 ms, more and more load; what the agent adds to the truth, n = ${rounds}`)
  const ceilings = new Map()
  const ceilingOf = async (connections) => {
    if (!ceilings.has(connections)) {
      const { windows } = await agent.load(nothing.origin, { kind: 'closed', connections }, 2)
      ceilings.set(connections, Math.max(...windows.map(({ ok, durationMs }) => ok / (durationMs / 1000))))
    }
    return ceilings.get(connections)
  }
  await ceilingOf(256)
  const ceiling = ceilings.get(256)
  const orders = [
    ...[4, 8, 16, 32, 48, 64, 80, 96, 112, 128, 160, 200].map((connections) => ({ kind: 'closed', connections })),
    ...[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => openLoad(Math.round(ceiling * share), 256, 1)),
  ]
  const points = []
  for (let round = 0; round < rounds; round++)
    for (const order of orders) {
      const { measurement, waited, truth, said } = await window(server, order)
      const length = measurement.durationMs / 1000
      points.push({
        order,
        waited,
        loop: measurement.agent.eventLoopUtilisation,
        cpu: measurement.agent.cpuSeconds / length,
        share: measurement.counts.ok / length / (await ceilingOf(order.connections)),
        perSecond: measurement.counts.ok / length,
        added: said.map((ms, at) => ms - truth[at]),
        truth,
      })
    }
  closeSync(server)
  closeSync(nothing)

  // Better than nothing, and marked as such: what other work adds is then in these figures too.
  const calm = undisturbed(points)
  const good = calm.length >= points.length / 4 ? calm : points
  console.log(`  ${calm.length} undisturbed windows of ${points.length}${good === points ? ', too few: ALL ARE SHOWN' : ''}; ceiling with 256 connections ${ceiling.toFixed(0)} requests/s`)
  for (const kind of ['closed', 'open']) {
    console.log(`\n  ${kind} load\n                              requests/s  event loop  CPU   of ceiling   adds to p50    p90    p99 ms  (truth p50   p99)`)
    for (const order of orders.filter((order) => order.kind === kind)) {
      const here = good.filter((point) => point.order === order)
      if (here.length === 0) continue
      const mid = (of) => median(here.map(of))
      const name = kind === 'closed' ? `${order.connections} connections` : `${order.perSecond}/s offered`
      console.log(
        `  ${name.padEnd(20)}${`n = ${here.length}`.padStart(8)}${mid(({ perSecond }) => perSecond).toFixed(0).padStart(10)}${mid(({ loop }) => loop).toFixed(2).padStart(12)}${mid(({ cpu }) => cpu).toFixed(2).padStart(6)}${mid(({ share }) => share).toFixed(2).padStart(12)}` +
          `${quantiles.map((_, at) => mid(({ added }) => added[at]).toFixed(2).padStart(at === 0 ? 14 : 7)).join('')}` +
          `${mid(({ truth }) => truth[0]).toFixed(2).padStart(13)}${mid(({ truth }) => truth[2]).toFixed(2).padStart(7)}`,
      )
    }
  }
  // Windows of every load together, by how full the agent was in each.
  for (const [measure, title] of [
    ['loop', 'event loop'],
    ['cpu', 'CPU share'],
    ['share', 'share of the ceiling'],
  ]) {
    console.log(`\n  by ${title}: median (90th percentile) of what is added to p50, p90, p99 in ms`)
    for (let from = 0; from < 1; from = Math.round((from + 0.1) * 10) / 10) {
      const here = good.filter((point) => point[measure] >= from && (point[measure] < from + 0.1 || from >= 0.9))
      if (here.length === 0) continue
      const cells = quantiles.map((_, at) => {
        const added = here.map((point) => point.added[at]).toSorted((a, b) => a - b)
        return `${median(added).toFixed(2)} (${added[Math.ceil(0.9 * added.length) - 1].toFixed(2)})`.padStart(16)
      })
      console.log(`    ${from.toFixed(1)}${from >= 0.9 ? ' up ' : `–${(from + 0.1).toFixed(1)}`} n = ${String(here.length).padStart(3)} ${cells.join('')}`)
    }
  }
}
