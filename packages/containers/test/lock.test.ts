import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { LockHolder } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holderOf, takeLock } from '../src/locks/lock.js'
import { type Place, startedIn, startedOf, stateOf, thisOwner, whereIs } from '../src/locks/owner.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bakeoff-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function holder(session: string, changes: Partial<LockHolder> = {}): Promise<LockHolder> {
  const owner = await thisOwner(session)
  return { ...owner, since: '2026-01-01T00:00:00.000Z', command: 'matrix --quick', root: '/srv/x', ...changes }
}

const me = process.getuid?.() ?? 0
const mine = () => join(folder, `bakeoff-locks-${me}`)

/** Where the lock of `engine` is kept. */
async function lockFile(): Promise<string> {
  const giveBack = await takeLock('engine', await holder('probe'), folder)
  const [name] = await readdir(mine())
  await giveBack()
  return join(mine(), name as string)
}

/** A process that has ended, and whose number nobody has now. */
async function deadProcess(): Promise<{ pid: number; started: string }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  const started = await startedOf(child.pid as number)
  child.stdin.end()
  await once(child, 'exit')
  return { pid: child.pid as number, started: started as string }
}

describe('the lock of an engine', () => {
  it('says who holds it', async () => {
    await takeLock('engine', await holder('first'), folder)
    await expect(takeLock('engine', await holder('second'), folder)).rejects.toMatchObject({
      code: 'ENGINE_HELD',
      message: expect.stringMatching(
        new RegExp(`process ${process.pid} on .*since 2026-01-01T00:00:00.000Z, in /srv/x: matrix --quick`),
      ),
      hint: expect.stringContaining(`kill ${process.pid}`),
    })
  })

  it('is free again when it is given back', async () => {
    const giveBack = await takeLock('engine', await holder('first'), folder)
    await giveBack()
    await takeLock('engine', await holder('second'), folder)
  })

  it('is one for each engine', async () => {
    await takeLock('engine', await holder('first'), folder)
    await takeLock('another engine', await holder('second'), folder)
  })

  it.each([
    { because: 'its process has ended', changes: deadProcess },
    { because: 'its process number belongs to another process now', changes: async () => ({ started: '1' }) },
    { because: 'the machine has been restarted since', changes: async () => ({ boot: 'before' }) },
  ])('holds nothing when $because', async ({ changes }) => {
    await takeLock('engine', await holder('dead', await changes()), folder)
    await takeLock('engine', await holder('next'), folder)
    await expect(takeLock('engine', await holder('third'), folder)).rejects.toThrow('another run')
  })

  it('is held by a run in another container, which cannot be asked, as long as it touches its lock', async () => {
    const there = { pidNamespace: 'pid:[1]', host: 'elsewhere', pid: 1, started: '1' }
    await takeLock('engine', await holder('first', there), folder)
    const second = takeLock('engine', await holder('second'), folder)
    await expect(second).rejects.toMatchObject({
      message: expect.stringContaining('on elsewhere'),
      hint: expect.stringMatching(/^(?!.*kill).*end it there/),
    })
    const file = join(mine(), (await readdir(mine()))[0] as string)
    await utimes(file, new Date(), new Date(Date.now() - 10 * 60_000))
    await takeLock('engine', await holder('third'), folder)
  })

  it('is held whatever the host is called by now', async () => {
    await takeLock('engine', await holder('first', { host: 'before-dhcp' }), folder)
    await expect(takeLock('engine', await holder('second'), folder)).rejects.toMatchObject({
      hint: expect.stringContaining(`kill ${process.pid}`),
    })
  })

  it('of a dead run holds nothing under another host name', async () => {
    await takeLock('engine', await holder('dead', { ...(await deadProcess()), host: 'before-dhcp' }), folder)
    await takeLock('engine', await holder('next'), folder)
  })

  it('goes to exactly one of many that find it dead at once', async () => {
    await takeLock('engine', await holder('dead', { boot: 'before' }), folder)
    const holders = await Promise.all(Array.from({ length: 20 }, (_, i) => holder(`session-${i}`)))
    const results = await Promise.allSettled(holders.map((each) => takeLock('engine', each, folder)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await readdir(mine())).length, 'only the lock itself is left').toBe(1)
  })

  it('is not given back by a session that lost it', async () => {
    const giveBack = await takeLock('engine', await holder('dead', { boot: 'before' }), folder)
    await takeLock('engine', await holder('next'), folder)
    await giveBack()
    await expect(takeLock('engine', await holder('third'), folder)).rejects.toThrow('another run')
  })

  it.each([
    { what: 'no JSON', text: 'not ours' },
    { what: 'null', text: 'null' },
    { what: 'a host and nothing else', text: '{"host":"x"}' },
    { what: 'something huge', text: `{"host":"${'x'.repeat(100_000)}"}` },
    { what: 'an escape code', with: { command: '\x1b]0;title\x07' } },
    { what: 'text that is turned round', with: { root: '/\u202etxt' } },
    { what: 'a pid that is none', with: { pid: 0 } },
    { what: 'a session that is a path', with: { session: '../../x' } },
  ])('is taken over from a file with $what', async ({ text, with: changes }) => {
    await writeFile(await lockFile(), text ?? JSON.stringify({ ...(await holder('forged')), ...changes }))
    await takeLock('engine', await holder('second'), folder)
    await expect(takeLock('engine', await holder('third'), folder)).rejects.toMatchObject({ code: 'ENGINE_HELD' })
  })

  it.each([
    { what: 'a link to another file', make: (file: string) => symlink('/etc/passwd', file) },
    { what: 'a link to nowhere', make: (file: string) => symlink('/nowhere', file) },
    { what: 'a folder', make: (file: string) => mkdir(join(file, 'x'), { recursive: true }) },
  ])('is taken over from $what', async ({ make }) => {
    await make(await lockFile())
    await takeLock('engine', await holder('second'), folder)
  })

  it('keeps control characters of the command line to itself', async () => {
    const owner = await thisOwner('first')
    await takeLock('engine', holderOf(owner, { command: 'matrix \x1b[2J\u202e', root: '/srv/\n' }), folder)
    await expect(takeLock('engine', await holder('second'), folder)).rejects.toMatchObject({
      message: expect.stringContaining('in /srv/ : matrix ␛[2J\\u202e'),
    })
  })

  it.each([
    { because: 'is very long', command: 'x'.repeat(100_000) },
    { because: 'is cut within an emoji', command: `x${'🙂'.repeat(2_000)}` },
    { because: 'has half a character', command: '\ud83d' },
    { because: 'is nothing but controls', command: '\x00\x1b\x07\u200b'.repeat(1_000) },
  ])('is held by a run whose command line $because', async ({ command }) => {
    const owner = await thisOwner('first')
    await takeLock('engine', holderOf(owner, { command, root: command }), folder)
    await expect(takeLock('engine', await holder('second'), folder)).rejects.toMatchObject({ code: 'ENGINE_HELD' })
  })
})

describe.skipIf(process.platform === 'win32')('the folder of locks', () => {
  it('is readable for others and writable for nobody else, whatever the umask', async () => {
    const before = process.umask(0o077)
    try {
      await takeLock('engine', await holder('first'), folder)
    } finally {
      process.umask(before)
    }
    const [name] = await readdir(mine())
    expect((await stat(mine())).mode & 0o777).toBe(0o755)
    expect((await stat(join(mine(), name as string))).mode & 0o777).toBe(0o644)
  })

  it('is another one when its name is a link, and what the link leads to stays as it is', async () => {
    const victim = join(folder, 'victim')
    await mkdir(victim, { mode: 0o700 })
    await symlink(victim, mine())
    await takeLock('engine', await holder('first'), folder)
    expect((await stat(victim)).mode & 0o777).toBe(0o700)
    expect(await readdir(victim)).toEqual([])
    await expect(takeLock('engine', await holder('second'), folder)).rejects.toMatchObject({ code: 'ENGINE_HELD' })
  })

  it('says what to do when there can be none', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(takeLock('engine', await holder('first'), join(folder, 'file'))).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      hint: expect.stringContaining('BAKEOFF_LOCK_FOLDER'),
    })
  })
})

describe.skipIf(me !== 0)('between users', () => {
  const other = 12_345
  const theirs = () => join(folder, `bakeoff-locks-${other}`)

  /** A lock of another user that names this process. */
  async function theirLock(pid: number, name = lockFile()): Promise<string> {
    const file = join(theirs(), basename(await name))
    await mkdir(theirs())
    await writeFile(file, JSON.stringify(await holder('theirs', { pid, started: (await startedOf(pid)) as string })))
    await chown(theirs(), other, other)
    await chown(file, other, other)
    return file
  }

  it('the run of another user holds the engine', async () => {
    const child = spawn('sleep', ['60'], { uid: other, stdio: 'ignore' })
    try {
      await once(child, 'spawn')
      await theirLock(child.pid as number)
      await expect(takeLock('engine', await holder('mine'), folder)).rejects.toMatchObject({
        hint: expect.stringContaining(`kill ${child.pid}`),
      })
      expect(await readdir(mine()), 'and nothing of ours is left').toEqual([])
    } finally {
      child.kill()
    }
    await once(child, 'exit')
    await takeLock('engine', await holder('next'), folder) // their crash holds nobody up
  })

  it('a lock that names a process of somebody else holds nothing', async () => {
    await theirLock(process.pid)
    await takeLock('engine', await holder('mine'), folder)
  })

  it('a folder that is not theirs, or a file in it that is not, means nothing', async () => {
    const file = await theirLock(process.ppid)
    await chown(file, 0, 0)
    await takeLock('engine', await holder('mine'), folder)
    await chown(file, other, other)
    await chown(theirs(), 0, 0)
    await takeLock('another engine', await holder('mine too'), folder)
  })
})

describe('a place', () => {
  const here: Place = { boot: 'b', pidNamespace: 'pid:[1]', machine: 'm', host: 'h' }
  it.each([
    { because: 'nothing differs', owner: {}, expected: 'here' },
    { because: 'only the host has another name', owner: { host: 'x' }, expected: 'here' },
    { because: 'it is another container of this machine', owner: { pidNamespace: 'pid:[2]' }, expected: 'elsewhere' },
    { because: 'this machine was restarted', owner: { boot: 'a', host: 'x' }, expected: 'before' },
    { because: 'it is another machine', owner: { boot: 'a', machine: 'n' }, expected: 'elsewhere' },
    {
      because: 'a restart, by its host name, where no machine id is known',
      owner: { boot: 'a', machine: '' },
      expected: 'before',
    },
    {
      because: 'no machine id is known, and the host has another name',
      owner: { boot: 'a', machine: '', host: 'x' },
      expected: 'elsewhere',
    },
    { because: 'an old label names this host', owner: { pidNamespace: '', machine: '' }, expected: 'here' },
    {
      because: 'an old label names another host',
      owner: { pidNamespace: '', machine: '', host: 'x' },
      expected: 'elsewhere',
    },
    {
      because: 'an old label is of before a restart',
      owner: { boot: 'a', pidNamespace: '', machine: '' },
      expected: 'before',
    },
  ])('is $expected when $because', ({ owner, expected }) => expect(whereIs({ ...here, ...owner }, here)).toBe(expected))

  it.each([
    {
      because: 'macOS has no pid namespaces',
      place: { boot: 'b', pidNamespace: '', machine: 'm', host: 'h' },
      expected: 'here',
    },
    {
      because: 'Windows has no boot id either',
      place: { boot: '', pidNamespace: '', machine: '', host: 'x' },
      expected: 'here',
    },
  ])('is $expected although $because', ({ place, expected }) => {
    expect(whereIs(place, { ...place, host: place.boot === '' ? place.host : 'renamed' })).toBe(expected)
  })
})

describe('an owner', () => {
  it('lives while its process does', async () => {
    const owner = await thisOwner('s')
    expect(await stateOf(owner)).toBe('alive')
    expect(await stateOf({ ...owner, ...(await deadProcess()) })).toBe('dead')
    expect(await stateOf({ ...owner, pidNamespace: 'pid:[1]' })).toBe('elsewhere')
    expect(await stateOf({ ...owner, host: 'renamed' })).toBe('alive')
  })

  it.each([
    { stat: `42 (node) S ${'0 '.repeat(18)}777 0 0`, expected: '777', because: 'the start time is field 22' },
    {
      stat: `42 (a) b (c) R ${'0 '.repeat(18)}777 0`,
      expected: '777',
      because: 'a command may hold blanks and brackets',
    },
    { stat: `42 (node) Z ${'0 '.repeat(18)}777 0 0`, expected: null, because: 'a zombie holds nothing' },
  ])('$because', ({ stat, expected }) => expect(startedIn(stat)).toBe(expected))
})
