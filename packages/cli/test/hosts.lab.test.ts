/** `npm run hosts` over engines in network namespaces. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labelsOf, newOwner, probeImage, swarmState } from '@bakeoff/containers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EngineUnderTest } from '../../containers/test/engine.js'
import { BASE, bring, clientOf, dockerOf, type Lab, labUnderTest } from '../../containers/test/lab/lab.js'
import { buildProbe } from '../../containers/test/probe-under-test.js'
import { buildProgram, type Ended, run } from './helpers/command.js'
import { onHosts } from './helpers/lab-runs.js'
import { TestProject } from './helpers/project.js'

const HOSTS = ['h1', 'h2'] as const
const project = new TestProject()
let lab: Lab
let here: EngineUnderTest
let file: string
/** all that the commands said */
let said = ''

beforeAll(async () => {
  await buildProgram()
  const up = await labUnderTest({ hosts: HOSTS.length, cores: [[0, 1], [1]], mtu: 1400 })
  ;({ lab, here } = up)
  await buildProbe(here.client)
  // On the first host, where images are made: there it is up to date, and from there it is moved.
  await bring(lab, here, [BASE, 'bakeoff/runtimes/node:latest', `${probeImage}:latest`], ['h1'])
  file = lab.writeHosts()
})
afterAll(async () => {
  await lab?.down()
  project.remove()
})

async function command(...args: string[]): Promise<Ended & { readonly output: string }> {
  const ended = await run(project, ...args, '--hosts', file)
  const output = `${ended.stdout}\n${ended.stderr}`
  said += output
  return { ...ended, output }
}

const hosts = (...args: string[]) => command('hosts', ...args)

async function states(): Promise<string[]> {
  return Promise.all(HOSTS.map(async (name) => (await swarmState(clientOf(lab, name))).kind))
}

async function checksOf(...args: string[]): Promise<Map<string, { state: string; found: string }>> {
  const { stdout } = await command(...args, '--json')
  const { hosts, between } = JSON.parse(stdout) as {
    hosts: { host: string; checks: { id: string; state: string; found: string }[] }[]
    between: { id: string; state: string; found: string }[]
  }
  const all = [
    ...hosts.flatMap(({ host, checks }) => checks.map((one) => ({ ...one, id: `${host} ${one.id}` }))),
    ...between,
  ]
  return new Map(all.map(({ id, ...rest }) => [id, rest]))
}

it('says before what is missing, and changes nothing', async () => {
  const checks = await checksOf('hosts', 'check')
  expect(checks.get('h1 swarm')).toMatchObject({ state: 'warn', found: 'in none yet' })
  expect(checks.get('h2 probe')).toMatchObject({ state: 'warn', found: expect.stringContaining('not there yet') })
  expect(checks.get('one-swarm')).toMatchObject({ state: 'warn' })
  expect((await hosts('check')).exitCode).toBe(0)
  expect(await states()).toEqual(['none', 'none'])
})

it('does not prepare where it cannot ask', async () => {
  const { exitCode, output } = await hosts('prepare')
  expect(exitCode).toBe(2)
  expect(output).toContain('Form a Docker swarm on h1 (10.77.0.11) and let h2 (10.77.0.12) join it?')
  expect(output).toContain('--yes')
  expect(await states()).toEqual(['none', 'none'])
})

it('prepares: a swarm, and the probe on every host', async () => {
  const { exitCode, output } = await hosts('prepare', '--yes')
  expect(output).toContain('in the swarm of h1 now: h1, h2')
  expect(output).toContain('the probe is on h1, h2')
  expect(exitCode).toBe(0)
  expect(await states()).toEqual(['manager', 'worker'])
})

it('says after what each host has, down to its interface', async () => {
  const checks = await checksOf('hosts', 'check')
  expect(checks.get('h1 swarm')).toMatchObject({ found: 'manager of one that Bakeoff formed' })
  expect(checks.get('h2 address')).toMatchObject({ state: 'ok', found: '10.77.0.12 on eth0, MTU 1400' })
  expect(checks.get('h2 clock')).toMatchObject({ state: 'ok' })
  expect(checks.get('one-swarm')).toMatchObject({ state: 'ok' })
  expect(checks.get('mtu')).toMatchObject({ state: 'ok', found: '1350 inside of the overlay' })
  expect([...checks].filter(([, { state }]) => state === 'bad')).toEqual([])
  expect(await Promise.all(HOSTS.map((name) => lab.containersOf(name))), 'the probes have ended').toEqual([[], []])
})

it('shows as doctor what concerns each host alone, too', async () => {
  const checks = await checksOf('doctor')
  expect([...checks.keys()]).toEqual(expect.arrayContaining(['h1 holes', 'h2 isolation', 'h2 disk', 'one-swarm']))
})

it('prepares a second time without a question, and changes nothing', async () => {
  const node = async () => {
    const state = await swarmState(clientOf(lab, 'h2'))
    return state.kind === 'worker' ? state.node : state.kind
  }
  const before = await node()
  const { exitCode, output } = await hosts('prepare')
  expect(output).toContain('all are in the swarm of h1\n')
  expect(exitCode).toBe(0)
  expect(await node()).toBe(before)
})

it('cleans every host of what a killed run left, down to the overlay that it had over them', async () => {
  const labels = labelsOf({ ...(await newOwner()), started: '1' })
  const overlay = { Name: 'left', Driver: 'overlay', Attachable: true, Internal: true, Labels: labels }
  await dockerOf(lab, 'h1').createNetwork(overlay)
  for (const name of HOSTS) {
    if (name !== 'h1') await bring(lab, here, [BASE], [name])
    const HostConfig = { NetworkMode: 'left' }
    const container = { name: 'target', Image: BASE, Cmd: ['sleep', '600'], Labels: labels, HostConfig }
    await (await dockerOf(lab, name).createContainer(container)).start()
  }
  const { exitCode, stdout } = await command('clean')
  expect(exitCode).toBe(0)
  for (const said of ['h1: removed container target', 'h2: removed container target', 'h1: removed network left'])
    expect(stdout).toContain(said)
  expect(await onHosts(lab)).toEqual([])
})

it('keeps the token to itself', async () => {
  const token = await clientOf(lab, 'h1').swarm.workerToken()
  expect(token).toMatch(/^SWMTKN/)
  const files = readdirSync(project.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  expect([said, ...texts].filter((text) => text.includes('SWMTKN') || text.includes(token))).toEqual([])
})

it('lets all leave, and leaves nothing', async () => {
  const { exitCode, stdout } = await hosts('leave')
  expect(stdout).toMatch(/h1 +left the swarm\n.*h2 +left the swarm/)
  expect(exitCode).toBe(0)
  expect(await states()).toEqual(['none', 'none'])
  expect(await onHosts(lab)).toEqual([])
})

it('lets the others leave where one does not answer, and names it', async () => {
  await hosts('prepare', '--yes')
  await lab.killEngine('h2')
  const { exitCode, stdout } = await hosts('leave')
  expect(exitCode).toBe(3)
  expect(stdout).toMatch(/h1 +left the swarm/)
  expect(stdout).toMatch(/h2 +.*no engine listens/)
  await lab.startEngine('h2')
  expect((await hosts('leave')).stdout, 'its swarm has no manager any more').toMatch(/h2 +left the swarm/)
  expect(await states()).toEqual(['none', 'none'])
})

it('uses a swarm that it did not form, and never leaves it', async () => {
  const [h1, h2] = HOSTS.map((name) => clientOf(lab, name).swarm)
  const at = (address: string) => ({ address, listen: `${address}:2377` })
  await h1?.init({ ...at('10.77.0.11'), labels: {}, pool: '10.200.0.0/16' })
  const { exitCode, output } = await hosts('prepare', '--yes')
  expect(exitCode, 'half of the hosts are in it, and that is not for Bakeoff to decide').toBe(3)
  expect(output).toContain('h1 is in a swarm that Bakeoff did not form, and h2 is not')
  await h2?.join({ ...at('10.77.0.12'), managers: ['10.77.0.11:2377'], token: (await h1?.workerToken()) as string })
  expect((await hosts('prepare')).output).toContain('which Bakeoff did not form: it is used, and never left')
  expect((await hosts('leave')).stdout).toMatch(/h1 +stays in its swarm, which Bakeoff did not form/)
  expect(await states()).toEqual(['manager', 'worker'])
})
