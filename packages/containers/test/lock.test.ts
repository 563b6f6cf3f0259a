import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Holder, takeLock } from '../src/session/lock.js'
import { startedIn, startedOf, stateOf, thisOwner } from '../src/session/owner.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bakeoff-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function holder(session: string, changes: Partial<Holder> = {}): Promise<Holder> {
  const owner = await thisOwner(session)
  return { ...owner, since: '2026-01-01T00:00:00.000Z', command: 'matrix --quick', root: '/work/x', ...changes }
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
        new RegExp(`process ${process.pid} on .*since 2026-01-01T00:00:00.000Z, in /work/x: matrix --quick`),
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

  it('is held by a run in another container or on another machine, which cannot be asked', async () => {
    await takeLock('engine', await holder('first', { host: 'elsewhere', pid: 1, started: '1' }), folder)
    await expect(takeLock('engine', await holder('second'), folder)).rejects.toThrow('on elsewhere')
  })

  it('goes to exactly one of many that find it dead at once', async () => {
    await takeLock('engine', await holder('dead', { boot: 'before' }), folder)
    const holders = await Promise.all(Array.from({ length: 20 }, (_, i) => holder(`session-${i}`)))
    const results = await Promise.allSettled(holders.map((each) => takeLock('engine', each, folder)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await readdir(folder)).length, 'only the lock itself is left').toBe(1)
  })

  it('is not given back by a session that lost it', async () => {
    const giveBack = await takeLock('engine', await holder('dead', { boot: 'before' }), folder)
    await takeLock('engine', await holder('next'), folder)
    await giveBack()
    await expect(takeLock('engine', await holder('third'), folder)).rejects.toThrow('another run')
  })

  it('is taken over from a file that no run wrote', async () => {
    const giveBack = await takeLock('engine', await holder('first'), folder)
    const [file] = await readdir(folder)
    await giveBack()
    await writeFile(join(folder, file as string), 'not ours')
    await takeLock('engine', await holder('second'), folder)
  })
})

describe('an owner', () => {
  it('lives while its process does', async () => {
    const owner = await thisOwner('s')
    expect(await stateOf(owner)).toBe('alive')
    expect(await stateOf({ ...owner, ...(await deadProcess()) })).toBe('dead')
    expect(await stateOf({ ...owner, host: 'elsewhere' })).toBe('elsewhere')
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
