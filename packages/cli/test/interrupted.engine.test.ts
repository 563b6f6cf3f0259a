/** A run that is ended from outside, or loses a container: what was measured is kept, reported and gone on with. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureEngine } from '@bakeoff/containers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RawEngine, rawEngine } from '../../containers/test/raw-engine.js'
import { buildProgram, endAll, processesOf, run, start, until } from './helpers/command.js'
import {
  ENTRY,
  inSecondRepetition,
  isLoading,
  killContainer,
  linkedFile,
  newestRun,
  onEngine,
  resultsOf,
  startUntil,
  underLoad,
} from './helpers/lifecycle.js'
import { TestProject } from './helpers/project.js'

let docker: RawEngine
let project: TestProject

beforeAll(async () => {
  await buildProgram()
  docker = rawEngine((await ensureEngine({ say: console.log, ask: null, env: process.env })).client)
  project = new TestProject()
})
afterEach(endAll)
afterAll(() => project?.remove())

describe('a run that is interrupted', () => {
  it('reports what it measured, leaves nothing behind, and is finished by --resume', async () => {
    const { command, runId } = await startUntil(
      project,
      ['--profile', 'long'],
      inSecondRepetition,
      'load in the second repetition',
    )
    command.kill('SIGINT')
    const ended = await command.ended
    expect(ended.exitCode, ended.stderr).toBe(130)
    // At this moment, not some time later.
    expect(await onEngine(docker, command)).toEqual([])
    expect(await processesOf(command)).toEqual([])

    expect(ended.stderr).toContain(`npm run matrix -- --resume ${runId}`)
    expect(linkedFile(ended)).toBe(join(project.reports, runId, 'index.html'))
    const stopped = resultsOf(project, runId)
    expect(stopped.run).toMatchObject({ status: 'aborted', statusReason: expect.stringContaining('SIGINT') })
    expect(stopped.cells.filter(({ outcome }) => outcome === 'measured')).toHaveLength(3)
    const [first, second] = project.records(runId)
    expect(first).toMatchObject({ repetition: 1, outcome: { kind: 'measured' } })
    expect(second).toMatchObject({ repetition: 2, outcome: { kind: 'aborted' } })
    expect(second?.loads[0]?.loadId, 'the load that was complete is kept').toBe('closed-64')

    const resumed = await run(project, 'matrix', '--resume')
    expect(resumed.exitCode, resumed.stderr).toBe(0)
    expect(newestRun(project)).toBe(runId)
    expect(resultsOf(project, runId)).toMatchObject({
      run: { status: 'complete' },
      entries: [{ id: ENTRY, repetitions: 2 }],
    })
    expect(project.records(runId)[0], 'what was measured is not measured again').toEqual(first)
  })

  it('leaves nothing behind when it is killed, is reported from its files, and is finished by --resume', async () => {
    const { command, runId } = await startUntil(
      project,
      ['--profile', 'long'],
      inSecondRepetition,
      'load in the second repetition',
    )
    expect(await onEngine(docker, command)).not.toEqual([])
    command.kill('SIGKILL')
    expect(await command.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
    // Its watchdog ends when it has found nothing for a while.
    await until(async () => (await processesOf(command)).length === 0, 'the watchdog ends')
    expect(await onEngine(docker, command)).toEqual([])

    const report = await run(project, 'report', runId)
    expect(report.exitCode, report.stderr).toBe(0)
    expect(resultsOf(project, runId)).toMatchObject({
      run: { status: 'aborted', statusReason: expect.stringContaining('killed') },
      entries: [{ id: ENTRY, repetitions: 1 }],
    })
    const resumed = await run(project, 'matrix', '--resume', runId)
    expect(resumed.exitCode, resumed.stderr).toBe(0)
    expect(resultsOf(project, runId)).toMatchObject({
      run: { status: 'complete' },
      entries: [{ id: ENTRY, repetitions: 2 }],
    })
  })

  it('says so again when its resumption is killed as well', async () => {
    const { command, runId } = await startUntil(project, ['--profile', 'long'], underLoad, 'load')
    command.kill('SIGINT')
    await command.ended
    const events = project.events(runId).length
    const again = start(project, ['matrix', '--resume', runId])
    await until(() => underLoad(project.events(runId).slice(events)), 'load of the resumed run', again)
    again.kill('SIGKILL')
    await again.ended
    await until(async () => (await processesOf(again)).length === 0, 'the watchdog ends')
    await run(project, 'report', runId)
    expect(resultsOf(project, runId).run).toMatchObject({
      status: 'aborted',
      statusReason: expect.stringContaining('killed'),
    })
  })
})

describe('a target that is killed under load', () => {
  it('fails that repetition only; the run goes on, reports, and ends with 1', async () => {
    const { command, runId } = await startUntil(project, ['--profile', 'long'], underLoad, 'load')
    await killContainer(docker, command, 'target')
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
    expect(ended.stderr).toMatch(/^✗ go-net-http #1 .*ended with exit code 137/m)
    expect(resultsOf(project, runId).run.status).toBe('complete')
    expect(await onEngine(docker, command)).toEqual([])
  })
})

describe('a load agent that is killed under load', () => {
  it('costs that try only: it is kept, and the repetition is tried again at once', async () => {
    const { command, runId } = await startUntil(project, ['--quick'], isLoading, 'load')
    await killContainer(docker, command, 'agent')
    const ended = await command.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stderr).toMatch(/^– go-net-http #1 .*the load agent ended with exit code 137; tried again/m)
    const [record, ...others] = project.records(runId)
    expect(others).toEqual([])
    expect(record).toMatchObject({
      outcome: { kind: 'measured' },
      earlierTries: [{ outcome: { kind: 'failed', error: { code: 'AGENT_FAILED' } } }],
    })
    expect(await onEngine(docker, command)).toEqual([])
  })
})
