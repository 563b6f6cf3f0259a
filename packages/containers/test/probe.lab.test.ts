/** Probes on hosts whose engines are in network namespaces, have few cores, and die. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LEASE, type Probe, probeImage, startProbe } from '../src/index.js'
import { BASE, bring, clientOf, dockerOf, type Lab, labUnderTest } from './lab/lab.js'
import { aSession, buildProbe, probeOptions } from './probe-under-test.js'

const MTU = 1400
let lab: Lab

beforeAll(async () => {
  const up = await labUnderTest({ hosts: 2, cores: [[0], [1]], mtu: MTU })
  lab = up.lab
  await buildProbe(up.here.client)
  await bring(lab, up.here, [BASE, `${probeImage}:latest`])
})
afterAll(() => lab?.down())

async function probeOn(name: string, session = aSession()): Promise<Probe> {
  const { address, socket } = lab.host(name).facts
  const client = clientOf(lab, name)
  const { Id } = await client.images.inspect(`${probeImage}:latest`)
  return startProbe(client, await probeOptions(Id, { session, host: { name, address, socket } }))
}

it('tells the network and the cores of its own engine', async () => {
  await using first = await probeOn('h1')
  await using second = await probeOn('h2')
  const facts = [await first.facts(), await second.facts()]
  expect(facts.map(({ uplinkMtu }) => uplinkMtu)).toEqual([MTU, MTU])
  expect(facts.map(({ allowedCpus }) => allowedCpus)).toEqual([[0], [1]])
})

it('finds no uplink for the address of another host', async () => {
  const { socket } = lab.host('h1').facts
  const { address } = lab.host('h2').facts
  const client = clientOf(lab, 'h1')
  const { Id } = await client.images.inspect(`${probeImage}:latest`)
  await using probe = await startProbe(client, await probeOptions(Id, { host: { name: 'h1', address, socket } }))
  expect(await probe.facts()).toMatchObject({ uplink: null, uplinkMtu: null })
})

it('reads containers whose control groups are below one of the host', async () => {
  const container = await dockerOf(lab, 'h1').createContainer({ Image: BASE, Cmd: ['sleep', '60'] })
  await container.start()
  const { State } = await container.inspect()
  const target = { name: 'target', id: container.id, pid: State.Pid }
  await using probe = await probeOn('h1')
  await using sampler = await probe.sampler([target], 10)
  expect(sampler.unread).toEqual([])
  await container.remove({ force: true })
})

it('is lost with its engine, and leaves no lease to the next one', async () => {
  const probe = await probeOn('h2')
  await lab.killEngine('h2')
  expect(await probe.lost).toMatchObject({ code: 'ENGINE_LOST' })
  await probe[Symbol.asyncDispose]()
  await lab.startEngine('h2')
  await using again = await probeOn('h2')
  // The engine removes the old one by itself when it starts: its name is free at once, and then it goes.
  await expect.poll(() => lab.containersOf('h2'), { timeout: 10_000 }).toEqual([LEASE])
  expect(again.id).not.toBe(probe.id)
})
