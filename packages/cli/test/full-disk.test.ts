import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeWhole } from '../src/durable-file.js'
import { exitCodeOf } from '../src/exit.js'
import { RunFolder } from '../src/run-folder.js'
import { writeFailure } from '../src/write-failure.js'
import { rebuildReport, writePage } from '../src/write-report.js'
import { aRunOnDisk, emptyReports, type RunOnDisk } from './helpers/run-on-disk.js'

let reports: string
let refuge: string
let run: RunOnDisk
beforeEach(async () => {
  reports = emptyReports()
  refuge = join(reports, 'refuge')
  mkdirSync(refuge)
  run = await aRunOnDisk(reports, {}, { secondTryMs: 100, refuge })
})
afterEach(() => rmSync(reports, { recursive: true }))

const at = (name: string) => join(run.folder.path, name)
const failureOf = async (write: () => unknown): Promise<BakeoffError> => {
  try {
    await write()
  } catch (error) {
    if (error instanceof BakeoffError) return error
    throw error
  }
  throw new Error('it was written')
}

/** A disk that takes nothing more, as far as runs/ is concerned: its name is a file's. Returns the way back. */
function block(): () => void {
  rmSync(at('runs'), { recursive: true })
  writeFileSync(at('runs'), '')
  return () => rmSync(at('runs'))
}

describe('what the file system refuses', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', "this user's disk quota is used up"],
    ['EROFS', 'its file system is read-only'],
    ['EACCES', 'this user may not write there'],
    ['EIO', 'the disk reports an error'],
  ])('is no bug: %s', (code, words) => {
    const error = Object.assign(new Error(`${code}: x`), { code })
    const failure = writeFailure(error, 'reports/r/runs/x.json', 'Go on.') as BakeoffError
    expect(failure).toMatchObject({ code: 'OUT_OF_RESOURCES' })
    expect(failure.message).toBe(`reports/r/runs/x.json could not be written: ${words} (${code})`)
    expect(failure.hint).toMatch(code === 'ENOSPC' || code === 'EDQUOT' ? /^Make room: df -h .* Go on\.$/ : /^Go on\.$/)
    expect(exitCodeOf(failure)).toBe(3)
  })

  it('is a bug when the file system has no part in it', () => {
    const error = new TypeError('x is not a function')
    expect(writeFailure(error, 'x.json', '')).toBe(error)
  })

  it('leaves neither half a file nor a temporary one', () => {
    mkdirSync(at('plan.json.d'))
    expect(() => writeWhole(at('plan.json.d'), 'x')).toThrowError(/EISDIR|ENOTEMPTY|EEXIST/)
    expect(readdirSync(run.folder.path).filter((name) => name.endsWith('.part'))).toEqual([])
  })
})

describe('a repetition that cannot be written', () => {
  it('is written by a second try when there is room by then', async () => {
    const unblock = block()
    const writing = run.folder.writeRecord(run.records[0]!)
    await sleep(10)
    unblock()
    await writing
    expect(run.folder.readRecords()).toHaveLength(1)
    expect(readdirSync(refuge)).toEqual([])
  })

  it('is kept elsewhere, and comes back by the command that the error names', async () => {
    const [record] = run.records
    const unblock = block()
    const { code, message, hint } = await failureOf(() => run.folder.writeRecord(record!))
    expect(code).toBe('OUT_OF_RESOURCES')
    expect(message).toMatch(/runs\/001-.*\.json could not be written: its folder is a file \(ENOTDIR\)/)
    const [, from, to] = /put it back: mv (\S+) (\S+)/.exec(hint!)!
    expect(JSON.parse(readFileSync(from!, 'utf8'))).toEqual(JSON.parse(JSON.stringify(record)))
    expect(hint).toContain(`Everything that was written until then is kept in ${run.folder.path}`)
    expect(hint).toContain(`npm run matrix -- --resume ${run.plan.runId}`)
    unblock()
    mkdirSync(at('runs'))
    writeFileSync(to!, readFileSync(from!))
    expect(run.folder.readRecords()).toEqual([JSON.parse(JSON.stringify(record))])
  })

  it('is lost only when there is no room anywhere, and that is said', async () => {
    block()
    rmSync(refuge, { recursive: true })
    const { hint } = await failureOf(() => run.folder.writeRecord(run.records[0]!))
    expect(hint).toMatch(/no room in the temporary folder either: .* is lost, and is measured again/)
  })

  it('waits for no second try, and is kept nowhere, when nothing was measured in it', async () => {
    block()
    const nothing = { ...run.records[0]!, loads: [], outcome: { kind: 'aborted' as const, reason: 'stopped' } }
    const { hint } = await failureOf(() => run.folder.writeRecord(nothing))
    expect(hint).toMatch(/^Everything that was written until then/)
    expect(readdirSync(refuge)).toEqual([])
  })
})

describe('a run that cannot be written', () => {
  it('leaves no folder when it could not begin', async () => {
    const folder = RunFolder.create(reports, 'r')
    mkdirSync(join(folder.path, 'plan.json'))
    const { message, hint } = await failureOf(() => folder.writePlan('{}'))
    expect([message, hint]).toEqual([
      expect.stringContaining('r/plan.json could not be written'),
      'Nothing was measured yet.',
    ])
    const other = RunFolder.create(reports, 'other')
    rmSync(other.path, { recursive: true })
    await failureOf(() => other.writePlan('{}'))
    expect(readdirSync(reports)).not.toContain('other')
  })

  it('says so when reports cannot have folders', async () => {
    writeFileSync(join(reports, 'file'), '')
    const { code, message } = await failureOf(() => RunFolder.create(join(reports, 'file'), 'r'))
    expect([code, message]).toEqual([
      'OUT_OF_RESOURCES',
      expect.stringMatching(/file\/r could not be written: there is a file with that name/),
    ])
  })

  it('names the command that makes the report when only the report could not be written', async () => {
    mkdirSync(at('index.html'))
    const { message, hint } = await failureOf(() => rebuildReport(run.folder))
    expect(message).toMatch(/index\.html could not be written/)
    expect(hint).toContain(`npm run report -- ${run.plan.runId}`)
  })

  it('is untouched when a page beside it cannot be written', async () => {
    symlinkSync('/nowhere/at/all', join(reports, 'link'))
    const { hint } = await failureOf(() => writePage(join(reports, 'link', 'page.html'), 'x'))
    expect(hint).toBe('No run was touched.')
  })
})
