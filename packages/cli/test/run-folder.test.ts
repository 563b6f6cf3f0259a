import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRun, listRuns, RunFolder } from '../src/run-folder.js'
import { aRunOnDisk, emptyReports } from './helpers/run-on-disk.js'

let reports: string
beforeEach(() => {
  reports = emptyReports()
})
afterEach(() => rmSync(reports, { recursive: true }))

describe('the folder of a run', () => {
  it('gives back all that it was given', async () => {
    const { folder, plan, records, calibrations } = await aRunOnDisk(reports)
    const read = RunFolder.open(folder.path).read()
    expect(read.damage).toEqual([])
    expect(read.plan).toEqual(JSON.parse(JSON.stringify(plan)))
    expect(read.records).toEqual(JSON.parse(JSON.stringify(records)))
    expect(read.calibrations).toEqual(calibrations)
    expect(read.events.map(({ kind }) => kind)).toEqual([
      'run-started',
      ...['calibrated', 'repetition', 'repetition'],
      ...['calibrated', 'repetition', 'repetition'],
      'run-ended',
    ])
  })

  it('reads the slices of an older run, which called them windows', async () => {
    const { folder } = await aRunOnDisk(reports)
    const slice = { atMs: 500, durationMs: 500, ok: 5, failed: 0, p50Us: 1, p99Us: 1, agentBusy: 0 }
    const old = { kind: 'window', at: '2026-11-29T09:00:00Z', entry: 'e', loadId: 'closed-1', window: slice, use: {} }
    appendFileSync(join(folder.path, 'events.ndjson'), `${JSON.stringify(old)}\n`)
    const { events, damage } = RunFolder.open(folder.path).read()
    expect(damage).toEqual([])
    expect(events.at(-1)).toMatchObject({ kind: 'slice', loadId: 'closed-1', slice })
  })

  it('holds files and no half ones', async () => {
    const { folder } = await aRunOnDisk(reports)
    expect(readdirSync(folder.path).sort()).toEqual([
      'calibration.json',
      'context.json',
      'events.ndjson',
      'plan.json',
      'runs',
    ])
    expect(readdirSync(join(folder.path, 'runs')).every((name) => /^00[12]-.*\.json$/.test(name))).toBe(true)
  })

  it('loses what a killed process left half written when the run goes on, and nothing that is being written', async () => {
    const { folder } = await aRunOnDisk(reports)
    const left = ['plan.json.part', 'results.json.1073741823-0a1b2c3d.part', 'runs/x.json.1073741823-0a1b2c3d.part']
    const alive = `index.html.${process.ppid}-0a1b2c3d.part`
    for (const name of [...left, alive]) writeFileSync(join(folder.path, name), '{')
    await folder.own()
    folder.close()
    expect(left.filter((name) => existsSync(join(folder.path, name)))).toEqual([])
    expect(existsSync(join(folder.path, alive))).toBe(true)
  })
})

describe('a new folder', () => {
  it('is another one for every run, also of the same second', async () => {
    const folders = ['20260101-000000', '20260101-000000', '20260101-000000'].map((id) => RunFolder.create(reports, id))
    for (const folder of folders) await folder.writePlan('{}')
    expect(folders.map(({ runId }) => runId)).toEqual(['20260101-000000', '20260101-000000-2', '20260101-000000-3'])
    expect(listRuns(reports)).toEqual(['20260101-000000-3', '20260101-000000-2', '20260101-000000'])
  })

  it('is not made by reading', () => {
    const folder = RunFolder.open(join(reports, 'nope'))
    expect(() => folder.readPlan()).toThrowError(/is missing: this is not the folder of a run/)
    expect(folder.readEvents()).toEqual([])
    expect(readdirSync(reports)).toEqual([])
  })
})

describe('finding a run', () => {
  it('says what there is when the name is wrong', async () => {
    for (const id of ['20260101-000000', '20260102-000000']) await RunFolder.create(reports, id).writePlan('{}')
    expect(listRuns(reports)).toEqual(['20260102-000000', '20260101-000000'])
    expect(findRun(reports, '20260101-000000')).toBe(join(reports, '20260101-000000'))
    expect(() => findRun(reports, 'nope')).toThrowError(
      expect.objectContaining({ code: 'BAD_RESULTS', hint: expect.stringContaining('20260102-000000') }),
    )
  })

  it('lists runs by time first, whatever else has a name of its own', async () => {
    for (const id of ['example', '20260101-000000']) await RunFolder.create(reports, id).writePlan('{}')
    expect(listRuns(reports)).toEqual(['20260101-000000', 'example'])
  })
})
