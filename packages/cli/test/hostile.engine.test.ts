/**
 * A target for every attack, measured by the compiled program on a real engine: whatever a target does, the run goes on
 * with the next one, ends in time, leaves nothing behind, and its report is short and shows what came as text.
 */
import { readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { ensureEngine } from '@bakeoff/containers'
import {
  type Cell,
  type EntryResult,
  type RepetitionRecord,
  type Results,
  results as resultsSchema,
} from '@bakeoff/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawEngine, rawEngine } from '../../containers/test/raw-engine.js'
import { RunFolder } from '../src/run-folder.js'
import { buildProgram, type Ended, endAll, processesOf, start } from './helpers/command.js'
import { type HostileProject, makeHostileProject } from './hostile-project/make.js'

/** All repetitions; they take some two minutes on two cores, and more beside other tests. One that hangs takes much longer. */
const MOST_RUN_MS = 480_000
const MOST_REPETITION_MS = 60_000
/** Characters of all that a report keeps of what a target says and writes. */
const MOST_TEXT = 48 * 1024
/** Characters that nothing that is shown may hold. */
const UNSEEN = /[^\P{C}\n\t\p{Cn}\p{Co}]/u

let docker: RawEngine
let project: HostileProject
/** listens at every address of this machine, as a database of a developer's may */
let host: Server
let connections = 0
let ended: Ended
/** of two that write to the terminal what they said */
let checked: Ended
let leftOnEngine: string[]
let leftRunning: string[]
let results: Results
let records: readonly RepetitionRecord[]
let folder: string

beforeAll(async () => {
  await buildProgram()
  docker = rawEngine((await ensureEngine({ say: console.log, ask: null, env: process.env })).client)
  host = createServer((socket) => {
    connections++
    socket.on('error', () => {}).end('this is the host\n')
  })
  const port = await new Promise<number>((resolve) => {
    host.listen(0, '0.0.0.0', () => resolve((host.address() as { port: number }).port))
  })
  project = makeHostileProject(port, ownAddresses())
  const command = start(project, ['matrix'])
  ended = await command.ended
  leftOnEngine = await onEngine(command.pid)
  leftRunning = await processesOf(command)
  checked = await start(project, ['check', 'hostile/exits', 'hostile/scribbles']).ended
  const link = /file:\/\/\S+\/index\.html/.exec(ended.stdout)?.[0]
  if (link === undefined) throw new Error(`there is no report: ${ended.stdout}\n${ended.stderr}`)
  folder = new URL('.', link).pathname
  results = resultsSchema.parse(JSON.parse(fileOf('results.json')))
  records = RunFolder.open(folder).readRecords()
})
afterAll(async () => {
  await endAll()
  host?.close()
  if (process.env.KEEP_HOSTILE === undefined) project?.[Symbol.dispose]()
})

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

async function onEngine(pid: number): Promise<string[]> {
  const filters = { label: [`bakeoff.pid=${pid}`] }
  const containers = await docker.listContainers({ all: true, filters })
  const networks = await docker.listNetworks({ filters })
  const { Volumes: volumes } = await docker.listVolumes({ filters })
  return [...containers.flatMap(({ Names }) => Names), ...[...networks, ...(volumes ?? [])].map(({ Name }) => Name)]
}

function fileOf(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

const recordOf = (attack: string): RepetitionRecord =>
  records.find(({ entry }) => entry === `predict/hostile/${attack}`)!
const cellOf = (attack: string): Cell => results.cells.find(({ entry }) => entry === `predict/hostile/${attack}`)!
const entryOf = (attack: string): EntryResult => results.entries.find(({ id }) => id === `predict/hostile/${attack}`)!
const attacks = () => records.map(({ entry }) => entry.split('/')[2] as string)
const flagsOf = (attack: string) => entryOf(attack).info?.flags as Record<string, string>

describe('a run of hostile targets', () => {
  it('goes on to its end, in time, and says that something failed', () => {
    expect(ended.exitCode, ended.stderr).toBe(1)
    expect(results.run).toMatchObject({ status: 'partial', statusReason: expect.stringContaining('hostile/exits') })
    expect(records).toHaveLength(22)
    expect(records.filter(({ outcome }) => outcome.kind === 'aborted')).toEqual([])
    const times = records.map(({ entry, startedAt, endedAt }) => ({
      entry,
      ms: Date.parse(endedAt) - Date.parse(startedAt),
    }))
    for (const { entry, ms } of times) expect(ms, entry).toBeLessThan(MOST_REPETITION_MS)
    expect(times.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThan(MOST_RUN_MS)
  })

  it('measures the honest one among them, which counts', () => {
    expect(recordOf('none').outcome).toEqual({ kind: 'measured' })
    const causes = cellOf('none').verdict?.causes ?? []
    expect(causes.filter(({ effect }) => effect === 'invalidates')).toEqual([])
  })

  it('leaves nothing on the engine, and no process', () => {
    expect(leftOnEngine).toEqual([])
    expect(leftRunning).toEqual([])
  })
})

describe('what an attack comes to', () => {
  it.each([
    { attack: 'memory', stage: 'warm-up', code: 'TARGET_DIED', says: /memory/ },
    { attack: 'leaves', stage: 'warm-up', code: 'TARGET_DIED', says: /ended with exit code 0/ },
    { attack: 'scribbles', stage: 'verify', code: 'WRONG_ANSWERS', says: /Prediction: Iris-Setosa/ },
    { attack: 'nested', stage: 'verify', code: 'WRONG_ANSWERS', says: /content type/ },
    { attack: 'exits', stage: 'ready', code: 'NOT_READY', says: /exit code 7/ },
    { attack: 'never-ready', stage: 'ready', code: 'NOT_READY', says: /did not answer 200/ },
  ])('$attack fails, and the target is named and blamed', ({ attack, stage, code, says }) => {
    const { outcome } = recordOf(attack)
    // What exits at once may be gone before its address is read, or after.
    const isSoon = attack === 'exits' && outcome.kind === 'failed' && outcome.stage === 'start'
    const seen = isSoon ? { error: { code: 'START_FAILED' } } : { stage, error: { code } }
    expect(outcome).toMatchObject({ kind: 'failed', ...seen })
    expect(outcome).toHaveProperty('error.message', expect.stringMatching(says))
  })

  it.each(['big', 'headers', 'chunks', 'interim', 'drip'])('%s gets no figure that counts', (attack) => {
    const { outcome } = recordOf(attack)
    if (outcome.kind === 'measured') expect(cellOf(attack).verdict).toMatchObject({ status: 'invalid' })
    else expect(outcome).toMatchObject({ kind: 'failed', stage: expect.stringMatching(/warm-up|load/) })
  })

  it.each(['flood', 'fills', 'long-info', 'wide-info', 'deep-info', 'proto-info', 'reads', 'reaches', 'deaf'])(
    '%s changes nothing: it is measured',
    (attack) => expect(recordOf(attack).outcome).toEqual({ kind: 'measured' }),
  )

  it('forks are limited: it is measured, or dies of them, and the next one is not disturbed', () => {
    const { outcome } = recordOf('forks')
    if (outcome.kind !== 'measured') expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'TARGET_DIED' } })
  })
})

describe('what a target says and writes', () => {
  it('is short in every record, and in the report', () => {
    for (const { entry, info, logTail, outcome, verification, notes } of records)
      expect(JSON.stringify({ info, logTail, outcome, verification, notes }).length, entry).toBeLessThan(MOST_TEXT)
    for (const { id, wrongSamples } of results.cells)
      expect(JSON.stringify(wrongSamples).length, id).toBeLessThan(MOST_TEXT)
    const most = attacks().length * MOST_TEXT
    for (const name of ['index.html', 'results.json', 'events.ndjson', 'summary.md', 'results.csv'])
      expect(statSync(join(folder, name)).size, name).toBeLessThan(2 * most)
  })

  it('is said to be cut where it was', () => {
    for (const attack of ['long-info', 'wide-info', 'deep-info', 'proto-info'])
      expect(recordOf(attack).notes.join(), attack).toContain('GET /info')
    expect(recordOf('none').notes.join()).not.toContain('/info')
    expect(recordOf('wide-info').info).toMatchObject({ language: 'python', cpus: 1 })
  })

  it('is kept as a log of the last lines', () => {
    expect(recordOf('flood').logTail.length).toBeGreaterThan(0)
    expect(recordOf('exits').outcome).toHaveProperty('error.logTail', [expect.stringContaining('\u001b]0;owned')])
  })

  it('has no prototype', () => {
    const { info } = recordOf('proto-info')
    expect(Object.hasOwn(info!, '__proto__')).toBe(false)
    expect(JSON.stringify(info)).not.toContain('polluted')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('is shown and not obeyed, wherever it is shown', () => {
    expect(checked.exitCode, checked.stderr).toBe(1)
    expect(checked.stderr).toMatch(/\| ␛\]0;owned␇.*\\u202ethgir\\u202c/)
    expect(checked.stderr).toMatch(/got {6}␛\]0;owned␇.*\\u202ethgir\\u202c/)
    expect(fileOf('index.html')).toContain('␛]0;owned␇')
    for (const [name, text] of [
      ['stderr', ended.stderr],
      ['stdout', ended.stdout],
      ['check', checked.stderr],
      ['summary.md', fileOf('summary.md')],
      ['results.csv', fileOf('results.csv').replaceAll('\r\n', '\n')],
      // Its scripts are not shown, and its attributes are names.
      ['index.html', fileOf('index.html').replaceAll(/<script[\s\S]*?<\/script>|"[^"<>]*"/g, '')],
    ] as const)
      expect(UNSEEN.exec(text)?.[0], name).toBeUndefined()
  })

  it('is text in the page, and no markup', () => {
    const page = fileOf('index.html')
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(page).not.toMatch(/<img|<script>alert/)
    expect(fileOf('results.csv')).not.toMatch(/(^|,)=HYPERLINK/m)
    expect(fileOf('summary.md').replaceAll(/(`+).*?\1/g, '')).not.toMatch(/<img|<script/)
  })
})

describe('what a target can do from inside', () => {
  it('is nothing to its container, the kernel, or the engine', () => {
    const attempts = Object.entries(flagsOf('reads'))
    expect(attempts.length).toBeGreaterThanOrEqual(35)
    expect(attempts.filter(([, came]) => came.startsWith('ALLOWED'))).toEqual([])
  })

  it('is done as nobody, and sees nothing but itself', () => {
    const { info } = entryOf('reads') as unknown as { info: { identity: Record<string, string | number> } }
    expect(info.identity).toMatchObject({
      uid: 10001,
      capabilities: '0000000000000000',
      bounding: '0000000000000000',
      noNewPrivileges: '1',
      seccomp: '2',
    })
    expect(info.identity.processes).toBeLessThan(5)
    expect(info.identity.environment).toContain('ATTACK=reads')
    expect(info.identity.environment).not.toMatch(/BAKEOFF|DOCKER|lifecycle/)
  })

  it('is to write in its own memory only', () => {
    const written = Object.entries(flagsOf('fills')).filter(([, came]) => !came.startsWith('0 MB'))
    expect(written.map(([place]) => place).sort()).toEqual(['/dev/shm', '/tmp'])
    for (const [place, came] of written) expect(came, place).toMatch(/ENOSPC$/)
  })

  it('is to reach nothing outside its own network', () => {
    const reached = flagsOf('reaches')
    expect(Object.keys(reached)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^172\.17\.0\.1:/), '198.51.100.1:80']),
    )
    expect(Object.keys(reached).length).toBeGreaterThanOrEqual(5)
    expect(Object.entries(reached).filter(([, came]) => came.startsWith('ALLOWED'))).toEqual([])
    expect(connections).toBe(0)
  })
})
