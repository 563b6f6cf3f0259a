import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineClient } from '../src/client/client.js'
import type { Patience } from '../src/client/deadlines.js'
import { connect } from '../src/index.js'
import { ContainerWatch } from '../src/session/container-watch.js'
import { removeSession } from '../src/session/sweep.js'
import { aBuild, CLIENT_CALLS } from './client-calls.js'

const quick: Patience = { readMs: 800, changeMs: 1_200, pingAfterMs: 40, pingMs: 40, pings: 3 }

/** An engine on a real socket that answers everything, only pings, or nothing. */
let mode: 'well' | 'only pings' | 'frozen'
let folder: string
let server: Server
let asked: string[]
let unanswered: ServerResponse[]
let client: EngineClient

beforeEach(async () => {
  mode = 'well'
  asked = []
  unanswered = []
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-deadlines-'))
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(join(folder, 'd.sock'), resolve))
  client = connect({ endpoint: `unix://${join(folder, 'd.sock')}`, foundBy: 'test', tls: null }, quick)
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
  asked.push(`${method} ${url}`)
  if (mode === 'frozen' || (mode === 'only pings' && url !== '/_ping')) {
    unanswered.push(response)
    return
  }
  if (url.startsWith('/build') || url.startsWith('/events')) response.write('{"stream":"begun"}\n')
  else if (url === '/_ping') response.end('OK')
  else response.end(url.startsWith('/volumes') ? '{"Volumes":[]}' : '[]')
}

const { signal } = new AbortController()

describe('an engine of several', () => {
  const onHost = () => connect({ ...client.found, host: 'load-1' }, quick)

  it('is named when it freezes', async () => {
    mode = 'frozen'
    await expect(onHost().images.inspect('x')).rejects.toMatchObject({
      code: 'ENGINE_LOST',
      host: 'load-1',
      message: expect.stringMatching(/^the container engine of load-1 stopped answering: no answer to GET/),
      hint: expect.stringContaining('npm run hosts -- check'),
    })
  })

  it('is named when nobody listens any more', async () => {
    server.close()
    server.closeAllConnections()
    await expect(onHost().images.inspect('x')).rejects.toMatchObject({
      code: 'ENGINE_LOST',
      host: 'load-1',
      message: expect.stringMatching(/^the container engine of load-1 stopped answering while looking for x: /),
    })
  })
})

describe('a frozen engine', () => {
  it.each(Object.entries(CLIENT_CALLS))('ends %s', async (_name, call) => {
    mode = 'frozen'
    await expect(call(client)).rejects.toMatchObject({
      code: 'ENGINE_LOST',
      message: expect.stringMatching(
        /^the container engine stopped answering: no answer to (GET|POST|PUT|DELETE) \/.*, nor to 3 pings$/,
      ),
    })
  })

  it('is waited for once, and not again by every call that follows', async () => {
    mode = 'frozen'
    await expect(client.containers.list('a=b')).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    for (let i = 0; i < 3; i++)
      await expect(client.containers.remove('c')).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    expect(
      asked.filter((one) => one.startsWith('DELETE')),
      'nothing is asked of it meanwhile, so nothing is waited for',
    ).toEqual([])
  })

  it('that thaws is used again', async () => {
    mode = 'frozen'
    await expect(client.containers.list('a=b')).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    await expect(client.containers.list('a=b'), 'and it was asked again').rejects.toMatchObject({ code: 'ENGINE_LOST' })
    mode = 'well'
    await new Promise((resolve) => setTimeout(resolve, 2 * quick.pingMs + 10))
    expect(await client.containers.list('a=b')).toEqual([])
  })

  it('is not waited for where something else tells that it is gone', async () => {
    mode = 'frozen'
    const patient = connect(client.found, { ...quick, pingAfterMs: 60_000, readMs: 60_000 })
    const waiting = patient.containers.list('a=b')
    patient.doubt()
    await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    await expect(patient.containers.remove('c')).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    expect(asked.filter((one) => one.startsWith('DELETE'))).toEqual([])
  })

  it('ends a build that was under way', async () => {
    const progress = aBuild(client)
    expect(await progress.next()).toEqual({ done: false, value: { stream: 'begun' } })
    mode = 'frozen'
    await expect(progress.next()).rejects.toMatchObject({ code: 'ENGINE_LOST' })
  })

  it('loses no stream that may be silent for ever', async () => {
    const events = await client.events({ events: ['die'], label: 'a=b' }, signal)
    mode = 'frozen'
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(events.destroyed).toBe(false)
    events.destroy()
  })

  it('is the end of what it ran', async () => {
    const watch = new ContainerWatch(client, 's', { pollMs: 20, patience: 3 })
    await watch.open()
    const life = watch.watch('c')
    mode = 'frozen'
    await expect(life.exited).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    watch.close()
  })

  it('keeps nobody who wants to remove a session', async () => {
    mode = 'frozen'
    await expect(removeSession(client, 's')).rejects.toMatchObject({ code: 'ENGINE_LOST' })
  })
})

describe('a slow engine', () => {
  it('is used as before where it answers though it was reported as gone', async () => {
    mode = 'only pings'
    const waiting = client.containers.list('a=b')
    client.doubt()
    await new Promise((resolve) => setTimeout(resolve, 2 * quick.pingMs))
    mode = 'well'
    for (const response of unanswered) response.end('[]')
    expect(await waiting).toEqual([])
  })

  it('is waited for as long as it answers pings', async () => {
    mode = 'only pings'
    const listed = client.containers.list('a=b')
    setTimeout(() => {
      for (const response of unanswered.splice(0)) response.end('[]')
    }, 400)
    expect(await listed).toEqual([])
  })

  it.each([
    { what: 'a read', make: () => client.containers.list('a=b'), withinMs: quick.readMs },
    { what: 'a change', make: () => client.containers.create({}), withinMs: quick.changeMs },
    { what: 'what reads every image', make: () => client.images.list(['a']), withinMs: quick.changeMs },
  ])('has a deadline for $what all the same', async ({ make, withinMs }) => {
    mode = 'only pings'
    await expect(make()).rejects.toMatchObject({
      code: 'ENGINE_LOST',
      message: expect.stringContaining(`within ${withinMs / 1000} s, though it answers pings`),
    })
  })

  it('is not blamed for the time in which this process stood still', async () => {
    mode = 'only pings'
    const listed = client.containers.list('a=b')
    await new Promise((resolve) => setTimeout(resolve, 20))
    mode = 'well'
    for (let i = 0; i < 8; i++) {
      for (const until = performance.now() + 100; performance.now() < until; );
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const response of unanswered.splice(0)) response.end('[]')
    expect(await listed).toEqual([])
  })

  it('lets a caller stop a call of its own', async () => {
    mode = 'only pings'
    const stopped = client.version({ signal: AbortSignal.timeout(50) })
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED', message: 'stopped while asking about the engine' })
  })
})
