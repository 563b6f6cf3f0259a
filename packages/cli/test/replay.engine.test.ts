/** A run that is measured again, goes on, or may not, by the compiled command line on a real engine. */
import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, endAll, run } from './helpers/command.js'
import { contentsOf } from './helpers/fake-setting.js'
import { TestProject } from './helpers/project.js'

const ENTRY = 'predict/go-net-http/default'
let project: TestProject
let first: string

beforeAll(async () => {
  await buildProgram()
  project = new TestProject()
  const ended = await run(project, 'matrix', '--quick')
  expect(ended.exitCode, ended.stderr).toBe(0)
  first = project.runs()[0] as string
})
afterEach(endAll)
afterAll(() => project?.remove())

const imagesOf = (id: string) => project.records(id).map(({ images }) => images)

describe('a run that is complete', () => {
  it('says so when it is to go on, measures nothing and stays as it is', async () => {
    const before = contentsOf(project.reports)
    for (const args of [['--resume'], ['--resume', first]]) {
      const ended = await run(project, 'matrix', ...args)
      expect(ended.exitCode, ended.stderr).toBe(0)
      expect(ended.stderr).toContain(`Run ${first} has nothing left to measure`)
    }
    expect(contentsOf(project.reports)).toEqual(before)
  })
})

describe('a run whose target has changed since', () => {
  beforeAll(() => appendFileSync(join(project.root, 'targets/go-net-http/Dockerfile'), '# changed\n'))

  it('is replayed with the image that it was measured with, and compared', async () => {
    const ended = await run(project, 'matrix', '--replay', first, `${ENTRY}@closed-64`)
    expect(ended.exitCode, ended.stderr).toBe(0)
    const [second] = project.runs() as [string]
    expect(second).not.toBe(first)
    expect(project.folder(second).readPlan()).toMatchObject({ replayOf: first, seed: 1 })
    expect(imagesOf(second)).toEqual(imagesOf(first))
    expect(ended.stdout).toContain(`${second} against ${first}:`)
    expect(ended.stdout).toMatch(new RegExp(`${ENTRY}/closed-64 .* → .* correct responses/s`))
    const page = /Comparison: (file:\S+)/.exec(ended.stdout)?.[1] as string
    expect(existsSync(fileURLToPath(page))).toBe(true)
  })

  it('does not go on: it names the image, ends with 2 and changes nothing', async () => {
    const runs = join(project.folder(first).path, 'runs')
    for (const name of readdirSync(runs)) rmSync(join(runs, name))
    const before = contentsOf(project.reports)
    const ended = await run(project, 'matrix', '--resume', first)
    expect(ended.exitCode, ended.stderr).toBe(2)
    expect(ended.stderr).toMatch(/image bakeoff\/target\/go-net-http: was [0-9a-f]{12}, is to be built anew/)
    expect(ended.stderr).toContain(`npm run matrix -- --replay ${first}`)
    expect(contentsOf(project.reports)).toEqual(before)
  })
})
