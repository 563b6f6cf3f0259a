import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildImage } from '../src/building/build.js'
import { buildLimits } from '../src/building/build-limits.js'
import { readContext } from '../src/building/context.js'
import { connect } from '../src/index.js'

/** An engine that refuses contexts before it has read them: so often with a closed connection, then with an answer. */
let cuts: number
let isGone: boolean
let builds: number
let folder: string
let server: Server

beforeEach(async () => {
  builds = 0
  isGone = false
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-build-'))
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(join(folder, 'd.sock'), resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function answer({ url = '', socket }: IncomingMessage, response: ServerResponse): void {
  if (url.startsWith('/build') && ++builds > cuts) {
    response.writeHead(500, { connection: 'close' }).end('{"message":"write /Dockerfile: no space left on device"}')
  } else if (url.startsWith('/build') || isGone) socket.destroy()
  else response.end('OK')
}

async function build(): Promise<number> {
  const context = join(folder, 'context')
  mkdirSync(context)
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\n')
  const client = connect({ endpoint: `unix://${join(folder, 'd.sock')}`, foundBy: 'test', tls: null })
  return buildImage(client, {
    name: 'bakeoff/target/x',
    key: 'a'.repeat(64),
    context: await readContext(context),
    buildArgs: {},
    labels: {},
    logFile: join(folder, 'build.log'),
    onLine: () => undefined,
    limits: buildLimits({ cores: 2, memoryBytes: 4e9 }, {}),
    builder: 'classic',
    redact: (text) => text,
  })
}

describe('an engine that closes the connection while it is sent a context', () => {
  it.each([0, 1, 2])('is asked again, and says why it refuses: %i times closed', async (times) => {
    cuts = times
    await expect(build()).rejects.toMatchObject({ code: 'OUT_OF_RESOURCES' })
    expect(builds).toBe(times + 1)
  })

  it('counts as lost after three times', async () => {
    cuts = 3
    await expect(build()).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    expect(builds).toBe(3)
  })

  it('counts as lost at once when it does not answer a ping either', async () => {
    cuts = 3
    isGone = true
    await expect(build()).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    expect(builds).toBe(1)
  })
})
