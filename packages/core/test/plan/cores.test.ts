import type { LogicalCpu } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { assignCores } from '../../src/index.js'

/** n cores, each with `threads` hardware threads numbered as Linux does: first all first threads, then the siblings. */
function machine(cores: number, { threads = 1, efficiency = 0, l3 = 1 } = {}): LogicalCpu[] {
  return Array.from({ length: cores * threads }, (_, id) => {
    const core = id % cores
    return {
      id,
      core,
      package: 0,
      l3: Math.floor((core * l3) / cores),
      kind: core >= cores - efficiency ? 'efficiency' : 'performance',
    }
  })
}

const PREDICT = { target: 1, services: [] }
const RANKNET = { target: 2, services: [{ name: 'postgres', cpus: 3 }] }
const QUOTAS = { ...RANKNET, quotas: true }

describe('assignCores', () => {
  it.each([
    {
      because: 'on two cores the target has one and everything else the other',
      cpus: machine(2),
      demand: PREDICT,
      target: [1],
      services: {},
      agent: [0],
      orchestrator: [0],
    },
    {
      because: 'on two cores a service shares with the agent',
      cpus: machine(2),
      demand: RANKNET,
      target: [1],
      services: { postgres: [0] },
      agent: [0],
      orchestrator: [0],
    },
    {
      because: 'on four cores CPU 0 is left to the system',
      cpus: machine(4),
      demand: PREDICT,
      target: [1],
      services: {},
      agent: [2, 3],
      orchestrator: [0],
    },
    {
      because: 'on four cores caps are scaled down until nobody shares',
      cpus: machine(4),
      demand: RANKNET,
      target: [1],
      services: { postgres: [2] },
      agent: [3],
      orchestrator: [0],
    },
    {
      because: 'on eight cores all get what they ask for',
      cpus: machine(8),
      demand: RANKNET,
      target: [1, 2],
      services: { postgres: [3, 4, 5] },
      agent: [6, 7],
      orchestrator: [0],
    },
    {
      because: 'on sixteen cores the agent has four at most',
      cpus: machine(16),
      demand: RANKNET,
      target: [1, 2],
      services: { postgres: [3, 4, 5] },
      agent: [6, 7, 8, 9],
      orchestrator: [0],
    },
    {
      because: 'siblings stay idle',
      cpus: machine(4, { threads: 2 }),
      demand: PREDICT,
      target: [1],
      services: {},
      agent: [2, 3],
      orchestrator: [0],
    },
    {
      because: 'performance cores go to the target first',
      cpus: machine(8, { efficiency: 4 }),
      demand: { target: 2, services: [] },
      target: [1, 2],
      services: {},
      agent: [3, 4, 5, 6],
      orchestrator: [0],
    },
    {
      because: 'a role stays under one cache',
      cpus: machine(8, { l3: 2 }),
      demand: { target: 4, services: [] },
      target: [4, 5, 6, 7],
      services: {},
      agent: [1, 2, 3],
      orchestrator: [0],
    },
    {
      because: 'without a cap the target has all cores, on a small machine',
      cpus: machine(2),
      demand: { ...PREDICT, target: 0 },
      target: [0, 1],
      services: {},
      agent: [0],
      orchestrator: [0],
    },
    {
      because: 'and on a large one, where the other roles have what they had beside a target of one core',
      cpus: machine(8, { threads: 2 }),
      demand: { ...RANKNET, target: 0 },
      target: [0, 1, 2, 3, 4, 5, 6, 7],
      services: { postgres: [2, 3, 4] },
      agent: [5, 6, 7],
      orchestrator: [0],
    },
    {
      because: 'under quotas target and services share what holds them together',
      cpus: machine(7),
      demand: QUOTAS,
      target: [1, 2, 3, 4, 5],
      services: { postgres: [1, 2, 3, 4, 5] },
      agent: [6],
      orchestrator: [0],
    },
    {
      because: 'and all but four cores for the agent on a large machine, as containers of the source had all',
      cpus: machine(16),
      demand: QUOTAS,
      target: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      services: { postgres: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
      agent: [12, 13, 14, 15],
      orchestrator: [0],
    },
    {
      because: 'where they do not fit caps are whole cores, as without quotas',
      cpus: machine(4),
      demand: QUOTAS,
      target: [1],
      services: { postgres: [2] },
      agent: [3],
      orchestrator: [0],
    },
    {
      because: 'one core is shared by all',
      cpus: machine(1),
      demand: PREDICT,
      target: [0],
      services: {},
      agent: [0],
      orchestrator: [0],
    },
  ])('$because', ({ cpus, demand, target, services, agent, orchestrator }) => {
    expect(assignCores(cpus, demand)).toMatchObject({ target, services, agent, orchestrator })
  })

  it('names who shares, and what was scaled down', () => {
    const assignment = assignCores(machine(2), RANKNET)
    expect(assignment.shared).toEqual([['postgres', 'agent', 'orchestrator']])
    expect(assignment.notes).toEqual([
      'the target gets 1 of 2 cores: this machine has 2',
      'postgres shares one core with others, and asks for 3',
    ])
  })

  it('says that quotas do not fit', () => {
    expect(assignCores(machine(2), QUOTAS).notes).toEqual([
      'caps are whole cores here: as quotas they need 7 cores, and this machine has 2',
      ...assignCores(machine(2), RANKNET).notes,
    ])
    expect(assignCores(machine(7), QUOTAS)).toMatchObject({ shared: [['target', 'postgres']], notes: [] })
  })

  it('says nothing when all got what they asked for', () => {
    expect(assignCores(machine(8), RANKNET)).toMatchObject({ shared: [], notes: [] })
  })

  it('says that siblings stay idle', () => {
    expect(assignCores(machine(4, { threads: 2 }), PREDICT).notes).toEqual([
      '4 SMT siblings stay idle: each role gets whole cores',
    ])
  })

  it.each(
    [2, 3, 4, 5, 6, 7, 8, 12, 16, 64].flatMap((cores) => [PREDICT, RANKNET].map((demand) => ({ cores, demand }))),
  )('never shares the target on $cores cores, and gives everyone something', ({ cores, demand }) => {
    const { target, services, agent, shared } = assignCores(machine(cores), demand)
    expect(shared.flat()).not.toContain('target')
    for (const role of [target, agent, ...Object.values(services)]) expect(role.length).toBeGreaterThan(0)
  })
})
