/** The end of a run over several machines, in mid-load: by SIGKILL and by Ctrl-C. What takes minutes is in hosts-failures.long.lab.test.ts. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { whyNoLab } from '../../containers/test/lab/lab.js'
import { BreakableLab } from './helpers/breakable-lab.js'

let runs: BreakableLab

describe.skipIf(whyNoLab() !== null)('a run over three machines', () => {
  beforeAll(async () => {
    runs = await BreakableLab.up()
  })
  afterEach(() => runs?.reset())
  afterAll(() => runs?.[Symbol.asyncDispose]())

  it('leaves nothing on any of them when it is killed', async () => {
    const run = await runs.underLoad(runs.hosts(), '--quick')
    expect(await runs.left()).not.toEqual([])
    run.program.signal('SIGKILL')
    expect(await runs.leftWithin(10_000)).toEqual([])
    expect(await run.processesWithin(10_000)).toEqual([])
  })

  it('leaves nothing when it is interrupted, and keeps what it measured', async () => {
    const run = await runs.underLoad(runs.hosts(), '--quick')
    run.program.signalGroup('SIGINT')
    expect(await run.program.ended).toMatchObject({ how: 130, stderr: expect.stringContaining('--resume') })
    expect(await runs.left()).toEqual([])
    expect(await run.processesWithin(0)).toEqual([])
    expect(run.records()).toMatchObject([{ outcome: { kind: 'aborted', reason: expect.stringContaining('SIGINT') } }])
  })
})
