/** Without hosts.yaml nothing changes: plans are byte for byte those that were stored before there was one. */
import type { HostFacts, LogicalCpu } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Catalogue, type PlanRequest, parseMatrix, planMatrix } from '../../src/index.js'
import { aPlanRequest, GIB } from '../builders.js'
import { aScenarioSpec, aService } from '../specs.js'

const variant = (name: string, scenarios: string[]) => ({
  name,
  summary: name,
  env: {},
  replicas: 1,
  proxy: null,
  command: null,
  scenarios,
  role: 'contender' as const,
  alternative: false,
  standIn: null,
})
const aTarget = (name: string, scenarios: string[]) => ({
  name,
  folder: `/p/targets/${name}`,
  language: name.split('-', 1)[0] as string,
  stack: ['x'],
  summary: name,
  scenarios,
  requires: [],
  readyTimeoutMs: 1000,
  variants: [variant('default', scenarios), variant('tuned', scenarios)],
  yaml: '',
  dockerfile: '',
})
const postgres = { ...aService, name: 'postgres', image: 'postgres', cpus: 3, memoryBytes: GIB }
const catalogue: Catalogue = {
  broken: [],
  claims: [],
  matrix: parseMatrix(
    'matrix.yaml',
    `profiles:
  default: { budget: 60m, repetitions: { min: 5, max: 8 }, warmUp: { min: 2s, max: 10s }, window: 5s, curve: 4 }
  quick: { budget: 5m, repetitions: { min: 1, max: 1 }, warmUp: { min: 1s, max: 2s }, window: 1s, onlyMainLoad: true }
`,
    [],
  ),
  scenarios: [
    aScenarioSpec('predict', {
      loads: [
        { kind: 'closed', connections: 1 },
        { kind: 'closed', connections: 64 },
        { kind: 'open', fraction: 0.5, connections: 256, arrivals: 'exponential' },
      ],
    }),
    aScenarioSpec('ranknet', { target: { ...aService, cpus: 2 }, services: [postgres] }),
    aScenarioSpec('shared', {
      target: { ...aService, cpus: 2, quota: true },
      services: [{ ...postgres, cpus: 1.5, quota: true }],
      quotas: true,
    }),
    aScenarioSpec('uncapped', { target: { ...aService, cpus: 0 } }),
  ],
  targets: [
    aTarget('go-chi', ['predict', 'ranknet', 'shared', 'uncapped']),
    aTarget('node-express', ['predict', 'ranknet']),
  ],
}

/** n processors; with threads, two of each core. */
const cpus = (count: number, threads = 1): LogicalCpu[] =>
  Array.from({ length: count }, (_, id) => ({
    id,
    core: id % (count / threads),
    package: 0,
    l3: 0,
    kind: 'performance' as const,
  }))
const on = (machine: readonly LogicalCpu[], changes: Partial<PlanRequest> = {}): PlanRequest => {
  const usual = aPlanRequest(catalogue)
  const host: HostFacts = { ...usual.host, cpus: [...machine] }
  return { ...usual, seed: 7, host, ...changes }
}

describe('a plan of one machine', () => {
  it.each([
    { name: 'quick-two-cores', request: on(cpus(2), { profile: 'quick' }) },
    { name: 'one-core', request: on(cpus(1)) },
    { name: 'default-four-cores', request: on(cpus(4)) },
    { name: 'threads', request: on(cpus(16, 2), { selection: { scenarios: ['ranknet', 'shared'], targets: null } }) },
    {
      name: 'virtual-machine',
      request: on([], { engine: { ...on([]).engine, sameKernel: false, cpus: 6 }, repetitions: 2 }),
    },
  ])('is what it was: $name', async ({ name, request }) => {
    await expect(`${JSON.stringify(planMatrix(request), null, 1)}\n`).toMatchFileSnapshot(`stored/${name}.json`)
  })
})
