import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleRun } from '../../core/test/fixtures-results.js'
import { openLivePage } from '../src/live.js'
import { RunFolder } from '../src/run-folder.js'

const { plan, records } = sampleRun({ targets: 2, repetitions: 1, scenarios: ['predict'] })
const [first] = records
let folder: RunFolder

beforeEach(async () => {
  folder = RunFolder.open(mkdtempSync(join(tmpdir(), 'bakeoff-live-')))
  await folder.writePlan(JSON.stringify(plan))
  const targets = Object.fromEntries(
    plan.entries.map(({ target }) => [target, { dockerfile: 'FROM x', yaml: 'language: go' }]),
  )
  folder.write('context.json', JSON.stringify({ base: { id: null, origin: null }, targets, claims: [] }))
  folder.event({ kind: 'run-started', at: plan.createdAt, runId: plan.runId, entries: 2, blocks: 1, estimateMs: 1000 })
})
afterEach(() => rmSync(folder.path, { recursive: true }))

const repetition: RunEvent = {
  kind: 'repetition',
  at: 'now',
  entry: first!.entry,
  block: first!.block,
  repetition: 1,
  outcome: 'measured',
  message: null,
  figures: [],
  leftMs: 5,
}

/** Reads events until one satisfies the condition, then goes away. */
async function readUntil(url: string, found: (text: string) => boolean): Promise<string> {
  const controller = new AbortController()
  const response = await fetch(`${url}events`, { signal: controller.signal })
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (found(text)) break
  }
  controller.abort()
  return text
}

describe('the live page', () => {
  it('is the report of what is on disk, and says that the run goes on', async () => {
    await using live = await openLivePage(folder)
    const before = await (await fetch(live.url)).text()
    expect(before).toContain('This run is going on.')
    expect(before).toContain("connect-src 'self'")
    await folder.writeRecord(first!)
    folder.event(repetition)
    expect(await (await fetch(live.url)).text()).not.toBe(before)
  })

  it('ends as the final report', async () => {
    await using live = await openLivePage(folder)
    folder.event({ kind: 'run-ended', at: 'now', status: 'complete', reason: null })
    expect(await (await fetch(live.url)).text()).not.toContain('This run is going on.')
  })

  it('replays of the steps of several benches the last of each', async () => {
    await using live = await openLivePage(folder)
    const step = (bench: string, text: string): RunEvent => ({
      ...{ kind: 'step', at: 'now', entry: first!.entry, block: first!.block, bench, step: text, detail: null },
    })
    for (const event of [step('node-1', 'start'), step('node-2', 'start'), step('node-1', 'load')]) folder.event(event)
    const told = await readUntil(live.url, (text) => text.includes('"load"'))
    expect([...told.matchAll(/"bench":"([^"]*)","step":"([^"]*)"/g)].map(([, ...of]) => of.join(' '))).toEqual([
      'node-2 start',
      'node-1 load',
    ])
  })

  it('replays what happened, then tells what happens, and does not mind who goes away', async () => {
    await using live = await openLivePage(folder)
    expect(await readUntil(live.url, (text) => text.includes('\n\n'))).toMatch(/"kind":"run-started".*"past":true/)
    const second = readUntil(live.url, (text) => text.includes('"kind":"repetition"'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    folder.event(repetition)
    expect(await second).toMatch(/"kind":"repetition".*"leftMs":5}/)
    expect((await fetch(`${live.url}elsewhere`)).status).toBe(404)
  })
})

/** Sends bytes as they are, and gives back all that comes until the server closes or is silent for a while. */
async function raw(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  socket.setTimeout(500, () => socket.destroy())
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await new Promise((resolve) => socket.on('close', resolve))
  return text
}

const get = (target: string, host: string, method = 'GET') =>
  `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)

describe('the live server', () => {
  it.each([
    { because: 'two slashes are no address', target: '//', status: 404 },
    { because: 'nor a slash and a backslash', target: '/\\', status: 404 },
    { because: 'a path out of it', target: '/../../etc/passwd', status: 404 },
    { because: 'a broken escape', target: '/%zz%', status: 404 },
    { because: 'no path at all', target: '*', status: 404 },
    { because: 'a name of every object', target: '/constructor', status: 404 },
    { because: 'another scheme', target: 'file:///etc/passwd', status: 404 },
    { because: 'a port that is none', target: 'http://127.0.0.1:99999999/', status: 421 },
    { because: 'an address of another server', target: 'http://evil.example/', status: 421 },
    { because: 'an address without a host', target: 'http:///', status: 421 },
    { because: 'a path that is too long', target: `/${'x'.repeat(100_000)}`, status: 431 },
    { because: 'a query does not matter', target: '/?x=//', status: 200 },
  ])('answers $status when $because', async ({ target, status }) => {
    await using live = await openLivePage(folder)
    const { host } = new URL(live.url)
    expect(statusOf(await raw(live.url, get(target, host)))).toBe(status)
    expect(statusOf(await raw(live.url, get('/', host)))).toBe(200)
  })

  it('answers who asks for it by its own name only', async () => {
    await using live = await openLivePage(folder)
    const { port } = new URL(live.url)
    for (const [host, status] of [
      [`127.0.0.1:${port}`, 200],
      [`localhost:${port}`, 200],
      ['127.0.0.1', 421],
      ['evil.example', 421],
      [`evil.example:${port}`, 421],
      [`127.0.0.1:${port}.evil.example`, 421],
      [`127.0.0.1:${port}@evil.example`, 421],
      ['', 421],
    ] as const)
      for (const path of ['/', '/events'])
        expect([host, statusOf(await raw(live.url, get(path, host)))]).toEqual([host, status])
    const own = `http://localhost:${port}/`
    expect(statusOf(await raw(live.url, get(own, `localhost:${port}`)))).toBe(200)
    expect(statusOf(await raw(live.url, get(own, 'evil.example')))).toBe(421)
    expect(statusOf(await raw(live.url, 'GET / HTTP/1.0\r\n\r\n'))).toBe(421)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s is not allowed', async (method) => {
    await using live = await openLivePage(folder)
    const text = await raw(live.url, get('/', new URL(live.url).host, method))
    expect(statusOf(text)).toBe(405)
    expect(text).toMatch(/^allow: GET, HEAD\r$/m)
  })

  it('answers HEAD with the head', async () => {
    await using live = await openLivePage(folder)
    for (const path of ['/', '/events', '/elsewhere']) {
      const [head, body] = (await raw(live.url, get(path, new URL(live.url).host, 'HEAD'))).split('\r\n\r\n')
      expect([statusOf(head!), body]).toEqual([path === '/elsewhere' ? 404 : 200, ''])
    }
  })

  it.each(['/', '/events', '/elsewhere'])('tells browsers to let nobody else use %s', async (path) => {
    await using live = await openLivePage(folder)
    const { headers } = await fetch(`${live.url}${path.slice(1)}`, { method: 'HEAD' })
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each([
    '\u0000\u0001\r\n\r\n',
    'GET\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '{}\n',
  ])('goes on after %j', async (bytes) => {
    await using live = await openLivePage(folder)
    await raw(live.url, bytes)
    expect((await fetch(live.url)).status).toBe(200)
  })

  it('says so when the page cannot be made, and makes it when it can', async () => {
    await using live = await openLivePage(folder)
    writeFileSync(join(folder.path, 'plan.json'), '{')
    const broken = await fetch(live.url)
    expect(broken.status).toBe(500)
    expect(await broken.text()).toContain('plan.json cannot be used: it is cut off')
    writeFileSync(join(folder.path, 'plan.json'), JSON.stringify(plan))
    expect((await fetch(live.url)).status).toBe(200)
  })

  it('has a limit on pages that watch, and on what they leave unread', async () => {
    await using live = await openLivePage(folder)
    const { port, host } = new URL(live.url)
    const sockets: Socket[] = []
    for (let one = 0; one < 16; one++) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
      socket.write(get('/events', host))
      await new Promise((resolve) => socket.once('readable', resolve)) // and it is never read
      sockets.push(socket)
    }
    expect((await fetch(`${live.url}events`)).status).toBe(503)
    const long = { kind: 'note', at: 'now', level: 'info', message: 'x'.repeat(1024 * 1024) } as const
    for (let time = 0; time < 12; time++) {
      folder.event(long)
      await new Promise(setImmediate)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
    const free = await fetch(`${live.url}events`)
    expect(free.status).toBe(200)
    await free.body?.cancel()
    for (const socket of sockets) socket.destroy()
  })
})
