/**
 * The compiled command line as a user runs it, against a real engine: what it leaves on disk, what it leaves on the
 * engine (nothing), and how it ends. interrupted.engine.test.ts ends it from outside.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureEngine } from '@bakeoff/containers'
import { type Plan, plan, results } from '@bakeoff/model'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RawEngine, rawEngine } from '../../containers/test/raw-engine.js'
import { buildProgram, type Ended, endAll, processesOf, run, type Started, start } from './helpers/command.js'
import { ENTRY, linkedFile, newestRun, onEngine, resultsOf, startUntil } from './helpers/lifecycle.js'
import { TestProject } from './helpers/project.js'

let docker: RawEngine
let project: TestProject

beforeAll(async () => {
  await buildProgram()
  docker = rawEngine((await ensureEngine({ say: console.log, ask: null, env: process.env })).client)
  project = new TestProject()
})
afterEach(endAll)
afterAll(async () => {
  project?.remove()
  for (const name of ['go-mine', 'go-wrong']) await removeImages(`bakeoff/target/${name}`)
})

async function removeImages(name: string): Promise<void> {
  const images = (await docker.listImages({ filters: { reference: [name] } })) ?? []
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) await docker.getImage(tag).remove()
}

describe('a smoke run', () => {
  let command: Started
  let ended: Ended
  let id: string
  let jsonId: string

  beforeAll(async () => {
    command = start(project, ['matrix', '--quick'])
    ended = await command.ended
    id = newestRun(project)
  })

  it('ends well, and leaves every seam as a file', () => {
    expect(ended, ended.stderr).toMatchObject({ exitCode: 0 })
    for (const name of ['plan.json', 'context.json', 'calibration.json', 'results.json', 'events.ndjson'])
      expect(existsSync(join(project.reports, id, name)), name).toBe(true)
    expect(project.records(id)).toMatchObject([{ entry: ENTRY, repetition: 1, outcome: { kind: 'measured' } }])
    expect(readFileSync(join(project.reports, id, 'summary.md'), 'utf8')).toContain('go-net-http')
    expect(readFileSync(join(project.reports, id, 'results.csv'), 'utf8')).toContain('go-net-http')
    expect(readFileSync(join(project.reports, 'index.html'), 'utf8')).toContain(id)
  })

  it('prints a link to the report, and says that it is a smoke run', () => {
    const page = linkedFile(ended)
    expect(page).toBe(join(project.reports, id, 'index.html'))
    expect(readFileSync(page, 'utf8')).toContain('go-net-http')
    expect(resultsOf(project, id).run).toMatchObject({ status: 'complete', profile: 'quick' })
  })

  it('measured right answers on one load, and the ceiling of the agent', () => {
    const { cells, calibration } = resultsOf(project, id)
    expect(cells.map(({ loadId }) => loadId)).toEqual(['closed-64'])
    expect(cells[0]).toMatchObject({ outcome: 'measured', requests: { wrong: 0, errors: 0, lost: 0 } })
    expect(cells[0]?.figures.throughput?.median).toBeGreaterThan(0)
    expect(calibration[0]?.throughput).toBeGreaterThan(0)
  })

  it('says what it does in plain lines where there is no terminal', () => {
    expect(ended.stderr).not.toContain('\x1b')
    expect(ended.stderr).not.toContain('\r')
    expect(ended.stderr).toMatch(/^✓ go-net-http #1 +closed-64 /m)
  })

  it('leaves nothing on the engine, and no process', async () => {
    expect(await onEngine(docker, command)).toEqual([])
    expect(await processesOf(command)).toEqual([])
  })

  it('prints nothing but the results with --json, of as many repetitions as it was asked for', async () => {
    const json = await run(project, 'matrix', '--quick', '--json', '--repetitions', '2')
    expect(json.exitCode, json.stderr).toBe(0)
    const printed = results.parse(JSON.parse(json.stdout))
    jsonId = printed.run.id
    expect(printed.entries).toMatchObject([{ id: ENTRY, repetitions: 2 }])
    expect(printed).toEqual(resultsOf(project, jsonId))
  })

  it('shows its plan and measures nothing with --dry-run', async () => {
    const before = project.reportFiles()
    const text = await run(project, 'matrix', '--dry-run')
    expect(text, text.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('go-net-http/default') })
    const json = await run(project, 'matrix', '--dry-run', '--json', '--repetitions', '3')
    const planned: Plan = plan.parse(JSON.parse(json.stdout))
    expect(planned.blocks.map((block) => block.id)).toEqual(['predict#1', 'predict#2', 'predict#3'])
    expect(project.reportFiles()).toEqual(before)
  })

  it('is reported again from its files, without measuring', async () => {
    const before = resultsOf(project, id)
    for (const name of ['results.json', 'index.html', 'summary.md', 'results.csv'])
      rmSync(join(project.reports, id, name))
    const report = await run(project, 'report', id)
    expect(report.exitCode, report.stderr).toBe(0)
    expect(linkedFile(report)).toBe(join(project.reports, id, 'index.html'))
    expect(resultsOf(project, id)).toEqual(before)
    for (const name of ['index.html', 'summary.md', 'results.csv'])
      expect(existsSync(join(project.reports, id, name)), name).toBe(true)
  })

  it('is set beside another one', async () => {
    const page = join(project.root, 'comparison.html')
    const compared = await run(project, 'compare', id, jsonId, '--output', page)
    expect(compared.exitCode, compared.stderr).toBe(0)
    expect(linkedFile(compared)).toBe(page)
    const html = readFileSync(page, 'utf8')
    expect(html).toContain(id)
    expect(html).toContain(jsonId)
  })

  it('goes on with the other targets when one cannot be built, and ends with 1', async () => {
    project.addBrokenTarget('go-broken')
    try {
      const partial = await run(project, 'matrix', '--quick')
      expect(partial.exitCode, partial.stderr).toBe(1)
      expect(partial.stderr).toContain('the compiler says no')
      const { run: about, entries } = resultsOf(project, newestRun(project))
      expect(about).toMatchObject({ status: 'partial', statusReason: expect.stringContaining('go-broken') })
      expect(Object.fromEntries(entries.map(({ target, outcome }) => [target, outcome.kind]))).toEqual({
        'go-broken': 'failed',
        'go-net-http': 'measured',
      })
    } finally {
      project.removeTarget('go-broken')
    }
  })

  it('reports also when it breaks before anything is measured, and says why', async () => {
    const restore = project.breakNullServer()
    const broken = await run(project, 'matrix', '--quick').finally(restore)
    expect(broken.exitCode, broken.stderr).toBe(1)
    expect(broken.stderr).toContain('bakeoff/null-server')
    expect(existsSync(linkedFile(broken))).toBe(true)
    expect(resultsOf(project, newestRun(project)).run).toMatchObject({
      status: 'aborted',
      statusReason: expect.stringContaining('bakeoff/null-server'),
    })
  })
})

describe('a second run', () => {
  it('says who holds the engine, leaves no folder and ends with 75', async () => {
    const { command } = await startUntil(project, ['--profile', 'long'], () => true, 'it is under way')
    const before = project.reportFiles()
    const second = await run(project, 'matrix', '--quick')
    expect(second.exitCode, second.stderr).toBe(75)
    expect(second.stderr).toContain(`process ${command.pid} `)
    expect(second.stderr).toContain(project.root)
    expect(project.reportFiles()).toEqual(before)
    command.kill('SIGTERM')
    expect(await command.ended).toMatchObject({ exitCode: 130 })
    expect(await onEngine(docker, command)).toEqual([])
  })
})

describe('check', () => {
  it('passes on a target as new-target makes it', { timeout: 900_000 }, async () => {
    const made = await run(project, 'new-target', '--name', 'go-mine', '--language', 'go')
    expect(made, made.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('npm run check -- go-mine'),
    })
    const checked = await run(project, 'check', 'go-mine')
    expect(checked.exitCode, checked.stderr).toBe(0)
    expect(checked.stderr).toMatch(/^✓ predict\/go-mine\/default /m)
    project.removeTarget('go-mine')
  })

  it('shows the difference when an answer is wrong, and ends with 1', async () => {
    project.addWrongTarget('go-wrong')
    const checked = await run(project, 'check', 'go-wrong')
    expect(checked.exitCode, checked.stderr).toBe(1)
    expect(checked.stderr).toContain('✗ predict/go-wrong/default')
    expect(checked.stderr).toMatch(/expected .*Iris-Setosa[\s\S]*got .*Iris-Wrongs/)
    project.removeTarget('go-wrong')
  })

  it('shows the last lines of a build that fails, and ends with 1', async () => {
    project.addBrokenTarget('go-broken')
    const checked = await run(project, 'check', 'go-broken')
    expect(checked.exitCode, checked.stderr).toBe(1)
    expect(checked.stderr).toContain('✗ predict/go-broken/default (build)')
    expect(checked.stderr).toContain('the compiler says no')
    project.removeTarget('go-broken')
  })

  it.each([
    {
      because: 'a target has no Dockerfile',
      args: ['check', 'go-bare'],
      bare: true,
      says: /targets\/go-bare\/target\.yaml[\s\S]*Dockerfile/,
    },
    {
      because: 'no target is called so',
      args: ['check', 'go-net-htp'],
      bare: false,
      says: /go-net-htp[\s\S]*go-net-http/,
    },
    {
      because: 'all are wanted, and one is named',
      args: ['check', '--all', 'go-net-http'],
      bare: false,
      says: /--all means every target, and go-net-http only what is named/,
    },
  ])('ends with 2 and builds nothing when $because', async ({ args, bare, says }) => {
    if (bare) project.addBareTarget('go-bare')
    const checked = await run(project, ...args)
    if (bare) project.removeTarget('go-bare')
    expect(checked.stderr).toMatch(says)
    expect(checked.exitCode, checked.stderr).toBe(2)
  })

  it('checks the others where one has no Dockerfile, counts it as failed, and ends with 1', async () => {
    project.addBareTarget('go-bare')
    const checked = await run(project, 'check', '--all')
    project.removeTarget('go-bare')
    expect(checked.exitCode, checked.stderr).toBe(1)
    expect(checked.stderr).toMatch(/target go-bare is left out:\n +targets\/go-bare\/target\.yaml:/)
    // Both variants of go-net-http.
    expect(checked.stderr).toContain('2 passed, 1 failed')
  })
})

describe('clean', () => {
  it('removes what check --keep left running', async () => {
    const checking = start(project, ['check', 'go-net-http', '--keep'])
    const { exitCode, stderr } = await checking.ended
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('kept: ')
    expect(await onEngine(docker, checking)).not.toEqual([])
    const cleaned = await run(project, 'clean')
    expect(cleaned.exitCode, cleaned.stderr).toBe(0)
    expect(await onEngine(docker, checking)).toEqual([])
  })
})

describe('doctor', () => {
  it('says what this machine has, and ends with 3 only when something is in the way of a run', async () => {
    const { stdout, exitCode } = await run(project, 'doctor', '--json')
    const checks = JSON.parse(stdout) as { title: string; state: string; todo: string | null }[]
    const bad = checks.filter(({ state }) => state === 'bad')
    expect(exitCode).toBe(bad.length > 0 ? 3 : 0)
    expect(bad.every(({ todo }) => todo !== null)).toBe(true)
    const text = await run(project, 'doctor')
    for (const { title } of checks) expect(text.stdout).toContain(title)
  })
})
