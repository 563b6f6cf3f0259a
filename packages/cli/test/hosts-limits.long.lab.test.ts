/** What a run says when the network or the load agents are the limit, and a run over a fleet. */

import { probeImage } from '@bakeoff/containers'
import type { RunEvent } from '@bakeoff/model'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { dockerOf, type Lab, whyNoLab } from '../../containers/test/lab/lab.js'
import { endAll, run } from './helpers/command.js'
import {
  type Left,
  labOfRuns,
  leftBy,
  measured,
  ON_HOSTS,
  onHosts,
  prepareHosts,
  useHosts,
} from './helpers/lab-runs.js'
import { isLoading, startUntil } from './helpers/lifecycle.js'
import { TestProject } from './helpers/project.js'

const project = new TestProject()
vi.setConfig({ testTimeout: 400_000 })
const onLab = describe.skipIf(whyNoLab() !== null)

afterEach(endAll)
afterAll(() => project.remove())

onLab('a bench of three hosts', () => {
  let lab: Lab

  beforeAll(async () => {
    ;({ lab } = await labOfRuns(project, { args: ['--quick'], hosts: 3, cores: [[0], [1], [0, 1]] }))
    useHosts(lab, project)
    await prepareHosts(project)
  })
  afterAll(() => lab?.down())

  it('has no limit in a network that has room', async () => {
    const free = await measured(project, '--quick', ...ON_HOSTS)
    expect(evidenceOf(free, 'network-bound')).not.toContain('of what its network carries')
  })

  it('is bound by a network that one target fills', async () => {
    await lab.limit('h1', '10mbit')
    const full = await measured(project, '--quick', ...ON_HOSTS)
    await lab.unlimit('h1')
    expect(evidenceOf(full, 'network-bound')).toMatch(/traffic was \d+ % of what its network carries \(limit 70 %\)/)
    expect(full.results.warnings.map(({ what }) => what)).toContain('The network between the machines was the limit')
  })

  it('gives an agent on one core half as many connections as one on two, also when the run is stopped and goes on', async () => {
    useHosts(lab, project, { benches: [{ target: 'h1', agents: ['h2', 'h3'] }] })
    const { records } = await stoppedAndResumed(lab, ['--quick', '--repetitions', '2', ...ON_HOSTS], 1)
    const each = records.flatMap(({ loads }) => loads.flatMap(({ measurement }) => measurement.agent.each ?? []))
    expect(each.map(({ connections }) => connections)).toEqual([22, 42, 22, 42])
  })

  it('has uneven agents where others use the one core of the small one', async () => {
    const end = await busyHost(lab, 'h2')
    const uneven = await measured(project, '--quick', ...ON_HOSTS)
    await end()
    expect(evidenceOf(uneven, 'uneven-agents')).toMatch(/one load agent got \d+ % of what another got/)
    expect(evidenceOf(uneven, 'noisy-host')).toContain('h2')
  })
})

onLab('a fleet of two', () => {
  let lab: Lab

  beforeAll(async () => {
    const cores = [0, 1]
    ;({ lab } = await labOfRuns(project, { args: ['--quick'], hosts: 2, cores: [cores, cores] }))
    useHosts(lab, project, { fleet: ['h1', 'h2'] })
  })
  afterAll(() => lab?.down())

  it('measures whole blocks, goes on where it was stopped, and is measured again', async () => {
    const whole = await stoppedAndResumed(lab, ['--quick', '--repetitions', '4', ...ON_HOSTS], 2)
    const again = await measured(project, '--replay', whole.id)
    for (const { results, records } of [whole, again]) {
      expect(results.run.status).toBe('complete')
      expect(records.map(({ repetition }) => repetition).sort()).toEqual([1, 2, 3, 4])
      expect(new Set(records.map(({ bench }) => bench))).toEqual(new Set(['h1', 'h2']))
      expect(blocksOnSeveral(records)).toEqual([])
    }
    expect(await onHosts(lab)).toEqual([])
  })
})

/** A run that is stopped under load when so many repetitions are measured, and then goes on to its end. */
async function stoppedAndResumed(lab: Lab, args: readonly string[], after: number): Promise<Left> {
  const isThere = (events: readonly RunEvent[]) => {
    const places = events.flatMap((event, index) => (event.kind === 'repetition' ? [index] : []))
    const last = places[after - 1]
    return last !== undefined && isLoading(events.slice(last))
  }
  const { command, runId } = await startUntil(project, args, isThere, `load after ${after} repetitions`)
  command.kill('SIGINT')
  expect((await command.ended).exitCode).toBe(130)
  expect(await onHosts(lab), 'at this moment, not some time later').toEqual([])
  return leftBy(project, await run(project, 'matrix', '--resume'), runId)
}

/** Lets others use all cores of a host. Returns the way back. */
async function busyHost(lab: Lab, host: string): Promise<() => Promise<void>> {
  const docker = dockerOf(lab, host)
  const forEver = { Image: `${probeImage}:latest`, Entrypoint: ['node', '-e', 'for (;;);'], StopSignal: 'SIGKILL' }
  const busy = await Promise.all(Array.from({ length: 4 }, () => docker.createContainer(forEver)))
  await Promise.all(busy.map((one) => one.start()))
  return async () => {
    await Promise.all(busy.map((one) => one.remove({ force: true })))
  }
}

/** What the verdicts of a run say of a cause; empty where there is nothing. */
function evidenceOf({ results }: Left, cause: string): string {
  return results.cells
    .flatMap(({ verdict }) => verdict?.causes ?? [])
    .filter((one) => one.cause === cause)
    .map(({ evidence }) => evidence)
    .join('\n')
}

/** Blocks whose repetitions are of more than one bench. */
function blocksOnSeveral(records: Left['records']): string[] {
  const benches = new Map<string, Set<string>>()
  for (const { block, bench } of records) benches.set(block, (benches.get(block) ?? new Set()).add(bench ?? ''))
  return [...benches].filter(([, of]) => of.size > 1).map(([block]) => block)
}
