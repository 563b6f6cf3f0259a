/** A probe on a host whose clocks are not those of here. Its image needs a package of Debian, so it is not for every run of the tests. */
import { setTimeout as sleep } from 'node:timers/promises'
import { steadyMs } from '@bakeoff/runner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Probe, probeImage, startProbe } from '../src/index.js'
import { BASE, bring, clientOf, dockerOf, type Lab, labUnderTest, whyNoLab } from './lab/lab.js'
import { AHEAD_MS, buildProbe, buildProbeAhead, probeAheadImage, probeOptions } from './probe-under-test.js'

const SURE_MS = 10
let lab: Lab

const onLab = describe.skipIf(whyNoLab() !== null)

beforeAll(async () => {
  if (whyNoLab() !== null) return
  const up = await labUnderTest({ hosts: 2 })
  lab = up.lab
  await buildProbe(up.here.client)
  await buildProbeAhead(up.here.client)
  await bring(lab, up.here, [BASE, `${probeImage}:latest`, `${probeAheadImage}:latest`])
})
afterAll(() => lab?.down())

onLab('a probe whose clocks are three seconds ahead', () => {
  it('says by how much, and how sure that is', async () => {
    await using right = await probeOn('h1', probeImage)
    await using ahead = await probeOn('h2', probeAheadImage)
    const [one, other] = [await right.clock(), await ahead.clock()]
    expect(Math.max(one.errorMs, other.errorMs)).toBeLessThan(SURE_MS)
    expect(Math.abs(one.wallOffsetMs - other.wallOffsetMs - AHEAD_MS)).toBeLessThan(2 * SURE_MS)
  })

  it('places its readings where they were here', async () => {
    const container = await dockerOf(lab, 'h2').createContainer({ Image: BASE, Cmd: ['sleep', '60'] })
    await container.start()
    const { State } = await container.inspect()
    await using probe = await probeOn('h2', probeAheadImage)
    const fromMs = steadyMs()
    await using sampler = await probe.sampler([{ name: 'target', id: container.id, pid: State.Pid }], 10)
    await sleep(2_000)
    const toMs = steadyMs()
    const { containers, host } = sampler.between(fromMs - SURE_MS, toMs + SURE_MS)
    expect(containers.target?.length).toBeGreaterThan(15)
    expect(host.length).toBeGreaterThan(15)
    await container.remove({ force: true })
  })
})

async function probeOn(name: string, image: string): Promise<Probe> {
  const { address, socket } = lab.host(name).facts
  const client = clientOf(lab, name)
  const { Id } = await client.images.inspect(`${image}:latest`)
  return startProbe(client, await probeOptions(Id, { host: { name, address, socket } }))
}
