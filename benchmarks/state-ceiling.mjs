#!/usr/bin/env node
/**
 * What the load agent reaches when it fills values into requests, beside the same requests as they stand: all in one run, in turns, on the
 * same core, against the null server on another one.
 *
 *   node benchmarks/state-ceiling.mjs [--rounds 5] [--seconds 3] [--connections 1,64,256]
 *
 * Prints medians over the rounds, and ratios to fixed requests paired within a round. Each pair sends as many bytes:
 *
 * - filled: a counter in the path and three values in a body of JSON, so that its length changes
 * - captured: a value from every answer, used in the next request of the connection
 */
import { closeSync, conditions, median, openAgent, options, pinned, range, settle, startNullServer } from './lib/agent.mjs'

const { rounds, seconds, connections } = options({ rounds: 5, seconds: 3, connections: [1, 64, 256] })
const server = await startNullServer()
const agent = await openAgent()
console.log(`${server.what}; agent on ${pinned.generator}; ${rounds} rounds of ${seconds} s; ${conditions()}`)

const ANSWER = { status: 200, contentType: 'text/plain', body: 'Prediction: Iris-Setosa' }
const JSON_HEADERS = { 'content-type': 'application/json' }
const post = (path, body) => ({ method: 'POST', path, headers: JSON_HEADERS, body })
const work = (requests, state = null) => ({
  requests,
  golden: requests.map(() => ANSWER),
  compare: 'exact',
  tolerance: 0,
  seed: 1,
  respell: null,
  state: state && { traffic: null, before: [], after: [], secrets: {}, countFrom: 0, ...state },
})
const CREATE = { name: 'create', ...post('/orders', '{"customer":"ada"}') }

/** Pairs of the same traffic, once as it stands and once filled in. */
const works = {
  fixed: work([post('/orders/1000001', '{"key":1000001,"customer":"ada","quantity":5}')]),
  filled: work([post('/orders/{{key}}', '{"key":{{key}},"customer":"{{customer}}","quantity":{{quantity}}}')], {
    values: {
      key: { kind: 'counter', from: 1 },
      customer: { kind: 'pick', items: ['ada', 'grace'] },
      quantity: { kind: 'between', least: 1, most: 9 },
    },
  }),
  'fixed pair': work([CREATE, { name: 'read', method: 'GET', path: '/orders/Iris-Setosa', headers: {}, body: null }]),
  captured: work(
    [
      { ...CREATE, capture: { id: { from: 'body', regex: 'Iris-(\\w+)' } } },
      { name: 'read', method: 'GET', path: '/orders/Iris-{{id}}', headers: {}, body: null },
    ],
    { values: { id: { kind: 'captured', from: 'connection' } }, traffic: [{ weight: 1, send: ['create', 'read'] }] },
  ),
}
const PAIRS = [
  ['filled', 'fixed'],
  ['captured', 'fixed pair'],
]

try {
  await agent.closed(server.origin, 64, 2) // cold code reaches half
  for (const count of connections) {
    const reached = Object.fromEntries(Object.keys(works).map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      // Another order in each round, so that none always comes after the same one.
      const names = Object.keys(works)
      for (let i = 0; i < names.length; i++) {
        const name = names[(i + round) % names.length]
        await agent.prepare(works[name])
        reached[name].push(await agent.closed(server.origin, count, seconds))
        await settle()
      }
    }
    console.log(`\n${count} connections (n = ${rounds})`)
    for (const [name, fixed] of PAIRS) {
      const faster = reached[name].map(({ perSecond }, round) => perSecond / reached[fixed][round].perSecond)
      const cheaper = reached[name].map(({ cpuUs }, round) => reached[fixed][round].cpuUs / cpuUs)
      for (const each of [fixed, name]) {
        const perSecond = Math.round(median(reached[each].map((run) => run.perSecond)))
        const cpuUs = median(reached[each].map((run) => run.cpuUs))
        console.log(`  ${each.padEnd(11)}${String(perSecond).padStart(8)} requests/s, ${cpuUs.toFixed(1)} µs CPU a request`)
      }
      console.log(
        `  ${name} ÷ ${fixed}: ${median(faster).toFixed(2)} (${range(faster)}) of its requests, ${median(cheaper).toFixed(2)} (${range(cheaper)}) by CPU time; ${median(faster) >= 0.7 ? 'kept' : 'NOT KEPT'}: at least 0.70`,
      )
    }
  }
} finally {
  await agent.close()
  closeSync(server)
}
