import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findResumable, newestRun } from '../src/own-runs.js'
import { contentsOf, FakeSetting } from './helpers/fake-setting.js'

let reports: string
let fake: FakeSetting
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'bakeoff-own-runs-'))
  fake = new FakeSetting(reports)
})
afterEach(() => rmSync(reports, { recursive: true }))

/** Results without the repetitions that they were made of, as those of an example or an attachment. */
const addExample = (name = 'example') =>
  cpSync(join(import.meta.dirname, 'results/version-1'), join(reports, name), { recursive: true })
const found = (wanted: string | null) => {
  const { folder, left, isOver } = findResumable(reports, wanted)
  return { run: folder.runId, left, isOver }
}

describe('the newest run', () => {
  it('is the newest that was made here, and no example', async () => {
    addExample()
    addExample('2026-example')
    await fake.run('20260101-120000', 4)
    await fake.run('20260102-120000', 4)
    await fake.run('20260102-120000', 4) // in the same second
    expect(newestRun(reports)).toBe(join(reports, '20260102-120000-2'))
  })

  it('is none in a clone that has only the example, whose name is said', () => {
    expect(() => newestRun(reports)).toThrowError(
      expect.objectContaining({ code: 'BAD_RESULTS', hint: 'Make one: npm run matrix -- --quick' }),
    )
    addExample()
    expect(() => newestRun(reports)).toThrowError(
      expect.objectContaining({ code: 'BAD_RESULTS', hint: expect.stringContaining('npm run report -- example') }),
    )
  })
})

describe('the run that goes on when none is named', () => {
  it('is the newest that has something left', async () => {
    await fake.run('20260101-120000', 2)
    await fake.run('20260102-120000', 3)
    await fake.run('20260103-120000', 4)
    expect(found(null)).toEqual({ run: '20260102-120000', left: 1, isOver: false })
  })

  it('is the newest, with nothing left, when all are complete', async () => {
    await fake.run('20260101-120000', 4)
    expect(found(null)).toEqual({ run: '20260101-120000', left: 0, isOver: true })
  })

  it('is one that was killed after its last repetition and before its end', async () => {
    const { path } = await fake.run('20260101-120000', 4)
    const events = join(path, 'events.ndjson')
    const lines = readFileSync(events, 'utf8').trimEnd().split('\n')
    writeFileSync(events, `${lines.slice(0, -1).join('\n')}\n`)
    expect(found(null)).toEqual({ run: '20260101-120000', left: 0, isOver: false })
  })

  it('is not one that cannot be read, nor one that lies there without its repetitions', async () => {
    await fake.run('20260101-120000', 2)
    mkdirSync(join(reports, '20260102-120000'))
    writeFileSync(join(reports, '20260102-120000', 'plan.json'), '{')
    addExample('20260103-120000')
    expect(found(null).run).toBe('20260101-120000')
  })

  it('is never the example', () => {
    addExample()
    const before = contentsOf(reports)
    expect(() => findResumable(reports, null)).toThrowError(expect.objectContaining({ code: 'BAD_RESULTS' }))
    expect(contentsOf(reports)).toEqual(before)
  })
})

describe('a run that is named', () => {
  it('goes on, newest or not', async () => {
    await fake.run('20260101-120000', 1)
    await fake.run('20260102-120000', 3)
    expect(found('20260101-120000')).toEqual({ run: '20260101-120000', left: 3, isOver: false })
  })

  it('does not when it is an example or an attachment', () => {
    addExample()
    expect(() => findResumable(reports, 'example')).toThrowError(
      expect.objectContaining({ code: 'BAD_RESULTS', message: expect.stringContaining('an example or an attachment') }),
    )
  })

  it('does not when it is committed, whole as it may be', async () => {
    const { path } = await fake.run('20260101-120000', 1)
    const git = (...args: string[]) => execaSync('git', args, { cwd: reports })
    git('init', '--quiet')
    expect(found('20260101-120000').left, 'what git does not know is ours').toBe(3)
    git('add', path)
    expect(() => findResumable(reports, '20260101-120000')).toThrowError(
      expect.objectContaining({ code: 'BAD_RESULTS', message: expect.stringContaining('committed in git') }),
    )
  })
})
