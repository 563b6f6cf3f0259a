/** What the script of the image sends, seen by a server: where wrk is installed. In its container it is in wrk.engine.test.ts. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { RequestLine } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { measureWithWrk } from '../src/index.js'

const script = fileURLToPath(new URL('../../../compose/wrk/measure.sh', import.meta.url))
const isInstalled = spawnSync('wrk', ['-v']).error === undefined

/** A server that keeps account of what it was sent, and answers /missing with 404. */
async function startServer() {
  const seen = new Map<string, number>()
  const order: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, headers } = request
      const key = JSON.stringify([method, url, headers['x-a'] ?? null, Buffer.concat(chunks).toString('base64')])
      seen.set(key, (seen.get(key) ?? 0) + 1)
      if (order.length < 5000) order.push(url as string)
      response.statusCode = url === '/missing' ? 404 : 200
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { seen, order, origin, [Symbol.asyncDispose]: async () => void server.close() }
}

/** measure.sh as the container runs it, with a folder of its own for what it writes. */
function startWrk() {
  const folder = mkdtempSync(join(tmpdir(), 'bakeoff-wrk-'))
  const child = spawn('sh', [script], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, TMPDIR: folder } })
  return {
    wire: Duplex.from({ readable: child.stdout, writable: child.stdin }),
    [Symbol.dispose]() {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const line = (changes: Partial<RequestLine>): RequestLine => ({
  method: 'GET',
  path: '/',
  headers: {},
  body: null,
  ...changes,
})
const many: RequestLine[] = [
  line({ path: '/a?b=%20c' }),
  line({ method: 'POST', path: '/post', headers: { 'x-a': 'ü' }, body: '"zwölf"\n\\ 12:34 \u0000 火' }),
  line({ method: 'PUT', path: '/large', body: 'x'.repeat(40_000) }),
  line({ method: 'DELETE', path: '/missing' }),
  ...Array.from({ length: 16 }, (_, index) => line({ path: `/${index}` })),
]

it.skipIf(!isInstalled).each([
  { name: 'one request', requests: many.slice(1, 2), connections: 4, cores: 1 },
  { name: 'many', requests: many, connections: 1, cores: 1 },
  { name: 'many, in two threads', requests: many, connections: 4, cores: 2 },
])('sends the corpus and nothing else: $name', async ({ requests, connections, cores }) => {
  await using server = await startServer()
  using wrk = startWrk()
  const statuses = requests.map(({ path }) => (path === '/missing' ? 404 : 200))
  const order = {
    origin: server.origin,
    requests,
    statuses,
    connections,
    cores,
    seconds: 1,
    requestTimeoutMs: 5000,
    seed: 3,
  }
  const figures = await measureWithWrk(wrk.wire, order, new AbortController().signal)
  expect(new Set(server.seen.keys())).toEqual(
    new Set(
      requests.map(({ method, path, headers, body }) =>
        JSON.stringify([
          method,
          path,
          headers['x-a'] ? Buffer.from('ü').toString('latin1') : null,
          Buffer.from(body ?? '').toString('base64'),
        ]),
      ),
    ),
  )
  // Warm-up and window, and in each of them every thread breaks off within a pass.
  const counts = [...server.seen.values()]
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2 * cores + connections)
  expect(figures.requests).toBeGreaterThan(0)
  expect(figures.requests).toBeLessThan(counts.reduce((sum, count) => sum + count, 0))
  expect(figures.errors).toMatchObject({ connect: 0, read: 0, write: 0, timeout: 0 })
  expect(figures.errors.status).toBeLessThanOrEqual(2 * cores)
})

it.skipIf(!isInstalled)('takes another order in each pass, and the same with the same seed', async () => {
  const orderOf = async (seed: number) => {
    await using server = await startServer()
    using wrk = startWrk()
    const statuses = many.map(({ path }) => (path === '/missing' ? 404 : 200))
    const order = {
      origin: server.origin,
      requests: many,
      statuses,
      connections: 1,
      cores: 1,
      seconds: 1,
      requestTimeoutMs: 5000,
      seed,
    }
    await measureWithWrk(wrk.wire, order, new AbortController().signal)
    return server.order
  }
  const passes = (all: readonly string[]) => [all.slice(0, many.length), all.slice(many.length, 2 * many.length)]
  const [first, again, other] = [await orderOf(3), await orderOf(3), await orderOf(4)].map(passes)
  // Also the first: what wrk looks at before it begins is not taken from a pass.
  for (const pass of first!) expect(new Set(pass).size).toBe(many.length)
  expect(first![1]).not.toEqual(first![0])
  expect(again).toEqual(first)
  expect(other).not.toEqual(first)
})
