/** A checkout beside another commit of itself, by the compiled command line on a real engine. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Results } from '@bakeoff/model'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, endAll, run } from './helpers/command.js'
import { gitIn } from './helpers/git.js'
import { TestProject } from './helpers/project.js'

const MATRIX = `profiles:
  default: &short
    budget: 5m
    repetitions: { min: 4, max: 4 }
    warmUp: { min: 500ms, max: 500ms }
    window: 1s
    secondInstrument: false
    onlyMainLoad: true
  quick: *short
`
/** Fifty times what is shown by benchmarks/against.mjs: this test is about what is measured, and must hold on a busy machine. */
const SLEEP = 'time.Sleep(10 * time.Millisecond)'

let project: TestProject

const git = (...args: string[]) => gitIn(project.root, ...args)

function change(path: string, from: string | RegExp, to: string): void {
  const file = join(project.root, path)
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(from)
  writeFileSync(file, text.replace(from, to))
}

async function compared(...args: string[]) {
  const ended = await run(project, 'matrix', '--against', 'main', '--fail-on', 'regression=5%', ...args)
  const [id = ''] = project.runs()
  const results: Results = JSON.parse(readFileSync(join(project.reports, id, 'results.json'), 'utf8'))
  const throughput = results.against?.figures.find(({ metric }) => metric === 'throughput')
  return { ended, id, results, throughput }
}

beforeAll(async () => {
  await buildProgram()
  project = new TestProject()
  writeFileSync(join(project.root, 'matrix.yaml'), MATRIX)
  change('compose/predict.yaml', /load: \{.*\}/, 'load: { closed: [1] }')
  git('init', '--quiet', '--initial-branch=main')
  git('add', 'targets', 'compose', 'matrix.yaml')
  git('commit', '--quiet', '--message', 'first')
})
afterEach(endAll)
afterAll(() => project?.remove())

describe('a checkout beside another commit', () => {
  it('passes where nothing of it changed, with the same image for both, which it says', async () => {
    const { ended, id, throughput } = await compared()
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stdout).toContain('Nothing that is measured differs between the two commits')
    expect(throughput).toMatchObject({ cell: 'predict/go-net-http/default/closed-1', isSame: true, missing: null })
    expect(new Set(project.records(id).map(({ image }) => image?.id)).size).toBe(1)
  })

  it('fails where it sleeps before each answer, with an image for each, and says by how much', async () => {
    change('targets/go-net-http/main.go', 'import (', 'import (\n\t"time"')
    change('targets/go-net-http/main.go', 'io.WriteString(w, prediction)', `${SLEEP}\n\tio.WriteString(w, prediction)`)
    const { ended, id, results, throughput } = await compared()
    expect(ended.exitCode, ended.stderr).toBe(1)
    expect(ended.stderr).toMatch(/predict\/go-net-http\/default\/closed-1: regression: .* that of main/)
    expect(ended.stdout).toMatch(/Throughput +0\.\d+× \(.*\), lower, worse/)
    expect(throughput).toMatchObject({ isSame: false, conclusion: 'lower' })
    expect(results.entries.map(({ id: entry }) => entry)).toEqual(['predict/go-net-http/default'])
    expect(new Set(project.records(id).map(({ image }) => image?.id)).size).toBe(2)
    for (const page of ['summary.md', 'index.html'])
      expect(readFileSync(join(project.reports, id, page), 'utf8')).toMatch(/Against (<bdi>)?main/)
    for (const { order } of project.folder(id).readPlan().blocks) expect(order).toHaveLength(2)
  })
})
