import type { RunEvent } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, fakePorts } from './builders.js'
import { type Faults, HOST_ADDRESS } from './fakes.js'

const AGENT = 'bakeoff/load-agent'

async function run(faults: Faults) {
  const ports = fakePorts(faults)
  const plan = aPlan([anEntry('good')])
  const { status } = await runPlan(aRun(plan, ports), { records: [], calibrations: [] })
  const tried = ports.sink.events.flatMap((event: RunEvent) => (event.kind === 'boundary' ? [event.boundary] : []))
  return { status, tried, left: ports.host.left }
}

describe('trying to reach the machine from inside a testbed', () => {
  it.each([
    { because: 'nobody answers', faults: {}, answered: [] },
    {
      because: 'a refusal is an answer too',
      faults: { hostAnswers: true },
      answered: [`${HOST_ADDRESS}:1`, `${HOST_ADDRESS}:22`],
    },
  ])('is done once in a run, and told: $because', async ({ faults, answered }) => {
    const { status, tried, left } = await run(faults)
    expect(tried).toEqual([{ asked: [HOST_ADDRESS], answered }])
    expect(status).toBe('complete')
    expect(left).toEqual([])
  })

  it('says that it could not be tried, and is not in the way of the run', async () => {
    const { tried } = await run({ start: [AGENT] })
    expect(tried).toEqual([{ asked: [], answered: [] }])
  })
})
