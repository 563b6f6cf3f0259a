#!/usr/bin/env node
/**
 * Whether the load agent tells the truth, against servers that know it, and what that costs beside other generators.
 *
 *   node benchmarks/truth.mjs [--rounds 5] [--seconds 3] [--parts 1,2,3] [--connections 1,8,64,256]
 *
 * 1 throughput and percentiles, closed and open load      goals: throughput within 0.5 %; percentiles within 2 % or 0.1 ms
 * 2 stalls, connections never answered, mixed requests    goals: p99 within 2 %; all of them named
 * 3 CPU time a request, throughput and median beside plain autocannon and, where installed, wrk, in turns
 *
 * The truth is what the server says of itself for the same interval: on a machine with other work its delays are longer than
 * they were set. Windows in which the kernel kept server or agent waiting for a core for more than 1 % of the time are left
 * out, whatever their figures, as far as others remain; windows that the agent flags itself are counted and left out of the
 * goals. From where on the agent lies is measured by agent-sweep.mjs.
 */
import {
  closeSync,
  conditions,
  median,
  openAgent,
  openTruthServer,
  options,
  pinned,
  plainAutocannon,
  predictWork,
  range,
  settle,
  wrk,
} from './lib/agent.mjs'
import { QUANTILES, spread, takeWindow, windowsUntil } from './lib/windows.mjs'

const { rounds, seconds, parts, connections } = options({ rounds: 5, seconds: 3, parts: [1, 2, 3], connections: [1, 8, 64, 256] })
const closed = (count) => ({ kind: 'closed', connections: count })
const open = (perSecond, count = 256, arrivals = 'exponential') => ({ kind: 'open', perSecond, connections: count, arrivals, seed: 1 })
const constant = (delayUs) => ({ behaviour: 'constant', delayUs })
const everyFiftieth = (delayUs, slowUs) => ({ behaviour: 'sometimes', delayUs, slowEvery: 50, slowUs })
const within = (said, truth) => Math.abs(said - truth) <= Math.max(0.1, 0.02 * truth)

const agent = await openAgent()
console.log(`generators on ${pinned.generator}; ${rounds} rounds of ${seconds} s; ${conditions()}`)
try {
  if (parts.includes(1)) await accuracy()
  if (parts.includes(2)) await situations()
  if (parts.includes(3)) await cost()
  console.log(`\nat the end: ${conditions()}`)
} finally {
  await agent.close()
}

async function accuracy() {
  const queue = { behaviour: 'queue', serviceUs: 1000, distribution: 'exponential' }
  const cases = [
    ['constantly 0.3 ms', constant(300), [closed(1), closed(8), open(200), open(2000)]],
    ['constantly 2 ms', constant(2000), [closed(1), closed(8), open(200), open(2000), open(5000), open(10_000), open(20_000)]],
    ['constantly 20 ms', constant(20_000), [closed(8), closed(64), closed(256)]],
    ['constantly 900 ms', constant(900_000), [closed(64)], Math.max(5, seconds)],
    ['2 ms, every 50th 50 ms', everyFiftieth(2000, 50_000), [closed(1), closed(8), open(500)]],
    ['20 ms, every 50th 100 ms', everyFiftieth(20_000, 100_000), [closed(8), closed(64), open(500)]],
    ['a queue of exponential times, 1 ms', queue, [open(500), open(800)]],
    ['waves of a second', { behaviour: 'wave', periodUs: 1_000_000 }, [closed(64)], 3.5],
  ]
  for (const [what, settings, orders, length = seconds] of cases) {
    const server = await openTruthServer(settings)
    console.log(`\n1 ${what}`)
    for (const order of orders) await row(server, order, length)
    closeSync(server)
    await settle()
  }
}

/** One line for the windows of a load, and one for each percentile. */
async function row(server, order, length, load) {
  await takeWindow(agent, server, order, 1, load)
  const { windows, of, disturbed } = await windowsUntil(rounds, 2, () => takeWindow(agent, server, order, length, load))
  const clear = windows.filter((window) => !window.flagged)
  const name = order.kind === 'closed' ? `closed, ${order.connections} connections` : `open, ${order.perSecond}/s`
  const count = disturbed ? `all ${of} windows were disturbed` : `${windows.length} undisturbed windows of ${of}`
  const rates = windows.map(({ rate }) => (rate - 1) * 100)
  const rateHits = clear.filter(({ rate }) => Math.abs(rate - 1) <= 0.005).length
  console.log(
    `  ${name}: ${count}, ${windows.length - clear.length} flagged; throughput off by ${spread(rates)} %, goal met in ${rateHits} of ${clear.length}`,
  )
  for (const [at, q] of QUANTILES.entries()) {
    const errors = windows.map((window) => window.said[at] - window.true[at])
    const hits = clear.filter((window) => within(window.said[at], window.true[at])).length
    console.log(
      `    p${(q * 100).toString().padEnd(3)} truth ${median(windows.map((window) => window.true[at])).toFixed(3)} ms, off by ${spread(errors, 3)}, goal met in ${hits} of ${clear.length}`,
    )
  }
}

async function situations() {
  const stalling = await openTruthServer(constant(2000))
  console.log('\n2 a stall of 0.5 s in 5 s of 200 requests/s: p99 of response time')
  for (const [where, afterMs] of [['first', 200], ['middle', 2400], ['last', 4700]]) {
    const onOpening = () => void stalling.stall(afterMs, 500)
    const { windows } = await windowsUntil(rounds, 1, () =>
      takeWindow(agent, stalling, open(200, 256, 'constant'), 5, { onOpening }),
    )
    const errors = windows.map((window) => (window.said[2] / window.true[2] - 1) * 100)
    console.log(
      `  in the ${where} tenth: truth ${median(windows.map((window) => window.true[2])).toFixed(0)} ms, off by ${spread(errors)} %`,
    )
  }
  closeSync(stalling)

  const starving = await openTruthServer({ behaviour: 'starve', delayUs: 5000, starved: 56 })
  const starved = await takeWindow(agent, starving, closed(64), seconds, { settleMs: 2500 })
  const { silentConnections, account } = starved.measurement.window
  console.log(
    `\n2 56 of 64 connections are never answered: ${silentConnections} named, ${((100 * account.unendedMs) / account.connectionMs).toFixed(1)} % of their time in requests without an end, throughput off by ${((starved.rate - 1) * 100).toFixed(2)} %`,
  )
  closeSync(starving)

  const answerBytes = 1 << 20
  const mixed = await openTruthServer({ behaviour: 'bimodal', delayUs: 5000, longFromBytes: 1000, longUs: 40_000, answerBytes })
  await agent.prepare(mixedWork(answerBytes))
  console.log('\n2 every fourth request takes 40 ms and not 5, and one answer of 64 is of 1 MB')
  await row(mixed, closed(8), seconds)
  await agent.prepare(predictWork)
  closeSync(mixed)
}

/** 64 requests: every fourth with a long body, one with a long answer. */
function mixedWork(answerBytes) {
  const [request, golden] = [predictWork.requests[0], predictWork.golden[0]]
  const each = (make) => Array.from({ length: 64 }, (_, index) => make(index))
  return {
    ...predictWork,
    requests: each((index) =>
      index === 63
        ? { ...request, path: '/long' }
        : { ...request, method: 'POST', body: 'x'.repeat(index % 4 === 0 ? 2000 : 20) },
    ),
    golden: each((index) => (index === 63 ? { ...golden, body: golden.body.padEnd(answerBytes, '\n') } : golden)),
  }
}

async function cost() {
  const server = await openTruthServer(constant(2000))
  console.log(`\n3 a constant delay of 2 ms, in turns, n = ${rounds}${wrk.available ? '' : '; wrk is not installed'}`)
  const generators = {
    agent: (count) => agent.closed(server.origin, count, seconds),
    autocannon: (count) => plainAutocannon(server.origin, count, seconds),
    ...(wrk.available ? { wrk: (count) => wrk.closed(server.origin, count, seconds) } : {}),
  }
  const names = Object.keys(generators)
  for (const count of connections) {
    const reached = Object.fromEntries(names.map((name) => [name, []]))
    for (let round = 0; round < rounds; round++)
      // Another order in each round, so that none always comes after the same one.
      for (const index of names.keys()) {
        const name = names[(index + round) % names.length]
        await server.forget()
        reached[name].push(await generators[name](count))
        await settle()
      }
    console.log(`  ${count} connections`)
    const beside = names.at(-1)
    for (const [name, runs] of Object.entries(reached)) {
      const paired = (of) => runs.map((run, round) => of(run) / of(reached[beside][round]))
      const medians = runs.map(({ p50Ms }) => p50Ms).filter((ms) => ms !== undefined)
      console.log(
        `    ${name.padEnd(11)}${median(runs.map(({ perSecond }) => perSecond)).toFixed(0).padStart(7)} requests/s, ${median(paired(({ perSecond }) => perSecond)).toFixed(3)} of ${beside} (${range(paired(({ perSecond }) => perSecond))});` +
          `  ${median(runs.map(({ cpuUs }) => cpuUs)).toFixed(1)} µs CPU a request, ${median(paired(({ cpuUs }) => cpuUs)).toFixed(2)} of ${beside}'s (${range(paired(({ cpuUs }) => cpuUs))})` +
          (medians.length > 0 ? `;  p50 ${median(medians).toFixed(2)} ms` : ''),
      )
    }
  }
  closeSync(server)
}
