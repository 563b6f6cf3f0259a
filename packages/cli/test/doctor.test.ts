import type { FirstRun } from '@bakeoff/core'
import { describe, expect, it } from 'vitest'
import { firstRunFinding } from '../src/commands/doctor.js'
import { toPlanOptions } from '../src/commands/shared/planning.js'
import { engineToCome, readFirstRuns } from '../src/first-run.js'
import { makePlan } from '../src/planning.js'
import { readCatalogue } from '../src/project.js'
import type { PlannedOn } from '../src/workbench.js'

const GIB = 1024 ** 3
const run: FirstRun = {
  images: 31,
  missing: ['bakeoff/target/go-net-http'],
  buildMs: 14 * 60_000,
  imageBytes: 6 * GIB,
  diskBytes: 18 * GIB,
  measuringMs: { least: 8 * 60_000, most: 8 * 60_000 },
}

describe('doctor on what a run will take', () => {
  it.each([
    {
      because: 'all is fine',
      hasEngine: true,
      free: 100 * GIB,
      state: 'ok',
      says: /^about 14 min of building .* then 8 min/,
    },
    { because: 'the disk cannot be read', hasEngine: true, free: null, state: 'ok', says: /^about 14 min/ },
    {
      because: 'there is no engine',
      hasEngine: false,
      free: 100 * GIB,
      state: 'ok',
      says: /^an engine is set up first; then about/,
    },
    {
      because: 'the disk is too small',
      hasEngine: true,
      free: 10 * GIB,
      state: 'warn',
      says: /about 18 GiB, and 10 GiB are free/,
    },
  ])('$because', ({ hasEngine, free, state, says }) => {
    const finding = firstRunFinding(run, hasEngine, free)
    expect(finding).toMatchObject({ state, found: expect.stringMatching(says) })
    expect(finding.todo !== null).toBe(state === 'warn')
  })

  it('without an engine everything shipped is to be built, and its size is known', async () => {
    const root = new URL('../../..', import.meta.url).pathname
    const project = { root, home: root, reports: '/nowhere' }
    const host = {
      os: 'Linux',
      architecture: 'x64',
      cpus: [{}, {}],
      memoryBytes: 24 * GIB,
    } as unknown as PlannedOn['host']
    const machine = { host, engine: { facts: engineToCome(host), holes: [] } }
    const catalogue = readCatalogue(project)
    const options = toPlanOptions({ scenario: ['predict'], target: ['go-net-http'] })
    const plan = makePlan({ project, catalogue, machine }, options, new Date(0))
    const [first] = await readFirstRuns(project, catalogue, [plan], null)
    expect(first?.missing).toEqual(expect.arrayContaining(['bakeoff/load-agent', 'bakeoff/target/go-net-http']))
    expect(first?.missing).toHaveLength(first?.images ?? 0)
    expect(first?.imageBytes).toBeGreaterThan(100e6)
    expect(first?.imageBytes).toBeLessThan(0.6e9)
  })
})
