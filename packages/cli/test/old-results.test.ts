/** Real results.json of every version of the format: what was kept years ago must still be drawn. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Results } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { report } from '../src/commands/report.js'
import type { Project } from '../src/project.js'
import type { Terminal } from '../src/terminal.js'

const KEPT = join(import.meta.dirname, 'results')

let reports: string
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'bakeoff-reports-'))
})
afterEach(() => rmSync(reports, { recursive: true }))

describe('npm run report, of a folder that holds a results.json and nothing else', () => {
  const kept = readdirSync(KEPT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  it.each(kept)('draws %s', async (name) => {
    const folder = join(reports, 'old')
    mkdirSync(folder)
    copyFileSync(join(KEPT, name), join(folder, 'results.json'))
    const said: string[] = []
    const terminal = { print: (line: string) => said.push(line) } as unknown as Terminal
    expect(await report({ project: { reports } as Project, terminal }, 'old', null)).toBe(true)

    const { cells, run } = JSON.parse(readFileSync(join(KEPT, name), 'utf8')) as Results
    const read = (file: string) => readFileSync(join(folder, file), 'utf8')
    expect(read('results.json')).toBe(readFileSync(join(KEPT, name), 'utf8'))
    expect(read('results.csv').trimEnd().split('\n')).toHaveLength(1 + cells.length)
    expect(read('summary.md')).toContain('| Group |')
    expect(read('index.html')).toContain(run.id)
    expect(readFileSync(join(reports, 'index.html'), 'utf8')).toContain('old/index.html')
    expect(said).toEqual([expect.stringContaining('old/index.html')])
    expect(existsSync(join(folder, 'runs'))).toBe(false)
  })
})
