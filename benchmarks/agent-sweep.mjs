#!/usr/bin/env node
/**
 * From where on the load agent lies: more and more load on one core over a server of a constant delay of 2 ms, and what the
 * agent adds to the truth. The thresholds of the verdict agent-bound come from it.
 *
 *   node benchmarks/agent-sweep.mjs [--rounds 5] [--seconds 3]
 *
 * Windows that other work disturbed are left out as in truth.mjs.
 */
import { closeSync, conditions, median, openAgent, openTruthServer, options, pinned, perSecondOf, startNullServer } from './lib/agent.mjs'
import { QUANTILES, takeWindow, undisturbed } from './lib/windows.mjs'

const { rounds, seconds } = options({ rounds: 5, seconds: 3 })
const open = (perSecond, connections) => ({ kind: 'open', perSecond, connections, arrivals: 'exponential', seed: 1 })

const agent = await openAgent()
console.log(`generators on ${pinned.generator}; ${rounds} rounds of ${seconds} s; ${conditions()}`)
try {
  await sweep()
  console.log(`\nat the end: ${conditions()}`)
} finally {
  await agent.close()
}

async function sweep() {
  const server = await openTruthServer({ behaviour: 'constant', delayUs: 2000 })
  const nothing = await startNullServer()
  console.log(`\na constant delay of 2 ms, more and more load; what the agent adds to the truth, n = ${rounds}`)
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
    ...[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => open(Math.round(ceiling * share), 256)),
  ]
  const points = []
  for (let round = 0; round < rounds; round++)
    for (const order of orders) {
      const { measurement, waited, said, true: truth } = await takeWindow(agent, server, order, seconds)
      const length = measurement.durationMs / 1000
      points.push({
        order,
        waited,
        loop: measurement.agent.eventLoopUtilisation,
        cpu: measurement.agent.cpuSeconds / length,
        share: perSecondOf(measurement) / (await ceilingOf(order.connections)),
        perSecond: perSecondOf(measurement),
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
          `${QUANTILES.map((_, at) => mid(({ added }) => added[at]).toFixed(2).padStart(at === 0 ? 14 : 7)).join('')}` +
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
      const cells = QUANTILES.map((_, at) => {
        const added = here.map((point) => point.added[at]).toSorted((a, b) => a - b)
        return `${median(added).toFixed(2)} (${added[Math.ceil(0.9 * added.length) - 1].toFixed(2)})`.padStart(16)
      })
      console.log(`    ${from.toFixed(1)}${from >= 0.9 ? ' up ' : `–${(from + 0.1).toFixed(1)}`} n = ${String(here.length).padStart(3)} ${cells.join('')}`)
    }
  }
}
