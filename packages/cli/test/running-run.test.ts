import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { thisOwner } from '@bakeoff/containers'
import type { Owner } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { report } from '../src/commands/report.js'
import type { Project } from '../src/project.js'
import { RunFolder } from '../src/run-folder.js'
import { aRunOnDisk, emptyReports, type RunOnDisk } from './helpers/run-on-disk.js'
import { recordingTerminal } from './helpers/terminal.js'

let reports: string
let run: RunOnDisk
beforeEach(async () => {
  reports = emptyReports()
  run = await aRunOnDisk(reports)
  // A run goes on, or was killed: it has no end.
  const path = join(run.folder.path, 'events.ndjson')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/\{"kind":"run-ended".*\n$/, ''))
})
afterEach(() => rmSync(reports, { recursive: true }))

const owned = (change: Partial<Owner> = {}) =>
  thisOwner('r').then((owner) =>
    writeFileSync(join(run.folder.path, 'owner.json'), JSON.stringify({ ...owner, ...change })),
  )

async function reported() {
  const terminal = recordingTerminal()
  await report({ project: { reports } as Project, terminal }, run.plan.runId, null)
  const { run: told, warnings } = JSON.parse(readFileSync(join(run.folder.path, 'results.json'), 'utf8'))
  return { status: told.status, reason: told.statusReason, endedAt: told.endedAt, warnings, said: terminal.said }
}

describe('the report of a run without an end', () => {
  it('says that it goes on while its process lives', async () => {
    await owned()
    const { status, endedAt, said } = await reported()
    expect([status, endedAt]).toEqual(['running', null])
    expect(said).toEqual([`Run ${run.plan.runId} is still running: the report shows what is on disk by now.`])
    expect(readFileSync(join(run.folder.path, 'index.html'), 'utf8')).toContain('This run is going on.')
    expect(readFileSync(join(reports, 'index.html'), 'utf8')).toContain('not ended')
  })

  it('does not call damaged what is being written', async () => {
    await owned()
    appendFileSync(join(run.folder.path, 'events.ndjson'), '{"kind":"wind')
    expect((await reported()).warnings.map(({ where }: { where: string }) => where)).not.toContain('events.ndjson')
  })

  it.each([
    { because: 'its process is gone', own: () => owned({ pid: 2 ** 22 + 1 }) },
    { because: 'its process id belongs to another process by now', own: () => owned({ started: '1' }) },
    { because: 'nobody says to write it', own: async () => {} },
    { because: 'what says so is damaged', own: async () => writeFileSync(join(run.folder.path, 'owner.json'), 'null') },
  ])('says that it was killed when $because', async ({ own }) => {
    await own()
    expect(await reported()).toMatchObject({ status: 'aborted', reason: 'the run was killed before its end' })
  })
})

describe('a run that a process writes', () => {
  it('is its own until it is closed', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' })
    try {
      const started = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!
      await owned({ pid: child.pid!, started })
      const refused = { code: 'ENGINE_HELD', message: expect.stringContaining(`measured by process ${child.pid}`) }
      await expect(RunFolder.open(run.folder.path).own()).rejects.toMatchObject(refused)
    } finally {
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
    }
    const folder = RunFolder.open(run.folder.path)
    await folder.own()
    expect(existsSync(join(folder.path, 'owner.json'))).toBe(true)
    folder.close()
    expect(existsSync(join(folder.path, 'owner.json'))).toBe(false)
  })
})
