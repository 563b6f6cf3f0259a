#!/usr/bin/env node
/**
 * What the load agent reaches against a server that does nothing, beside plain autocannon and, where installed, wrk:
 * all in one run, in turns, on the same core, with the server on another one.
 *
 *   node benchmarks/agent-ceiling.mjs [--rounds 5] [--seconds 3] [--connections 1,64,256]
 *
 * Prints medians over the rounds, and ratios to plain autocannon paired within a round. CPU time for a request says
 * the same and is hardly disturbed by other work on the machine: its inverse is what an undisturbed core would reach.
 */
import { closeSync, conditions, median, openAgent, options, pinned, plainAutocannon, range, settle, startNullServer, wrk } from './lib/agent.mjs'

const { rounds, seconds, connections } = options({ rounds: 5, seconds: 3, connections: [1, 64, 256] })
const server = await startNullServer()
const agent = await openAgent()
console.log(`${server.what}; generators on ${pinned.generator}; ${rounds} rounds of ${seconds} s; ${conditions()}`)

const generators = {
  agent: (count) => agent.closed(server.origin, count, seconds),
  autocannon: (count) => plainAutocannon(server.origin, count, seconds),
  ...(wrk.available ? { wrk: (count) => wrk.closed(server.origin, count, seconds) } : {}),
}
try {
  // The agent's processes stay between loads and are warm after the first; autocannon starts anew each time and warms up by itself.
  await agent.closed(server.origin, 64, 2)
  for (const count of connections) {
    const reached = Object.fromEntries(Object.keys(generators).map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      // Another order in each round, so that none always comes after the same one.
      const names = Object.keys(generators)
      for (let i = 0; i < names.length; i++) {
        const name = names[(i + round) % names.length]
        reached[name].push(await generators[name](count))
        await settle()
      }
    }
    console.log(`\n${count} connections (n = ${rounds})`)
    for (const [name, runs] of Object.entries(reached)) {
      const faster = runs.map(({ perSecond }, round) => perSecond / reached.autocannon[round].perSecond)
      const cheaper = runs.map(({ cpuUs }, round) => reached.autocannon[round].cpuUs / cpuUs)
      console.log(
        `  ${name.padEnd(11)}${String(Math.round(median(runs.map(({ perSecond }) => perSecond)))).padStart(8)} requests/s, ` +
          `${median(faster).toFixed(2)} of plain autocannon (${range(faster)});  ` +
          `${median(runs.map(({ cpuUs }) => cpuUs)).toFixed(1)} µs CPU a request, by which ${median(cheaper).toFixed(2)} (${range(cheaper)})`,
      )
    }
  }
} finally {
  await agent.close()
  closeSync(server)
}
