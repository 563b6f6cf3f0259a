import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openGate } from '../src/gating.js'
import { readResults } from '../src/write-report.js'
import { aRunOnDisk, emptyReports } from './helpers/run-on-disk.js'

const KEPT = join(import.meta.dirname, 'results', 'schema-1.json')

let reports: string
let file: string
beforeEach(() => {
  reports = emptyReports()
  mkdirSync(join(reports, 'old'))
  file = join(reports, 'old', 'results.json')
  copyFileSync(KEPT, file)
})
afterEach(() => rmSync(reports, { recursive: true }))

const whole = readFileSync(KEPT, 'utf8')

describe('results that cannot be compared with', () => {
  it.each([
    { because: 'empty', text: '', says: /old\/results\.json: it is empty/, hint: /^It was cut: / },
    {
      because: 'cut in its first line',
      text: whole.slice(0, 1000),
      says: /old\/results\.json:1:1001: it is cut off at line 1, column 1001/,
      hint: /^It was cut: a copy or a download ended early, or a disk was full\. Fetch it again from its source/,
    },
    {
      because: 'a web page',
      text: '<!doctype html>\n<p>not found',
      says: /old\/results\.json:1:1: line 1, column 1 is not JSON: Unexpected token '<'/,
      hint: /^It was edited, or is another file\./,
    },
    {
      because: 'edited',
      text: whole.replace('"run":{', '\n"run" {'),
      says: /old\/results\.json:2:7: line 2, column 7 is not JSON/,
      hint: /^It was edited/,
    },
    {
      because: 'something else',
      text: '{"name":"bakeoff","version":"1.0.0"}',
      says: /old\/results\.json is not the results\.json of a run: schemaVersion: /,
      hint: /^It is another file, or was written by another version of Bakeoff\./,
    },
    { because: 'a list', text: '[]', says: /is not the results\.json of a run: it: /, hint: /^It is another file/ },
  ])('are refused, with place, cause and what to do: $because', async ({ text, says, hint }) => {
    writeFileSync(file, text)
    const refused = expect.objectContaining({
      code: 'BAD_RESULTS',
      message: expect.stringMatching(says),
      hint: expect.stringMatching(hint),
    })
    expect(() => readResults(reports, 'old')).toThrowError(refused)
    expect(() => readResults(reports, file)).toThrowError(refused)
    await expect(openGate(reports, 'regression=5%', { baseline: [file], against: null })).rejects.toThrowError(refused)
  })

  it('are rebuilt from their repetitions where those are', async () => {
    const { folder } = await aRunOnDisk(reports)
    writeFileSync(join(folder.path, 'results.json'), '{"run":')
    expect(() => readResults(reports, folder.path)).toThrowError(
      expect.objectContaining({ hint: expect.stringContaining(`Rebuild it: npm run report -- ${folder.path}`) }),
    )
  })

  it('are named when they are not there', () => {
    rmSync(file)
    expect(() => readResults(reports, file)).toThrowError(expect.objectContaining({ message: `there is no ${file}` }))
  })
})
