/** Power loss: every file of a run is cut, or ends in zeros, at seeded places. What is damaged costs itself and is named. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@bakeoff/core'
import type { Plan } from '@bakeoff/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunFolder } from '../src/run-folder.js'
import { rebuildReport } from '../src/write-report.js'
import { aRunOnDisk, emptyReports, type RunOnDisk } from './helpers/run-on-disk.js'

const PLACES = 5

let reports: string
let whole: RunOnDisk
beforeAll(async () => {
  reports = emptyReports()
  whole = await aRunOnDisk(reports)
})
afterAll(() => rmSync(reports, { recursive: true }))

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort()

/** A copy of the run in which one file is what a power cut leaves of it. */
function spoilt(file: string, seed: number): { folder: RunFolder; after: Buffer } {
  const random = createRandom(seed)
  const copy = join(reports, 'copy')
  rmSync(copy, { recursive: true, force: true })
  cpSync(whole.folder.path, copy, { recursive: true })
  const before = readFileSync(join(copy, file))
  const at = seed === 0 ? 0 : Math.floor(random.next() * before.length)
  const zeros = random.next() < 0.3 ? Buffer.alloc(Math.floor(random.next() * 5000)) : Buffer.alloc(0)
  const after = Buffer.concat([before.subarray(0, at), zeros])
  writeFileSync(join(copy, file), after)
  return { folder: RunFolder.open(copy), after }
}

const seeds = Array.from({ length: PLACES }, (_, seed) => seed)

describe('a run after a power cut', () => {
  it('loses a repetition at most when its file is cut, and says which', () => {
    for (const file of filesOf(whole.folder.path).filter((name) => name.startsWith('runs/'))) {
      for (const seed of seeds) {
        const { folder } = spoilt(file, seed)
        const { records, damage, calibrations, context } = folder.read()
        expect({ file, seed, damaged: damage.map((each) => each.file) }).toEqual({ file, seed, damaged: [file] })
        expect(records).toHaveLength(whole.records.length - 1)
        expect([calibrations.length, context.claims.length > 0]).toEqual([whole.calibrations.length, true])
        expect(folder.setAside(damage)).toEqual([`${file}.damaged`])
      }
    }
  })

  it('loses nothing when its canaries are cut, and no figure when what stands beside them is', () => {
    for (const file of ['calibration.json', 'context.json']) {
      for (const seed of seeds) {
        const { records, damage, calibrations } = spoilt(file, seed).folder.read()
        expect(damage.map((each) => each.file)).toEqual([file])
        expect([records.length, calibrations.length]).toEqual([whole.records.length, whole.calibrations.length])
      }
    }
  })

  it('loses no figure when its events are cut; they are whole again as soon as it goes on', () => {
    for (const seed of seeds) {
      const { folder, after } = spoilt('events.ndjson', seed)
      const wholeLines = after
        .toString()
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith('{'))
      const { events, records, damage, calibrations } = folder.read()
      expect([records.length, calibrations.length]).toEqual([whole.records.length, whole.calibrations.length])
      expect(events.length).toBeGreaterThanOrEqual(wholeLines.length)
      const isTorn = after.length > 0 && after.at(-1) !== 0x0a && events.length === wholeLines.length
      expect(damage.map(({ kind }) => kind)).toEqual(isTorn ? ['half-line'] : [])
      folder.event({ kind: 'note', at: 'now', level: 'info', message: 'it goes on' })
      folder.close()
      expect(folder.read()).toMatchObject({ damage: [], events: { length: events.length + 1 } })
    }
  })

  it('is refused with its plan named when the plan is cut', () => {
    for (const seed of seeds) {
      const { folder } = spoilt('plan.json', seed)
      expect(() => folder.read()).toThrowError(
        expect.objectContaining({
          code: 'BAD_RESULTS',
          message: expect.stringContaining('plan.json cannot be used: it'),
        }),
      )
    }
  })

  it.each(['events.ndjson', 'calibration.json', 'context.json', 'runs'])(
    'has a report that shows all the rest, when the cut was in %s',
    (part) => {
      const file = filesOf(whole.folder.path).find((name) => name.startsWith(part)) as string
      for (const seed of [0, 3]) {
        const { folder } = spoilt(file, seed)
        const { results, damage } = rebuildReport(folder)
        const left = part === 'runs' ? whole.records.length - 1 : whole.records.length
        expect(results.entries.reduce((sum, { repetitions }) => sum + repetitions, 0)).toBe(left)
        expect(results.warnings.map(({ where }) => where)).toEqual(
          expect.arrayContaining(damage.map((each) => each.file)),
        )
        expect(results.run.status).toBe(part === 'events.ndjson' ? 'aborted' : 'complete')
      }
    },
  )

  it('can be resumed from whatever was on the disk by then: every moment of it has a plan or is no run', async () => {
    const plan = JSON.parse(readFileSync(join(whole.folder.path, 'plan.json'), 'utf8')) as Plan
    const order = ['context.json', 'events.ndjson', 'calibration.json', 'runs']
    for (const [index] of order.entries()) {
      const copy = join(reports, 'begun')
      rmSync(copy, { recursive: true, force: true })
      cpSync(whole.folder.path, copy, { recursive: true })
      for (const later of order.slice(index)) rmSync(join(copy, later), { recursive: true, force: true })
      const { plan: read, records } = RunFolder.open(copy).read()
      expect([read.runId, records.length]).toEqual([plan.runId, 0])
    }
  })
})
