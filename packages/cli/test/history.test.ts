import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { History } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { history } from '../src/commands/history.js'
import type { Project } from '../src/project.js'
import { readSummaries } from '../src/run-summaries.js'
import { analyseFolder } from '../src/write-report.js'
import { aRunOnDisk, emptyReports } from './helpers/run-on-disk.js'
import { recordingTerminal } from './helpers/terminal.js'

const KEPT = join(import.meta.dirname, 'results')

let reports: string
beforeEach(() => {
  reports = emptyReports()
})
afterEach(() => rmSync(reports, { recursive: true }))

async function printed(flags: Parameters<typeof history>[1] = {}): Promise<string> {
  const terminal = recordingTerminal()
  await history({ project: { reports } as Project, terminal }, flags)
  return terminal.printed.join('\n')
}

/** A run of today with its results, whose targets are as fast as the seed says. */
async function aRun(seed: number): Promise<string> {
  const { folder } = await aRunOnDisk(reports, { seed })
  folder.write('results.json', JSON.stringify(analyseFolder(folder, 'aborted')))
  return folder.runId
}

function kept(name: string, version: 1 | 2): void {
  mkdirSync(join(reports, name))
  copyFileSync(join(KEPT, `schema-${version}.json`), join(reports, name, 'results.json'))
}

describe('npm run history', () => {
  it('prints a line for every run and cell, with figures and intervals', async () => {
    const ids = [await aRun(1), await aRun(2)]
    const lines = (await printed()).split('\n')
    expect(lines[0]).toBe('predict, 2 runs')
    expect(lines[1]).toMatch(/processor: .*, logical CPUs: .*, profile: default, .*caps of the target in predict: /)
    for (const id of ids)
      expect(lines.filter((line) => line.includes(`  ${id}  `)).length).toBe(
        lines.filter((line) => line.trim().startsWith('started')).length,
      )
    expect(lines.find((line) => line.includes(`  ${ids[0]}  `))).toMatch(/ \d[\d,.]* \([\d,.]+–[\d,.]+\)/)
  })

  it('writes a page of it, and says where', async () => {
    const id = await aRun(1)
    expect(await printed()).toMatch(/\nHistory: file:.*\/history\.html$/)
    expect(readFileSync(join(reports, 'history.html'), 'utf8')).toContain(`href="./${id}/index.html"`)
    expect(readFileSync(join(reports, 'index.html'), 'utf8')).toContain('href="./history.html"')
  })

  it('prints one JSON document, and nothing else on standard output', async () => {
    await aRun(1)
    const { series, leftOut, bounds } = JSON.parse(await printed({ json: true })) as History
    expect(series[0]!.cells[0]!.figures.map(({ id }) => id)).toEqual(['throughput', 'cpuMsPerRequest', 'serviceMs.p99'])
    expect([leftOut, bounds]).toEqual([[], { relevant: 0.03, significance: 0.05 }])
  })

  it('narrows to what was asked for, and says what there is when that is nothing', async () => {
    await aRun(1)
    const { series } = JSON.parse(await printed({ json: true })) as History
    const [target] = series[0]!.cells[0]!.name.split(' ')
    const narrowed = JSON.parse(
      await printed({ json: true, target: [target!], scenario: ['predict'], last: 1 }),
    ) as History
    expect(new Set(narrowed.series.flatMap(({ cells }) => cells.map(({ name }) => name)))).toEqual(new Set([target]))
    await expect(printed({ target: ['nowhere'] })).rejects.toMatchObject({
      code: 'BAD_SPEC',
      hint: expect.stringContaining(target!),
    })
  })

  it('says what to do where there is no run', async () =>
    expect(printed()).rejects.toMatchObject({ code: 'BAD_RESULTS', hint: expect.stringContaining('npm run matrix') }))
})

describe('the runs of a history', () => {
  it('are of every version of the format, whole or not, with results or without', async () => {
    kept('old-1', 1)
    kept('old-2', 2)
    await aRunOnDisk(reports, { status: 'aborted' }) // killed: it has no results.json
    const { runs, leftOut } = await readSummaries(reports)
    expect([runs.length, leftOut]).toEqual([3, []])
    expect(runs.every(({ cells }) => cells.length > 0)).toBe(true)
  })

  it('are left out and named when they are damaged or still go on', async () => {
    await aRun(1)
    kept('cut', 2)
    writeFileSync(join(reports, 'cut', 'results.json'), '{"run":')
    mkdirSync(join(reports, 'empty'))
    writeFileSync(join(reports, 'empty', 'plan.json'), '')
    const { folder } = await aRunOnDisk(reports)
    await folder.own()
    const { runs, leftOut } = await readSummaries(reports)
    folder.close()
    expect(runs).toHaveLength(1)
    expect(Object.fromEntries(leftOut.map(({ name, why }) => [name, why]))).toEqual({
      cut: expect.stringContaining('cut off'),
      empty: expect.stringContaining('plan.json'),
      [folder.runId]: 'it still goes on',
    })
    expect(await printed()).toMatch(/^! cut is left out: .*cut off/m)
    expect(existsSync(join(reports, 'cut', 'results.json'))).toBe(true)
  })
})
