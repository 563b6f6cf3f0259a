import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { analyseFolder, isDrawn, rebuildReport, writeIndex } from '../src/write-report.js'
import { aRunOnDisk, emptyReports, type RunOnDisk } from './helpers/run-on-disk.js'

const FILES = ['results.json', 'index.html', 'summary.md', 'results.csv']

let reports: string
let run: RunOnDisk
beforeEach(async () => {
  reports = emptyReports()
  run = await aRunOnDisk(reports)
  rebuildReport(run.folder)
})
afterEach(() => rmSync(reports, { recursive: true }))

const at = (name: string) => join(run.folder.path, name)
const drawn = () => isDrawn(run.folder, analyseFolder(run.folder, 'aborted'))

describe('a report', () => {
  it('is whole when it was written to its end', () => {
    expect(drawn()).toBe(true)
    touch()
    expect(drawn()).toBe(true)
  })

  it.each([
    ...FILES.map((name) => ({
      because: `there is no ${name}`,
      spoil: () => rmSync(at(name)),
    })),
    { because: 'results.json is cut off', spoil: () => writeFileSync(at('results.json'), '{"run":') },
    {
      because: 'it tells of an earlier end',
      spoil: () => {
        const results = JSON.parse(readFileSync(at('results.json'), 'utf8'))
        writeFileSync(at('results.json'), JSON.stringify({ ...results, run: { ...results.run, status: 'aborted' } }))
        touch()
      },
    },
    { because: 'the page is older than what it shows', spoil: () => utimesSync(at('index.html'), 1, 1) },
  ])('is not when $because', ({ spoil }) => {
    spoil()
    expect(drawn()).toBe(false)
  })
})

it('removes what a process left that was killed while it wrote, and nothing that another writes', () => {
  const [killed, going] = [`results.json.999999999-abcdef00.part`, `results.json.${process.ppid}-abcdef00.part`]
  for (const name of [killed, going]) writeFileSync(at(name), '{"run":')
  for (const name of [killed, going]) writeFileSync(join(reports, name), '')
  rebuildReport(run.folder)
  writeIndex(reports)
  expect([killed, going].map((name) => existsSync(at(name)))).toEqual([false, true])
  expect([killed, going].map((name) => existsSync(join(reports, name)))).toEqual([false, true])
})

it('names the benches that left the run, once', () => {
  const left = (bench: string, why: 'lost' | 'odd', message: string) =>
    run.folder.event({ kind: 'bench-left', at: 'now', bench, why, message })
  left('n2', 'lost', 'bench n2 leaves the run: gone')
  left('n3', 'odd', 'bench n3 is left out: its null server reached 9 % less')
  left('n2', 'lost', 'bench n2 leaves the run: gone again')
  const told = analyseFolder(run.folder, 'aborted').warnings.filter(({ what }) => what.startsWith('Bench'))
  expect(told.map(({ what, why }) => [what, why])).toEqual([
    ['Bench n2 left the run', 'bench n2 leaves the run: gone again'],
    ['Bench n3 was left out', 'bench n3 is left out: its null server reached 9 % less'],
  ])
})

/** Dates what is drawn after what it is drawn from, as it is written. */
function touch(): void {
  for (const [index, name] of FILES.entries()) utimesSync(at(name), 1000 + index, 1000 + index)
}
