import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { committedSeconds, expectedBuildSeconds } from '../src/building/build-seconds.js'
import { stepOf } from '../src/building/build-step.js'
import type { EngineClient } from '../src/client/client.js'
import { folderOfImage } from '../src/images/references.js'
import { clientOf } from './fake-engine.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bakeoff-seconds-'))
  await mkdir(join(root, 'compose'))
})
afterEach(() => rm(root, { recursive: true }))

/** An engine that has builds of one image, with these labels. */
function engineWith(name: string, seconds: readonly (string | null)[]): EngineClient {
  const images = seconds.map((value) => ({
    Labels: value === null ? null : { 'bakeoff.image.build-seconds': value },
  }))
  const listImages = async ({ filters }: { filters: { reference: string[] } }) =>
    filters.reference.includes(name) ? images : []
  return clientOf({ listImages })
}

const name = 'bakeoff/target/a'
const table = JSON.stringify({ conditions: 'two cores', seconds: { [name]: 40, 'bakeoff/b': 'soon' } })

describe('how long a build will take', () => {
  it.each([
    { here: ['12.5'], table, expected: 12.5, because: 'a build here says more than one elsewhere' },
    { here: ['1', '12.5', '3'], table, expected: 12.5, because: 'the shorter ones found layers in the cache' },
    { here: [], table, expected: 40, because: 'nothing was built here: the table' },
    { here: [null, 'soon'], table, expected: 40, because: 'labels that say nothing do not count' },
    { here: [], table: '{"seconds', expected: null, because: 'a damaged table only knows less' },
    { here: [], table: '{}', expected: null, because: 'a table may not know it' },
    {
      here: [],
      table: '{"seconds":{"bakeoff/target/a":"soon"}}',
      expected: null,
      because: 'what is no number is no time',
    },
  ])('$because', async ({ here, table, expected }) => {
    await writeFile(join(root, 'compose/build-seconds.json'), table)
    expect(await expectedBuildSeconds(engineWith(name, here), root, name)).toBe(expected)
  })

  it('is what the table says where the engine takes too long to list its images', async () => {
    await writeFile(join(root, 'compose/build-seconds.json'), table)
    const slow = clientOf({ listImages: () => Promise.reject(new Error('no answer')) })
    expect(await expectedBuildSeconds(slow, root, name)).toBe(40)
  })

  it('is not known without a table', async () => {
    expect(await expectedBuildSeconds(engineWith(name, []), root, name)).toBeNull()
  })
})

it('the shipped table knows images that there are', async () => {
  const shipped = resolve(import.meta.dirname, '../../..')
  const folders = [...(await committedSeconds(shipped)).keys()]
    .filter((image) => image !== 'bakeoff/load-agent')
    .map((image) => folderOfImage({ root: shipped, home: shipped }, image))
  expect(folders.length).toBeGreaterThan(30)
  expect(folders.filter((folder) => !existsSync(join(folder, 'Dockerfile')))).toEqual([])
})

it.each([
  { line: 'Step 3/12 : RUN cargo build', step: { number: 3, of: 12 } },
  { line: ' ---> Running in 0123456789ab', step: null },
  { line: 'echo Step 3/12 : RUN', step: null },
  { line: '', step: null },
])('reads the step of "$line"', ({ line, step }) => expect(stepOf(line)).toEqual(step))
