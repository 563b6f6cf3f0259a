import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BakeoffError } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCodeOf } from '../src/exit.js'
import { resumeRun } from '../src/resume.js'
import type { RunFolder } from '../src/run-folder.js'
import { contentsOf, FakeSetting } from './helpers/fake-setting.js'

const RUN = '20260101-120000'
let reports: string
let fake: FakeSetting
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'bakeoff-resume-'))
  fake = new FakeSetting(reports)
})
afterEach(() => rmSync(reports, { recursive: true }))

const resume = (folder: RunFolder) => resumeRun(fake.setting, folder).begin(fake.workbench)
async function refusalOf(folder: RunFolder): Promise<BakeoffError> {
  return resume(folder).then(
    () => expect.fail('it went on'),
    (error: BakeoffError) => error,
  )
}

describe('a run that goes on', () => {
  it('measures what is left, with the images, plan and context of its beginning', async () => {
    const folder = await fake.run(RUN, 3)
    const kept = ['plan.json', 'context.json', 'fingerprint.json']
    const before = kept.map((name) => readFileSync(join(folder.path, name), 'utf8'))
    const ended = await fake.finish(await resume(folder))
    expect(ended).toMatchObject({ status: 'complete' })
    expect(folder.readRecords().map(({ outcome }) => outcome.kind)).toEqual(Array(4).fill('measured'))
    expect(new Set(folder.readRecords().map(({ images }) => JSON.stringify(images))).size, 'images by entry').toBe(2)
    expect(kept.map((name) => readFileSync(join(folder.path, name), 'utf8'))).toEqual(before)
  })

  it('writes what a run was stopped before it could write, once', async () => {
    const folder = await fake.run(RUN, 0)
    for (const name of ['fingerprint.json', 'context.json']) rmSync(join(folder.path, name), { force: true })
    rmSync(join(folder.path, 'runs'), { recursive: true })
    fake.shelf.remove('bakeoff/target/a') // it was stopped while it built
    expect(await fake.finish(await resume(folder))).toMatchObject({ status: 'complete' })
    expect(Object.keys(folder.readFingerprint()?.images ?? {})).toContain('bakeoff/target/a')
    expect(folder.readContext().base.id).toBe('sha256:base')
  })

  it.each(['runs', 'calibration.json', 'context.json', 'fingerprint.json', 'events.ndjson'])(
    'measures again no more than a power cut took from %s, and keeps what it left',
    async (part) => {
      const folder = await fake.run(RUN, 3)
      folder.close() // its process is gone
      const file = part === 'runs' ? `runs/${readdirSync(join(folder.path, 'runs')).sort()[0]}` : part
      const path = join(folder.path, file)
      const left = readFileSync(path, 'utf8').slice(0, -30)
      writeFileSync(path, left)
      const begun = await resume(folder)
      expect(begun.before.records).toHaveLength(part === 'runs' ? 2 : 3)
      expect(fake.shown).toContainEqual(
        expect.objectContaining({
          level: 'warning',
          message: expect.stringMatching(new RegExp(`^${file}: .*cut|wrote`)),
        }),
      )
      expect(await fake.finish(begun)).toMatchObject({ status: 'complete' })
      folder.close()
      const read = folder.read()
      expect(read.damage).toEqual([])
      expect(read.records.map(({ outcome }) => outcome.kind)).toEqual(Array(4).fill('measured'))
      const kept = readFileSync(`${path}.damaged`, 'utf8')
      expect(part === 'events.ndjson' ? left.endsWith(kept.trimEnd()) : kept === left).toBe(true)
    },
  )

  it('goes on with a run of before fingerprints, and says what cannot be checked', async () => {
    const folder = await fake.run(RUN, 3, { old: true })
    await fake.finish(await resume(folder))
    expect(fake.shown).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: expect.stringContaining('plan.json, profile in matrix.yaml'),
      }),
    )
    expect(folder.readEvents()).toContainEqual(expect.objectContaining({ kind: 'note', level: 'warning' }))
    expect(folder.readFingerprint()).toBeNull()
  })
})

describe('a run that cannot go on', () => {
  const image = (name: string) => `image bakeoff/${name}`
  it.each([
    { change: 'a target', says: image('target/a'), make: () => fake.shelf.change('bakeoff/target/a') },
    { change: 'the load agent', says: image('load-agent'), make: () => fake.shelf.change('bakeoff/load-agent') },
    { change: 'the null server', says: image('null-server'), make: () => fake.shelf.change('bakeoff/null-server') },
    {
      change: 'an image that was built again from the same files',
      says: image('target/b'),
      make: async () => {
        fake.shelf.remove('bakeoff/target/b')
        await fake.shelf.ensureImage({ name: 'bakeoff/target/b', folder: '/b', requires: [] })
      },
    },
    {
      change: 'an image that is gone',
      says: 'gone from this engine',
      make: () => fake.shelf.remove('bakeoff/target/b'),
    },
    {
      change: 'the base image',
      says: 'base image',
      make: () => {
        fake.base = 'sha256:other'
      },
    },
    {
      change: 'the kernel',
      says: 'kernel: was 6.1, is 6.2',
      make: () => {
        fake.machine = { ...fake.machine, host: { ...fake.machine.host, kernel: '6.2' } }
      },
    },
    {
      change: 'the engine',
      says: 'engine version: was 1, is 2',
      make: () => {
        fake.machine = { ...fake.machine, facts: { ...fake.machine.facts, version: '2' } }
      },
    },
    {
      change: 'the requests',
      says: 'requests and answers of predict',
      make: () => {
        fake.work = 'other'
      },
    },
    {
      change: 'the profile',
      says: 'budgetMs of the profile in matrix.yaml: was 3600000, is 1',
      make: () => {
        fake.profile = { ...fake.profile, budgetMs: 1 }
      },
    },
    {
      change: 'its plan',
      says: 'plan.json',
      make: (folder: RunFolder) =>
        writeFileSync(
          join(folder.path, 'plan.json'),
          folder.readPlanText().replace('"samplingHz":10', '"samplingHz":1'),
        ),
    },
  ])('says so when $change is not what it was, ends with 2 and changes not one byte', async ({ says, make }) => {
    const folder = await fake.run(RUN, 3)
    const built = fake.shelf.built.length
    await make(folder)
    const before = contentsOf(reports)
    const made = fake.shelf.built.length
    const refusal = await refusalOf(folder)
    expect(refusal.message).toContain(says)
    expect(refusal.hint).toMatch(/npm run matrix/)
    expect(exitCodeOf(refusal)).toBe(2)
    expect(contentsOf(reports)).toEqual(before)
    expect(fake.shelf.built.length, 'nothing is built for a run that is refused').toBe(made)
    expect(built).toBe(4)
  })

  it('is told every difference at once', async () => {
    const folder = await fake.run(RUN, 3)
    fake.shelf.change('bakeoff/target/a')
    fake.shelf.change('bakeoff/load-agent')
    fake.base = 'sha256:other'
    fake.machine = { ...fake.machine, host: { ...fake.machine.host, kernel: '6.2' } }
    const { message } = await refusalOf(folder)
    for (const what of ['kernel', 'base image', 'image bakeoff/target/a', 'image bakeoff/load-agent'])
      expect(message).toContain(`${what}: was `)
  })
})
