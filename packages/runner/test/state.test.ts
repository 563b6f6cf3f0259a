/** State between requests, as a run gives it to its agent. */
import type { StateSpec } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { workLike } from '../src/canary-work.js'
import { buildImages, checkEntry, requestsOf, runPlan } from '../src/index.js'
import { workOf } from '../src/materials.js'
import { anEntry, aPlan, aRun, aScenario, fakePorts, imageOf, materials } from './builders.js'

const corpus = materials.corpora.get('predict')!
const state: StateSpec = {
  values: { token: { kind: 'secret', variable: 'TOKEN' }, key: { kind: 'counter', from: 1 } },
  traffic: null,
  before: [],
  after: [{ method: 'DELETE', path: '/orders', headers: {}, body: null }],
}
const stateful = {
  ...materials,
  corpora: new Map([['predict', { ...corpus, state }]]),
  secrets: { TOKEN: 'open sesame', OTHER: 'of another scenario' },
}
const planned = { values: { token: 'secret', key: 'counter' }, traffic: null, before: 0, after: 1 } as const
const scenario = aScenario({ state: planned })

it('gives a work the secrets that it sends, and numbers of its own to each repetition', () => {
  expect(workOf(scenario, stateful, 7, 1).state).toMatchObject({ secrets: { TOKEN: 'open sesame' }, countFrom: 0 })
  expect(workOf(scenario, stateful, 7, 3).state?.secrets).not.toHaveProperty('OTHER')
  expect(workOf(scenario, stateful, 7, 3).state?.countFrom).toBe(100_000_000)
  expect(workOf(aScenario(), materials, 7)).not.toHaveProperty('state')
})

it.each([
  { because: 'measured', faults: {}, times: 2 },
  // It is not started again after that.
  { because: 'not verified', faults: { wrongAnswers: [imageOf('good')] }, times: 1 },
])('cleans up at the end of a repetition that was $because', async ({ faults, times }) => {
  const ports = fakePorts(faults)
  const plan = aPlan([anEntry('good')], { scenario, repetitions: 2 })
  await runPlan(aRun(plan, ports, { materials: stateful }), { records: [], calibrations: [] })
  expect(ports.host.cleanedUp).toHaveLength(times)
})

it.each([
  { because: 'went well', faults: {}, outcome: 'passed', got: 'all as expected' },
  {
    because: 'did not',
    faults: { notCleanedUp: 'after, line 1: DELETE /orders: status: expected 200 to 299, got 500' },
    outcome: 'failed',
    got: 'after, line 1: DELETE /orders: status: expected 200 to 299, got 500',
  },
])('cleans up at the end of a check, which says that it $because', async ({ faults, outcome, got }) => {
  const ports = fakePorts(faults)
  const plan = aPlan([anEntry('good')], { scenario })
  const { signal } = new AbortController()
  const images = await buildImages(requestsOf(plan, stateful), ports, signal)
  const report = await checkEntry(aRun(plan, ports, { materials: stateful, images }), plan.entries[0]!)
  expect(ports.host.cleanedUp).toHaveLength(1)
  expect(report.outcome).toBe(outcome)
  expect(report.points.at(-1)).toMatchObject({
    name: 'requests of `after`',
    request: 'the 1 request of `after`',
    got,
    file: 'compose/predict.yaml',
  })
})

it('fills the requests of a canary as those of its scenario are, but for what only its targets know', () => {
  const asked = { ...corpus.requests[0]!, body: '{"key":{{key}},"id":"{{id}}","by":"{{token}}"}' }
  const values = {
    ...state.values,
    id: { kind: 'captured', from: 'pool' },
    unused: { kind: 'counter', from: 1 },
  } as const
  const corpora = new Map([['predict', { ...corpus, requests: [asked], state: { ...state, values } }]])
  const { work } = workLike(scenario, { ...stateful, corpora }, 7)
  expect(work.requests[0]?.body).toBe(asked.body)
  expect(work.state).toMatchObject({
    values: {
      key: { kind: 'counter', from: 1 },
      id: { kind: 'counter', from: 0 },
      token: { kind: 'pick', items: [expect.any(String)] },
    },
    after: [],
    secrets: {},
  })
  expect(work.state?.values).not.toHaveProperty('unused')
  expect(workLike(aScenario(), materials, 7).work.state).toBeNull()
})
