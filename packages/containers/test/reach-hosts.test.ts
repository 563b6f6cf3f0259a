import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostSpec } from '@bakeoff/model'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isReached, openHosts, reachHosts } from '../src/index.js'

/** An engine behind a socket that says little of itself. */
let folder: string
let server: Server

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-reach-'))
  server = createServer(({ url = '' }, response) => {
    if (url.endsWith('/version')) response.end('{"Version":"29.0.0","ApiVersion":"1.52"}')
    else response.end(url.endsWith('/info') ? '{"ID":"A","NCPU":4,"MemTotal":8000000000}' : 'OK')
  })
  await new Promise<void>((resolve) => server.listen(join(folder, 'there.sock'), resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function host(name: string, socket: string): HostSpec {
  const path = join(folder, socket)
  return { name, way: { kind: 'unix', path }, docker: `unix://${path}`, address: null, socket: path }
}

it('reaches the hosts that answer, and says of each other why not', async () => {
  await using reached = await reachHosts([host('a', 'absent.sock'), host('b', 'there.sock'), host('c', 'gone.sock')])
  expect(reached.hosts.map((each) => (isReached(each) ? each.engine.facts.version : each.problem.message))).toEqual([
    expect.stringMatching(/\ba\b.*no engine listens/),
    '29.0.0',
    expect.stringMatching(/\bc\b.*no engine listens/),
  ])
})

it('opens all hosts or none, and names every one that is missing', async () => {
  await using opened = await openHosts([host('b', 'there.sock')])
  expect(opened.hosts.map(({ spec }) => spec.name)).toEqual(['b'])
  const some = ['a', 'b', 'c'].map((name) => host(name, name === 'b' ? 'there.sock' : `${name}.sock`))
  await expect(openHosts(some)).rejects.toMatchObject({
    code: 'NO_ENGINE',
    message: expect.stringMatching(/\ba\b.*\n.*\bc\b/),
  })
})

it('refuses two hosts that are one engine', async () => {
  const twins = ['a', 'b'].map((name) => host(name, 'there.sock'))
  await expect(openHosts(twins)).rejects.toMatchObject({ message: 'a and b are the same engine' })
})

it('stops when the caller does', async () => {
  await expect(reachHosts([host('b', 'there.sock')], AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' })
})
