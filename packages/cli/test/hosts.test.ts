import type { HostFindings, PreparedSwarm, SwarmReadiness } from '@bakeoff/containers'
import { BakeoffError, type HostsSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { preparedWords, questionOf } from '../src/commands/hosts.js'
import { readHosts } from '../src/hosts-file.js'
import { classCheck } from '../src/look-at-site.js'
import { recordingTerminal } from './helpers/terminal.js'

const hosts = [
  { name: 'bench-1', address: '10.10.0.11' },
  { name: 'db-1', address: '10.10.0.12' },
  { name: 'load-1', address: '10.10.0.21' },
]
const manager = { name: 'bench-1' } as Extract<SwarmReadiness, { kind: 'ready' }>['manager']

describe('hosts prepare', () => {
  it.each<{ readiness: SwarmReadiness; question: string | null }>([
    {
      readiness: { kind: 'to-form' },
      question:
        'Form a Docker swarm on bench-1 (10.10.0.11) and let db-1 (10.10.0.12), load-1 (10.10.0.21) join it? npm run hosts -- leave undoes it.',
    },
    {
      readiness: { kind: 'to-join', manager, missing: ['load-1'] },
      question: 'Let load-1 (10.10.0.21) join the swarm of bench-1? npm run hosts -- leave undoes it.',
    },
    { readiness: { kind: 'ready', manager }, question: null },
    { readiness: { kind: 'unusable', problem: '', todo: '' }, question: null },
  ])('asks before it changes something: $readiness.kind', ({ readiness, question }) => {
    expect(questionOf(readiness, hosts)).toBe(question)
  })

  it.each<{ prepared: PreparedSwarm; words: string }>([
    {
      prepared: { manager: 'bench-1', joined: ['bench-1', 'db-1'], formedByBakeoff: true },
      words: 'in the swarm of bench-1 now: bench-1, db-1',
    },
    {
      prepared: { manager: 'bench-1', joined: [], formedByBakeoff: true },
      words: 'all are in the swarm of bench-1',
    },
    {
      prepared: { manager: 'bench-1', joined: [], formedByBakeoff: false },
      words: 'all are in the swarm of bench-1, which Bakeoff did not form: it is used, and never left',
    },
  ])('says: $words', ({ prepared, words }) => expect(preparedWords(prepared)).toBe(words))
})

it('says how to name the file of hosts where there is none', () => {
  expect(() => readHosts('/nowhere/hosts.yaml', recordingTerminal())).toThrow(
    expect.objectContaining({ code: 'BAD_SPEC', hint: expect.stringContaining('--hosts FILE') }),
  )
})

describe('whether benches are of one class', () => {
  const spec: HostsSpec = {
    file: 'hosts.yaml',
    hosts: [],
    benches: ['node-1', 'node-2'].map((id) => ({ id, target: id, services: id, agents: [id] })),
    tolerance: null,
  }
  const found = (name: string, kernel: string, probe = 'asked') =>
    ({
      spec: { name, address: null, docker: '' },
      engine: { name: 'Docker Engine', version: '29.0.0', cpus: 1 },
      facts: { kernel, cpus: [], memoryBytes: null, cpuModel: null, architecture: 'amd64', governor: null },
      probe: { kind: probe },
    }) as unknown as HostFindings
  const unseen = { spec: { name: 'node-2' }, problem: new BakeoffError('NO_ENGINE', 'gone') } as HostFindings

  it.each([
    { because: 'alike', other: found('node-2', '6.12'), state: 'ok', says: /^the benches are alike$/ },
    {
      because: 'other kernels',
      other: found('node-2', '6.1'),
      state: 'bad',
      says: /^kernel: node-1 6.12, node-2 6.1$/,
    },
    { because: 'one is not reached', other: unseen, state: 'ok', says: /can be told when/ },
    { because: 'one has no probe', other: found('node-2', '6.1', 'no-image'), state: 'ok', says: /can be told when/ },
  ])('$because: $state', ({ other, state, says }) => {
    const [line] = classCheck([found('node-1', '6.12'), other], spec)
    expect(line).toMatchObject({ state, found: expect.stringMatching(says) })
  })

  it('is not asked of one bench', () => {
    const one = { ...spec, benches: spec.benches.slice(0, 1) }
    expect(classCheck([found('node-1', '6.12')], one)).toEqual([])
  })
})
