/** Whole runs over engines in network namespaces, as users start them: npm run matrix -- --hosts hosts.yaml. */
import { readFileSync } from 'node:fs'
import type { RunEvent } from '@bakeoff/model'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, whyNoLab } from '../../containers/test/lab/lab.js'
import { endAll, run } from './helpers/command.js'
import {
  type Left,
  labOfRuns,
  leftBy,
  measured,
  ON_HOSTS,
  onHosts,
  prepareHosts,
  rolesOn,
  useHosts,
} from './helpers/lab-runs.js'
import { linkedFile, resultsOf, startUntil } from './helpers/lifecycle.js'
import { TestProject } from './helpers/project.js'

const BOTH = ['--quick', '--scenario', 'predict', '--scenario', 'ranknet']
const project = new TestProject({
  targets: ['node-http', 'go-onnx'],
  parts: ['postgres', 'models', 'ranknet', 'ranknet.yaml'],
})
let lab: Lab
let here: Left

const onLab = describe.skipIf(whyNoLab() !== null)

beforeAll(async () => {
  if (whyNoLab() !== null) return
  ;({ lab, here } = await labOfRuns(project, { args: BOTH, hosts: 3, cores: [[0], [1], [0, 1]] }))
  useHosts(lab, project)
  await prepareHosts(project)
})
afterEach(endAll)
afterAll(async () => {
  await lab?.down()
  project.remove()
})

onLab('a run over three hosts', () => {
  let there: Left
  let roles: string[][]

  beforeAll(async () => {
    const isUnderRanknet = (events: readonly RunEvent[]) =>
      events.some((event) => event.kind === 'slice' && event.entry.startsWith('ranknet/'))
    const { command, runId } = await startUntil(project, [...BOTH, ...ON_HOSTS], isUnderRanknet, 'load of ranknet')
    roles = await Promise.all(['h1', 'h2', 'h3'].map((host) => rolesOn(lab, host)))
    there = leftBy(project, await command.ended, runId)
  })

  it('measures every target, and leaves nothing on any host', async () => {
    expect(there.ended.exitCode, there.ended.stderr).toBe(0)
    expect(there.results.run).toMatchObject({ status: 'complete' })
    expect(there.records.map(({ entry }) => entry).sort()).toEqual(here.records.map(({ entry }) => entry).sort())
    expect(await onHosts(lab)).toEqual([])
  })

  it('has each role on the host that hosts.yaml gives it', () => {
    expect(roles).toEqual([
      ['lease', 'target'],
      ['lease', 'postgres'],
      ['agent', 'lease'],
    ])
    const { site, scenarios } = project.folder(there.id).readPlan()
    expect(site).toMatchObject({
      ...{ file: 'hosts.yaml', network: 'overlay', mtu: 1450 },
      benches: [{ target: 'h1', services: 'h2', agents: ['h3'] }],
    })
    const cores = { target: [0], services: { postgres: [1] }, agent: [0, 1] }
    expect(scenarios.find(({ id }) => id === 'ranknet')?.cores).toMatchObject(cores)
  })

  it('has right answers, and readings of every machine', () => {
    for (const { bench, verification, loads } of there.records) {
      expect(bench).toBe('bench-1')
      expect(verification?.golden.right).toBe(verification?.golden.total)
      for (const { measurement, samples } of loads) {
        expect(measurement.counts).toMatchObject({ wrong: 0, errorStatus: 0, timeouts: 0 })
        expect(Object.values(samples.target).flat().length).toBeGreaterThan(5)
        expect(samples.agent.length).toBeGreaterThan(5)
        expect(samples.host.length).toBeGreaterThan(5)
        expect(samples.machines?.h3?.readings.length).toBeGreaterThan(5)
        expect(samples.clockErrorMs).toBeLessThan(50)
      }
    }
  })

  it('measures the way from the agent to the target before each scenario', () => {
    const links = there.calibrations.map(({ scenario, bench, link }) => ({ scenario, bench, mtu: link?.mtu }))
    expect(links).toEqual(['predict', 'ranknet'].map((scenario) => ({ scenario, bench: 'bench-1', mtu: 1450 })))
    for (const { link } of there.calibrations) {
      expect(link?.roundTripUs).toBeGreaterThan(10)
      expect(link?.bytesPerSecond).toBeGreaterThan(10_000_000)
    }
  })

  it('names hosts, roles and network in its report and its next command', () => {
    const page = readFileSync(linkedFile(there.ended), 'utf8')
    for (const words of ['Target on h1, services on h2, load agent on h3', '10.77.0.12', 'Overlay: packets'])
      expect(page).toContain(words)
    expect(there.results.decision?.next?.command).toContain('--hosts hosts.yaml')
  })

  it('finds no machine that a target could reach', () => {
    expect(there.results.boundary).toMatchObject({ answered: [] })
    expect(there.ended.stderr).not.toContain('targets can reach')
  })

  it('is shown again by --resume and report, which ask no engine', async () => {
    const resumed = await run(project, 'matrix', '--resume', there.id)
    expect(resumed.stderr).toContain(`Run ${there.id} has nothing left to measure`)
    expect((await run(project, 'report', there.id)).exitCode).toBe(0)
    expect(resultsOf(project, there.id)).toMatchObject({ site: there.results.site, entries: there.results.entries })
  })

  it('is never compared with one of this machine', async () => {
    const comparison = await run(project, 'compare', here.id, there.id)
    expect(readFileSync(linkedFile(comparison), 'utf8')).toContain('figures over two kinds are never compared')
    const gate = ['--fail-on', 'regression=5%', '--baseline', here.id]
    const { exitCode, stderr } = await run(project, 'matrix', ...BOTH, ...ON_HOSTS, ...gate)
    expect(exitCode, stderr).toBe(2)
    expect(stderr).toContain('kind of network')
  })
})

onLab('two load agents against one target', () => {
  it('count together', async () => {
    useHosts(lab, project, { benches: [{ target: 'h1', agents: ['h2', 'h3'] }] })
    const args = ['--quick', '--scenario', 'predict', '--target', 'go-net-http', ...ON_HOSTS]
    const { records } = await measured(project, ...args)
    for (const { measurement, samples } of records.flatMap(({ loads }) => loads)) {
      const each = measurement.agent.each ?? []
      expect(each).toHaveLength(2)
      expect(each[0]!.ok + each[1]!.ok).toBeCloseTo(measurement.counts.ok)
      expect(Object.keys(samples.agents ?? {}).sort()).toEqual(['agent-1', 'agent-2'])
    }
    expect(await onHosts(lab)).toEqual([])
  })
})

onLab('without --hosts', () => {
  it('has no word of machines in a run, nor in a plan, whatever files lie there', async () => {
    for (const one of [...here.records, ...here.calibrations]) expect(one).not.toHaveProperty('bench')
    const { stdout } = await run(project, 'plan', '--json')
    for (const plan of [project.folder(here.id).readPlan(), JSON.parse(stdout)]) expect(plan).not.toHaveProperty('site')
  })
})
