import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureEngine, holdEngine, labelsOf } from '@bakeoff/containers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CleanOptions, clean } from '../src/commands/clean.js'
import type { Terminal } from '../src/terminal.js'
import { SocketEngine } from './helpers/socket-engine.js'
import { recordingTerminal } from './helpers/terminal.js'

/** What a session labels its containers with; the process is this one. */
async function labels(changes: Record<string, string>): Promise<Record<string, string>> {
  const found = await ensureEngine({ say: () => {}, ask: null, env: process.env })
  const { owner, giveBack } = await holdEngine(found.facts, {
    root: '/x',
    lockFolder: join(engine.folder, 'other-locks'),
  })
  await giveBack()
  return { ...labelsOf(owner), ...changes }
}

let engine: SocketEngine
const before = { ...process.env }
beforeEach(async () => {
  engine = await SocketEngine.start()
  process.env.DOCKER_HOST = `unix://${engine.socket}`
  process.env.BAKEOFF_LOCK_FOLDER = join(engine.folder, 'locks')
  engine.containers.set('of-a-run', await labels({}))
  engine.containers.set('of-a-dead-run', await labels({ 'bakeoff.started': '1' }))
  engine.containers.set(
    'of-another-container',
    await labels({ 'bakeoff.pid-namespace': 'pid:[1]', 'bakeoff.host': 'f3a1' }),
  )
  engine.containers.set('of-nobody', {})
  engine.images.add('bakeoff/target/x:latest')
})
afterEach(async () => {
  process.env = { ...before }
  await engine[Symbol.asyncDispose]()
})

/** @param leave called with the exit code of a command that did not do all of its work */
async function cleaned(
  options: Partial<CleanOptions>,
  ask: Terminal['ask'] = null,
  leave: (code: number) => void = () => {},
): Promise<string> {
  const lines: string[] = []
  const say = (line: string) => void lines.push(line)
  const terminal: Terminal = { ...recordingTerminal(), say, print: say, ask }
  const project = { root: '/srv/project', home: '/srv/project', reports: '/srv/project/reports' }
  const stop = { signal: new AbortController().signal, guard: () => {}, onNextSignal: () => () => {} }
  const invocation = { project, terminal, stop, leave }
  await clean(invocation, { images: false, all: false, yes: false, ...options }).catch((error: Error) => {
    throw Object.assign(error, { lines })
  })
  return lines.join('\n')
}

const left = () => [...engine.containers.keys()].sort()

describe('clean', () => {
  it('removes what dead runs of this machine left, and names what it leaves', async () => {
    const said = await cleaned({})
    expect(left()).toEqual(['of-a-run', 'of-another-container', 'of-nobody'])
    expect(said).toContain('removed container of-a-dead-run')
    expect(said).toContain(`left container of-a-run: a run is using it (process ${process.pid})`)
    expect(said).toMatch(/left container of-another-container: .*on f3a1\), and cannot be asked/)
    expect(said).toContain('npm run clean -- --all')
  })

  it.each([
    { because: 'is told so beforehand', options: { all: true, yes: true }, ask: null },
    { because: 'is allowed to', options: { all: true }, ask: async () => true },
  ])(
    'removes what other machines and containers made when it $because, and nothing that runs here',
    async ({ options, ask }) => {
      const said = await cleaned(options, ask)
      expect(left()).toEqual(['of-a-run', 'of-nobody'])
      expect(said).toMatch(/left container of-another-container: .*removed container of-another-container/s)
    },
  )

  it('leaves it when the answer is no', async () => {
    await cleaned({ all: true }, async () => false)
    expect(left()).toEqual(['of-a-run', 'of-another-container', 'of-nobody'])
  })

  it('leaves it where nobody can be asked, having said what it would remove, and how', async () => {
    await expect(cleaned({ all: true })).rejects.toMatchObject({
      code: 'BAD_SPEC',
      hint: expect.stringContaining('--all --yes'),
      lines: expect.arrayContaining([expect.stringContaining('of-another-container')]),
    })
    expect(left()).toEqual(['of-a-run', 'of-another-container', 'of-nobody'])
  })

  it('removes images, and gives the engine back', async () => {
    await cleaned({ images: true })
    expect([...engine.images]).toEqual([])
    engine.images.add('bakeoff/target/x:latest')
    await cleaned({ images: true })
    expect([...engine.images]).toEqual([])
  })

  it('removes nothing while a run holds the engine whose images are to go', async () => {
    const { facts } = await ensureEngine({ say: () => {}, ask: null, env: process.env })
    await holdEngine(facts, { root: '/srv/other', lockFolder: join(engine.folder, 'locks') })
    await expect(cleaned({ images: true })).rejects.toMatchObject({
      code: 'ENGINE_HELD',
      message: expect.stringContaining('in /srv/other'),
    })
    expect([...engine.images]).toEqual(['bakeoff/target/x:latest'])
    expect(left()).toContain('of-a-dead-run')
  })
})

describe('clean --hosts', () => {
  let other: SocketEngine
  beforeEach(async () => {
    other = await SocketEngine.start()
    other.containers.set('of-a-dead-run', await labels({ 'bakeoff.started': '1' }))
    other.images.add('bakeoff/target/y:latest')
  })
  afterEach(() => other[Symbol.asyncDispose]())

  /** A fleet, so that no addresses are needed. @returns its path */
  function hostsFile(ways: Readonly<Record<string, string>>): string {
    const hosts = Object.entries(ways).map(([name, socket]) => `  ${name}: { docker: "unix://${socket}" }\n`)
    const file = join(engine.folder, 'hosts.yaml')
    writeFileSync(file, `hosts:\n${hosts.join('')}fleet: [${Object.keys(ways).join(', ')}]\n`)
    return file
  }

  it('removes what dead runs left on every machine, and says where', async () => {
    const said = await cleaned({ hosts: hostsFile({ h1: engine.socket, h2: other.socket }) })
    expect([...left(), ...other.containers.keys()]).toEqual(['of-a-run', 'of-another-container', 'of-nobody'])
    expect(said).toContain('h1: removed container of-a-dead-run')
    expect(said).toContain('h2: removed container of-a-dead-run')
    expect(said).toContain('h1: left container of-a-run: a run is using it')
  })

  it('cleans the others where one does not answer, names it, and ends with 3', async () => {
    const codes: number[] = []
    const hosts = hostsFile({ h1: join(engine.folder, 'nobody.sock'), h2: other.socket })
    const said = await cleaned({ hosts }, null, (code) => codes.push(code))
    expect([...other.containers.keys()]).toEqual([])
    expect(said).toMatch(/not cleaned: .*h1/)
    expect(codes).toEqual([3])
  })

  it('does not say that nothing was left where no machine could be asked', async () => {
    const nobody = (name: string) => join(engine.folder, `${name}.sock`)
    const said = await cleaned({ hosts: hostsFile({ h1: nobody('h1'), h2: nobody('h2') }) })
    expect(said).toMatch(/not cleaned: .*h1.*\nnot cleaned: .*h2/)
    expect(said).not.toContain('No run left anything behind')
  })

  it('removes images of every machine, unless a run is on one', async () => {
    const hosts = hostsFile({ h1: engine.socket, h2: other.socket })
    await expect(cleaned({ hosts, images: true })).rejects.toMatchObject({
      code: 'ENGINE_HELD',
      message: expect.stringContaining('h1'),
    })
    expect([...engine.images, ...other.images]).toHaveLength(2)
    engine.containers.clear()
    await cleaned({ hosts, images: true })
    expect([...engine.images, ...other.images]).toEqual([])
  })
})
