/** card.png: the picture that is shown with a link to a report. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { report } from '../src/commands/report.js'
import { pageAddress } from '../src/commands/shared/values.js'
import type { Project } from '../src/project.js'
import type { Terminal } from '../src/terminal.js'
import { rebuildReport } from '../src/write-report.js'
import { aRunOnDisk, emptyReports } from './helpers/run-on-disk.js'

let reports: string
beforeEach(() => {
  reports = emptyReports()
})
afterEach(() => rmSync(reports, { recursive: true }))

const signature = (path: string) => readFileSync(path).subarray(1, 4).toString('latin1')
const imageOf = (path: string) => /property="og:image" content="([^"]*)"/.exec(readFileSync(path, 'utf8'))?.[1]

describe('a report has its card beside it', () => {
  it.each(['aborted', 'running'] as const)('when it is made of the files of a run that is %s', async (state) => {
    const { folder } = await aRunOnDisk(reports, { status: state })
    rebuildReport(folder, state)
    expect(signature(join(folder.path, 'card.png'))).toBe('PNG')
    expect(imageOf(join(folder.path, 'index.html'))).toBe('card.png')
  })

  it('when it is drawn from results alone, and names it by its whole address where that is known', async () => {
    const folder = join(reports, 'old')
    mkdirSync(folder)
    copyFileSync(join(import.meta.dirname, 'results', 'schema-2.json'), join(folder, 'results.json'))
    const terminal = { print: () => {} } as unknown as Terminal
    const project = { reports } as Project
    await report({ project, terminal }, 'old', null)
    expect(existsSync(join(folder, 'card.png'))).toBe(true)
    expect(imageOf(join(folder, 'index.html'))).toBe('card.png')
    await report({ project, terminal }, 'old', null, pageAddress('https://example.org/reports/old'))
    expect(imageOf(join(folder, 'index.html'))).toBe('https://example.org/reports/old/card.png')
  })
})

describe('the address of a page', () => {
  it.each([
    { typed: 'https://example.org/a', address: 'https://example.org/a/' },
    { typed: 'https://example.org/a/', address: 'https://example.org/a/' },
    { typed: 'http://example.org/a/index.html', address: 'http://example.org/a/index.html' },
  ])('$typed is $address', ({ typed, address }) => expect(pageAddress(typed)).toBe(address))

  it.each(['example.org/a', 'file:///tmp/a', 'javascript:alert(1)', ''])('is not %j', (typed) =>
    expect(() => pageAddress(typed)).toThrowError(/Write a whole address/),
  )
})
