/** State between requests, as a run gives it to its agent. */
import type { StateSpec } from '@bakeoff/model'
import { expect, it } from 'vitest'
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

it('cleans up at the end of a check', async () => {
  const ports = fakePorts()
  const plan = aPlan([anEntry('good')], { scenario })
  const { signal } = new AbortController()
  const images = await buildImages(requestsOf(plan, stateful), ports, signal)
  await checkEntry(aRun(plan, ports, { materials: stateful, images }), plan.entries[0]!)
  expect(ports.host.cleanedUp).toHaveLength(1)
})
