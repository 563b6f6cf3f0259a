import { Readable } from 'node:stream'
import { BakeoffError } from '@bakeoff/model'
import type { ContainerRequest } from '@bakeoff/runner/ports'
import { describe, expect, it } from 'vitest'
import { startContainer } from '../src/session/container.js'
import { clientOf, connectionError, engineError } from './fake-engine.js'

/** What the engine does when a command is run in a container. */
interface Reaction {
  readonly says?: readonly (readonly [stream: 1 | 2, text: string])[]
  readonly exitCode?: number
  readonly error?: Error
  /** it never ends */
  readonly endless?: boolean
  /** and this is what a ping meets then */
  readonly pingError?: Error
}

function frame([stream, text]: readonly [1 | 2, string]): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, Buffer.from(text)])
}

async function containerThat(
  { says = [], exitCode = 0, error, endless = false, pingError }: Reaction,
  healthcheck: ContainerRequest['healthcheck'] = null,
) {
  const network = { NetworkID: 'network', IPAddress: '10.0.0.2' }
  const asked: string[][] = []
  const container = {
    id: 'id',
    start: async () => {},
    inspect: async () => ({
      State: { Running: true, StartedAt: '2026-01-01T00:00:00Z', ExitCode: 0 },
      NetworkSettings: { Networks: { network } },
    }),
    exec: async ({ Cmd }: { Cmd: string[] }) => {
      asked.push(Cmd)
      if (error) throw error
      return {
        start: async ({ abortSignal }: { abortSignal: AbortSignal }) =>
          endless ? new Readable({ read() {}, signal: abortSignal }) : Readable.from(says.map(frame)),
        inspect: async () => ({ ExitCode: exitCode }),
      }
    },
  }
  const ping = async () => {
    if (pingError) throw pingError
  }
  const client = clientOf({ ping, getContainer: () => container })
  const home = { client, clockOffsetMs: null, networkId: 'network', release: async () => {} }
  const life = {
    exited: new Promise<never>(() => {}),
    oomKills: () => 0,
    expectStop: () => {},
    expectRunning: () => {},
  }
  const request = { name: 'postgres', image: 'i', interactive: false, healthcheck } as unknown as ContainerRequest
  const running = await startContainer(home, { id: 'id', request, life })
  return { running, asked }
}

const { signal } = new AbortController()

describe('a command inside a container', () => {
  it('gives back all that it wrote, and how it ended', async () => {
    const { running, asked } = await containerThat({
      says: [
        [2, 'a warning\n'],
        [1, '{"n":1}\n'],
      ],
      exitCode: 3,
    })
    expect(await running.run(['psql', '--command=SELECT 1'], signal)).toEqual({
      exitCode: 3,
      output: 'a warning\n{"n":1}',
    })
    expect(asked).toEqual([['psql', '--command=SELECT 1']])
  })

  it.each([
    {
      because: 'the engine is gone',
      reaction: { error: connectionError('ECONNREFUSED') },
      expected: { code: 'ENGINE_LOST' },
    },
    {
      because: 'the container does not run any more',
      reaction: { error: engineError(409, 'container id is not running') },
      expected: { code: 'START_FAILED', message: 'psql could not be run in postgres: container id is not running' },
    },
    {
      because: 'it does not end',
      reaction: { endless: true },
      expected: { message: 'psql could not be run in postgres: it had not ended after 5 s' },
    },
    {
      because: 'it does not end since the engine is frozen',
      reaction: { endless: true, pingError: new BakeoffError('ENGINE_LOST', 'the engine stopped answering') },
      expected: { code: 'ENGINE_LOST' },
    },
  ])('says what happened when $because', async ({ reaction, expected }) => {
    const { running } = await containerThat(reaction)
    await expect(running.run(['psql'], signal)).rejects.toMatchObject(expected)
  })

  it('is given up when the caller aborts', async () => {
    const { running } = await containerThat({ endless: true })
    const controller = new AbortController()
    const ended = running.run(['psql'], controller.signal)
    controller.abort(new Error('stopped'))
    await expect(ended).rejects.toThrow('stopped')
  })
})

describe('the health check of a container that starts', () => {
  const check = { test: ['CMD', 'ready'], intervalMs: 5, timeoutMs: 50, retries: 3, startPeriodMs: 0 }
  const failing: Reaction = { says: [[1, 'not yet\n']], exitCode: 1 }

  it('is given up after so many failures, with what it said', async () => {
    const { running, asked } = await containerThat(failing, check)
    await expect(running.healthy(signal)).rejects.toMatchObject({
      code: 'NOT_READY',
      message: 'the health check of postgres failed 3 times in a row; the last check said: not yet',
      hint: expect.stringContaining('The check is: CMD ready'),
    })
    expect(asked).toHaveLength(3)
  })

  it('may fail as often as it likes within the start period', async () => {
    const { running, asked } = await containerThat(failing, { ...check, startPeriodMs: 200 })
    await expect(running.healthy(signal)).rejects.toMatchObject({ code: 'NOT_READY' })
    expect(asked.length).toBeGreaterThan(5)
  })

  it('is asked again only after the interval', async () => {
    const { running } = await containerThat(failing, { ...check, intervalMs: 150 })
    const startedAt = performance.now()
    await expect(running.healthy(signal)).rejects.toMatchObject({ code: 'NOT_READY' })
    expect(performance.now() - startedAt).toBeGreaterThan(290)
  })

  it('has passed when it passes', async () => {
    const { running, asked } = await containerThat({}, check)
    await running.healthy(signal)
    expect(asked).toEqual([['ready']])
  })
})

describe('the health check of a container, run once', () => {
  const healthcheck = { test: ['CMD-SHELL', 'pg_isready'], intervalMs: 1, timeoutMs: 50, retries: 3, startPeriodMs: 0 }

  it.each<{ because: string; reaction: Reaction; check?: ContainerRequest['healthcheck']; says: string | null }>([
    { because: 'it passes', reaction: {}, says: null },
    { because: 'it fails', reaction: { says: [[1, 'no response\n']], exitCode: 2 }, says: 'no response' },
    { because: 'it fails without a word', reaction: { exitCode: 2 }, says: 'exit code 2' },
    { because: 'it hangs', reaction: { endless: true }, says: 'no answer within 50 ms' },
    { because: 'there is none', reaction: { exitCode: 2 }, check: null, says: null },
    {
      because: 'there is none on purpose',
      reaction: { exitCode: 2 },
      check: { ...healthcheck, test: ['NONE'] },
      says: null,
    },
  ])('says $says when $because', async ({ reaction, check = healthcheck, says }) => {
    const { running } = await containerThat(reaction, check)
    expect(await running.checkHealth()).toBe(says)
  })

  it('is the command that compose gives', async () => {
    const { running, asked } = await containerThat({}, healthcheck)
    await running.checkHealth()
    expect(asked).toEqual([['/bin/sh', '-c', 'pg_isready']])
  })

  it.each<{ because: string; reaction: Reaction }>([
    { because: 'is gone', reaction: { error: connectionError('ECONNREFUSED') } },
    { because: 'is frozen', reaction: { endless: true, pingError: new BakeoffError('ENGINE_LOST', 'it is frozen') } },
  ])('blames the engine when that $because', async ({ reaction }) => {
    const { running } = await containerThat(reaction, healthcheck)
    await expect(running.checkHealth()).rejects.toMatchObject({ code: 'ENGINE_LOST' })
  })
})
