import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replayRun } from '../src/replay.js'
import { resumeRun } from '../src/resume.js'
import type { RunFolder } from '../src/run-folder.js'
import { contentsOf, FakeSetting } from './helpers/fake-setting.js'

const RUN = '20260101-120000'
let reports: string
let fake: FakeSetting
let first: RunFolder
beforeEach(async () => {
  reports = mkdtempSync(join(tmpdir(), 'bakeoff-replay-'))
  fake = new FakeSetting(reports)
  first = await fake.run(RUN, 4)
})
afterEach(() => rmSync(reports, { recursive: true }))

const replay = (...cells: string[]) => replayRun(fake.setting, { run: RUN, cells }).begin(fake.workbench)
const order = (folder: RunFolder) => folder.readRecords().map(({ entry, repetition }) => `${entry} ${repetition}`)
const ids = (folder: RunFolder) => folder.readRecords().map(({ images }) => images)

describe('a replay', () => {
  it('measures the same in the same order with the same images, in a folder of its own', async () => {
    const before = contentsOf(first.path)
    const begun = await replay()
    expect(await fake.finish(begun)).toMatchObject({ status: 'complete' })
    expect(begun.folder.path).not.toBe(first.path)
    expect(begun.folder.readPlan()).toMatchObject({ replayOf: RUN, runId: begun.folder.runId })
    expect(order(begun.folder)).toEqual(order(first))
    expect(ids(begun.folder)).toEqual(ids(first))
    expect(contentsOf(first.path)).toEqual(before)
  })

  it('starts the images of the first run though their files make others now', async () => {
    fake.shelf.change('bakeoff/target/a')
    fake.shelf.change('bakeoff/load-agent')
    const begun = await replay()
    await fake.finish(begun)
    expect(ids(begun.folder)).toEqual(ids(first))
    expect(begun.folder.readContext()).toEqual(first.readContext())
    expect(begun.plan.warnings).toEqual([])
  })

  it('measures one entry alone', async () => {
    const begun = await replay('predict/b/default')
    await fake.finish(begun)
    expect(new Set(begun.folder.readRecords().map(({ entry }) => entry))).toEqual(new Set(['predict/b/default']))
  })

  it('builds an image that is gone from the same files, and says so', async () => {
    fake.shelf.remove('bakeoff/target/a')
    const begun = await replay()
    expect(await fake.finish(begun)).toMatchObject({ status: 'complete' })
    expect(begun.folder.readPlan().warnings).toMatchObject([
      { what: 'bakeoff/target/a is gone and was built anew from the same files' },
    ])
  })

  it('warns of another machine and goes on', async () => {
    fake.machine = { ...fake.machine, host: { ...fake.machine.host, kernel: '6.2', hostname: 'other' } }
    const begun = await replay()
    expect(begun.plan.warnings).toMatchObject([{ what: `kernel: 6.1 in run ${RUN}, 6.2 here` }])
    expect(begun.plan.host.kernel).toBe('6.2')
  })

  it('that was stopped goes on as any run, with the images it was given', async () => {
    fake.shelf.change('bakeoff/target/a')
    const begun = await replay()
    await fake.finish(begun)
    const [last] = readdirSync(join(begun.folder.path, 'runs')).slice(-1)
    rmSync(join(begun.folder.path, 'runs', last as string))
    await fake.finish(await resumeRun(fake.setting, begun.folder).begin(fake.workbench))
    expect(ids(begun.folder)).toEqual(ids(first))
  })
})

describe('a replay that cannot be', () => {
  it.each([
    {
      because: 'an image is gone and its files have changed',
      make: () => {
        fake.shelf.remove('bakeoff/target/a')
        fake.shelf.change('bakeoff/target/a')
      },
      says: 'bakeoff/target/a: gone from this engine, and its files have changed',
    },
    {
      because: 'the requests have changed',
      make: () => {
        fake.work = 'other'
      },
      says: 'requests and answers',
    },
    {
      because: 'the first run is an attachment',
      make: () => rmSync(join(first.path, 'context.json')),
      says: 'it is an example or an attachment',
    },
  ])('is refused, says why and leaves no folder when $because', async ({ make, says }) => {
    make()
    const before = contentsOf(reports)
    const refused = (async () => replay())()
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(says), hint: expect.anything() })
    expect(contentsOf(reports)).toEqual(before)
    expect(readdirSync(reports)).toEqual([RUN])
  })
})
