/**
 * The compiled command line as a user runs it, against a real engine: what it leaves on disk, what it leaves on the
 * engine (nothing), and how it ends, also when it is ended from outside.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Engine, ensureEngine } from '@bakeoff/containers'
import { type Plan, plan, type Results, type RunEvent, results } from '@bakeoff/model'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, type Ended, endAll, processesOf, run, type Started, start, until } from './helpers/command.js'
import { TestProject } from './helpers/project.js'

const ENTRY = 'predict/go-net-http/default'
let docker: Engine['docker']
let project: TestProject

beforeAll(async () => {
  await buildProgram()
  ;({ docker } = await ensureEngine({ say: console.log, ask: null, env: process.env }))
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

/** Names of the containers and networks of a command that are on the engine. */
async function onEngine({ pid }: Started): Promise<string[]> {
  const filters = { label: [`bakeoff.pid=${pid}`] }
  const containers = await docker.listContainers({ all: true, filters })
  const networks = await docker.listNetworks({ filters })
  return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)]
}

function resultsOf(runId: string): Results {
  return results.parse(JSON.parse(readFileSync(join(project.reports, runId, 'results.json'), 'utf8')))
}

function newestRun(): string {
  const [id] = project.runs()
  if (id === undefined) throw new Error('there is no run')
  return id
}

/** The file behind the link in the last line of what was printed. */
function linkedFile({ stdout }: Ended): string {
  const link = /file:\/\/\S+$/.exec(stdout)?.[0]
  if (link === undefined) throw new Error(`no link at the end of: ${stdout}`)
  return fileURLToPath(link)
}

/** Starts a run and waits for an event of it. */
async function startUntil(
  args: readonly string[],
  happened: (events: readonly RunEvent[]) => boolean,
  what: string,
): Promise<{ command: Started; runId: string }> {
  const before = new Set(project.runs())
  const command = start(project, ['matrix', ...args])
  let runId: string | undefined
  await until(
    () => {
      runId = project.runs().find((id) => !before.has(id))
      return runId !== undefined && happened(project.events(runId))
    },
    what,
    command,
  )
  return { command, runId: runId as string }
}

const underLoad = (events: readonly RunEvent[]) =>
  events.some((event) => event.kind === 'window' && event.loadId === 'closed-1')

const isLoading = (events: readonly RunEvent[]) => events.some(({ kind }) => kind === 'window')

/** One repetition is done, and the second of its four loads is being measured in the next. */
function inSecondRepetition(events: readonly RunEvent[]): boolean {
  const first = events.findIndex(({ kind }) => kind === 'repetition')
  return first >= 0 && underLoad(events.slice(first))
}

describe('a smoke run', () => {
  let command: Started
  let ended: Ended
  let id: string
  let jsonId: string

  beforeAll(async () => {
    command = start(project, ['matrix', '--quick'])
    ended = await command.ended
    id = newestRun()
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
    expect(resultsOf(id).run).toMatchObject({ status: 'complete', profile: 'quick' })
  })

  it('measured right answers on one load, and the ceiling of the agent', () => {
    const { cells, calibration } = resultsOf(id)
    expect(cells.map(({ loadId }) => loadId)).toEqual(['closed-64'])
    expect(cells[0]).toMatchObject({ outcome: 'measured', requests: { wrong: 0, errors: 0, lost: 0 } })
    expect(cells[0]?.throughput?.median).toBeGreaterThan(0)
    expect(calibration[0]?.throughput).toBeGreaterThan(0)
  })

  it('says what it does in plain lines where there is no terminal', () => {
    expect(ended.stderr).not.toContain('\x1b')
    expect(ended.stderr).not.toContain('\r')
    expect(ended.stderr).toMatch(/^✓ predict\/go-net-http\/default #1 +closed-64 /m)
  })

  it('leaves nothing on the engine, and no process', async () => {
    expect(await onEngine(command)).toEqual([])
    expect(await processesOf(command)).toEqual([])
  })

  it('prints nothing but the results with --json, of as many repetitions as it was asked for', async () => {
    const json = await run(project, 'matrix', '--quick', '--json', '--repetitions', '2')
    expect(json.exitCode, json.stderr).toBe(0)
    const printed = results.parse(JSON.parse(json.stdout))
    jsonId = printed.run.id
    expect(printed.entries).toMatchObject([{ id: ENTRY, repetitions: 2 }])
    expect(printed).toEqual(resultsOf(jsonId))
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
    const before = resultsOf(id)
    for (const name of ['results.json', 'index.html', 'summary.md', 'results.csv'])
      rmSync(join(project.reports, id, name))
    const report = await run(project, 'report', id)
    expect(report.exitCode, report.stderr).toBe(0)
    expect(linkedFile(report)).toBe(join(project.reports, id, 'index.html'))
    expect(resultsOf(id)).toEqual(before)
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
      const { run: about, entries } = resultsOf(newestRun())
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
    expect(resultsOf(newestRun()).run).toMatchObject({
      status: 'aborted',
      statusReason: expect.stringContaining('bakeoff/null-server'),
    })
  })
})

describe('a run that is interrupted', () => {
  it('reports what it measured, leaves nothing behind, and is finished by --resume', async () => {
    const { command, runId } = await startUntil(
      ['--profile', 'long'],
      inSecondRepetition,
      'load in the second repetition',
    )
    command.kill('SIGINT')
    const ended = await command.ended
    expect(ended.exitCode, ended.stderr).toBe(130)
    // At this moment, not some time later.
    expect(await onEngine(command)).toEqual([])
    expect(await processesOf(command)).toEqual([])

    expect(ended.stderr).toContain(`npm run matrix -- --resume ${runId}`)
    expect(linkedFile(ended)).toBe(join(project.reports, runId, 'index.html'))
    const stopped = resultsOf(runId)
    expect(stopped.run).toMatchObject({ status: 'aborted', statusReason: expect.stringContaining('SIGINT') })
    expect(stopped.cells.filter(({ outcome }) => outcome === 'measured')).toHaveLength(4)
    const [first, second] = project.records(runId)
    expect(first).toMatchObject({ repetition: 1, outcome: { kind: 'measured' } })
    expect(second).toMatchObject({ repetition: 2, outcome: { kind: 'aborted' } })
    expect(second?.loads[0]?.loadId, 'the load that was complete is kept').toBe('closed-64')

    const resumed = await run(project, 'matrix', '--resume')
    expect(resumed.exitCode, resumed.stderr).toBe(0)
    expect(newestRun()).toBe(runId)
    expect(resultsOf(runId)).toMatchObject({ run: { status: 'complete' }, entries: [{ id: ENTRY, repetitions: 2 }] })
    expect(project.records(runId)[0], 'what was measured is not measured again').toEqual(first)
  })

  it('leaves nothing behind when it is killed, is reported from its files, and is finished by --resume', async () => {
    const { command, runId } = await startUntil(
      ['--profile', 'long'],
      inSecondRepetition,
      'load in the second repetition',
    )
    expect(await onEngine(command)).not.toEqual([])
    command.kill('SIGKILL')
    expect(await command.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
    // Its watchdog ends when it has found nothing for a while.
    await until(async () => (await processesOf(command)).length === 0, 'the watchdog ends')
    expect(await onEngine(command)).toEqual([])

    const report = await run(project, 'report', runId)
    expect(report.exitCode, report.stderr).toBe(0)
    expect(resultsOf(runId)).toMatchObject({
      run: { status: 'aborted', statusReason: expect.stringContaining('killed') },
      entries: [{ id: ENTRY, repetitions: 1 }],
    })
    const resumed = await run(project, 'matrix', '--resume', runId)
    expect(resumed.exitCode, resumed.stderr).toBe(0)
    expect(resultsOf(runId)).toMatchObject({ run: { status: 'complete' }, entries: [{ id: ENTRY, repetitions: 2 }] })
  })

  it('says so again when its resumption is killed as well', async () => {
    const { command, runId } = await startUntil(['--profile', 'long'], underLoad, 'load')
    command.kill('SIGINT')
    await command.ended
    const events = project.events(runId).length
    const again = start(project, ['matrix', '--resume', runId])
    await until(() => underLoad(project.events(runId).slice(events)), 'load of the resumed run', again)
    again.kill('SIGKILL')
    await again.ended
    await until(async () => (await processesOf(again)).length === 0, 'the watchdog ends')
    await run(project, 'report', runId)
    expect(resultsOf(runId).run).toMatchObject({ status: 'aborted', statusReason: expect.stringContaining('killed') })
  })
})

describe('a target that is killed under load', () => {
  it('fails that repetition only; the run goes on, reports, and ends with 1', async () => {
    const { command, runId } = await startUntil(['--profile', 'long'], underLoad, 'load')
    const filters = { label: [`bakeoff.pid=${command.pid}`], name: ['-target$'] }
    const [target] = await docker.listContainers({ filters })
    await docker.getContainer(target?.Id as string).kill()
    const ended = await command.ended
    expect(ended.exitCode, ended.stderr).toBe(1)
    const [killed, next] = project.records(runId)
    expect(killed?.outcome).toMatchObject({
      kind: 'failed',
      stage: 'load',
      error: { code: 'TARGET_DIED', message: expect.stringContaining('exit code 137') },
    })
    expect(killed?.loads[0]?.loadId, 'the load before is kept').toBe('closed-64')
    expect(next?.outcome).toMatchObject({ kind: 'measured' })
    expect(existsSync(linkedFile(ended))).toBe(true)
    expect(ended.stderr).toMatch(/^✗ predict\/go-net-http\/default #1 .*ended with exit code 137/m)
    expect(resultsOf(runId).run.status).toBe('complete')
    expect(await onEngine(command)).toEqual([])
  })
})

describe('a load agent that is killed under load', () => {
  it('costs that try only: it is kept, and the repetition is tried again at once', async () => {
    const { command, runId } = await startUntil(['--quick'], isLoading, 'load')
    const filters = { label: [`bakeoff.pid=${command.pid}`], name: ['-agent$'] }
    const [agent] = await docker.listContainers({ filters })
    await docker.getContainer(agent?.Id as string).kill()
    const ended = await command.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stderr).toMatch(
      /^– predict\/go-net-http\/default #1 .*the load agent ended with exit code 137; tried again/m,
    )
    const [record, ...others] = project.records(runId)
    expect(others).toEqual([])
    expect(record).toMatchObject({
      outcome: { kind: 'measured' },
      earlierTries: [{ outcome: { kind: 'failed', error: { code: 'AGENT_FAILED' } } }],
    })
    expect(await onEngine(command)).toEqual([])
  })
})

describe('a second run', () => {
  it('says who holds the engine, leaves no folder and ends with 75', async () => {
    const { command } = await startUntil(['--profile', 'long'], () => true, 'it is under way')
    const before = project.reportFiles()
    const second = await run(project, 'matrix', '--quick')
    expect(second.exitCode, second.stderr).toBe(75)
    expect(second.stderr).toContain(`process ${command.pid} `)
    expect(second.stderr).toContain(project.root)
    expect(project.reportFiles()).toEqual(before)
    command.kill('SIGTERM')
    expect(await command.ended).toMatchObject({ exitCode: 130 })
    expect(await onEngine(command)).toEqual([])
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
      args: ['check'],
      bare: true,
      says: /targets\/go-bare\/target\.yaml[\s\S]*Dockerfile/,
    },
    {
      because: 'no target is called so',
      args: ['check', 'go-net-htp'],
      bare: false,
      says: /go-net-htp[\s\S]*go-net-http/,
    },
  ])('ends with 2 and builds nothing when $because', async ({ args, bare, says }) => {
    if (bare) project.addBareTarget('go-bare')
    const checked = await run(project, ...args)
    if (bare) project.removeTarget('go-bare')
    expect(checked.stderr).toMatch(says)
    expect(checked.exitCode, checked.stderr).toBe(2)
  })
})

describe('clean', () => {
  it('removes what check --keep left running', async () => {
    const checking = start(project, ['check', 'go-net-http', '--keep'])
    const { exitCode, stderr } = await checking.ended
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('kept: ')
    expect(await onEngine(checking)).not.toEqual([])
    const cleaned = await run(project, 'clean')
    expect(cleaned.exitCode, cleaned.stderr).toBe(0)
    expect(await onEngine(checking)).toEqual([])
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
