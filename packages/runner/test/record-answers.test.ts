import type { RequestLine } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { buildImages, recordAnswers, requestsOf } from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, imageOf, materials } from './builders.js'
import type { Faults } from './fakes.js'

const get = (path: string): RequestLine => ({ method: 'GET', path, headers: {}, body: null })

async function record(faults: Faults = {}) {
  const entry = anEntry('one')
  const plan = aPlan([entry], { scenario: aScenario({ services: [aService('postgres')] }) })
  const ports = fakePorts(faults)
  const { signal } = new AbortController()
  const images = await buildImages(requestsOf(plan, materials), ports, signal)
  const before = ports.clock.steadyMs()
  const asking = { requests: [get('/info'), get('/missing')], passes: 2, apartMs: 1100 }
  const answers = recordAnswers(aRun(plan, ports, { images, signal }), entry, asking)
  return { answers, ports, before }
}

describe('recordAnswers', () => {
  it('asks everything in order, as often as it is told, and removes what it started', async () => {
    const { answers, ports, before } = await record()
    expect((await answers).map((pass) => pass.map(({ status }) => status))).toEqual([
      [200, 404],
      [200, 404],
    ])
    expect(ports.clock.steadyMs() - before).toBeGreaterThanOrEqual(1100)
    expect(ports.host.started.some((each) => each.startsWith('postgres'))).toBe(true)
    expect(ports.host.left).toEqual([])
  })

  it.each([
    { because: 'does not build', faults: { build: [imageOf('one')] } },
    { because: 'is never ready', faults: { neverReady: [imageOf('one')] } },
  ])('throws when the target $because, and leaves nothing', async ({ faults }) => {
    const { answers, ports } = await record(faults)
    await expect(answers).rejects.toThrow()
    expect(ports.host.left).toEqual([])
  })
})
