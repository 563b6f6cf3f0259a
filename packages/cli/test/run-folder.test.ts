import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRun, listRuns, RunFolder } from '../src/run-folder.js'

let reports: string
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'bakeoff-reports-'))
})
afterEach(() => rmSync(reports, { recursive: true }))

const record = {
  schemaVersion: 1,
  runId: 'r',
  entry: 'predict/go/default',
  block: 'predict#1',
  repetition: 1,
  startedAt: 'a',
  endedAt: 'b',
  outcome: { kind: 'measured' },
  image: null,
  info: null,
  coldStart: null,
  idleMemoryBytes: null,
  verification: null,
  warmUp: null,
  loads: [],
  logTail: [],
  notes: [],
} as const

describe('the folder of a run', () => {
  it('gives back every repetition it was given, in order', async () => {
    const folder = RunFolder.create(reports, 'r')
    await folder.writeRun({ ...record, loads: [], logTail: [], notes: [], repetition: 2 })
    await folder.writeRun({ ...record, loads: [], logTail: [], notes: [] })
    expect(folder.readRuns().map(({ repetition }) => repetition)).toEqual([1, 2])
  })

  it('survives half a line of a process that was killed', () => {
    const folder = RunFolder.create(reports, 'r')
    folder.event({ kind: 'note', at: 'now', level: 'info', message: 'whole' })
    appendFileSync(join(folder.path, 'events.ndjson'), '{"kind":"no')
    expect(folder.readEvents()).toHaveLength(1)
  })

  it('says which file of a run cannot be read, and why', () => {
    const folder = RunFolder.create(reports, 'r')
    mkdirSync(join(folder.path, 'runs'))
    writeFileSync(join(folder.path, 'runs', 'x.json'), '{"schemaVersion":2}')
    expect(() => folder.readRuns()).toThrowError(/runs\/x\.json: schemaVersion/)
    writeFileSync(join(folder.path, 'runs', 'x.json'), '{')
    expect(() => folder.readRuns()).toThrowError(/runs\/x\.json is not JSON/)
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
    expect([folder.readRuns(), folder.readEvents(), folder.readCalibrations()]).toEqual([[], [], []])
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
