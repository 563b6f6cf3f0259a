import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openWay } from '../src/index.js'
import { LONGEST_SOCKET_PATH, makePrivateFolder, removePrivateFolder } from '../src/ways/private-folder.js'

/** A folder of this test alone; TMPDIR and PATH name it. */
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-ways-'))
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'tmp'))
  vi.stubEnv('TMPDIR', join(folder, 'tmp'))
  vi.stubEnv('FAKE_SSH_PID', join(folder, 'pid'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(process.platform === 'win32')('a way by an ssh that does not get there', () => {
  const open = (does: string, options: Parameters<typeof openWay>[1] = {}) => {
    symlinkSync(resolve(import.meta.dirname, 'fixtures/ssh.sh'), join(folder, 'bin/ssh'))
    vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`)
    vi.stubEnv('FAKE_SSH', does)
    return openWay(bench, options)
  }
  const left = () => readdirSync(join(folder, 'tmp'))
  const isSshGone = () => !existsSync(`/proc/${readFileSync(join(folder, 'pid'), 'utf8').trim()}`)

  it.each([
    { does: 'Host key verification failed.', says: 'its host key is not known here' },
    { does: 'bench@far: Permission denied (publickey).', says: 'it refused the keys of this user' },
    { does: 'ssh: Could not resolve hostname far: Name or service not known', says: 'its name is not found' },
    { does: 'ssh: connect to host far port 22: Connection refused', says: 'no ssh server listens' },
    { does: 'forced', says: 'the account there cannot run a command: it ended with 1' },
    { does: 'missing', says: 'there is no socket /var/run/docker.sock' },
    { does: 'ready', says: 'does not answer: the connection was refused' },
    { does: 'silent', says: 'did not get a shell there in time' },
  ])('is an error that says: $says', async ({ does, says }) => {
    await expect(open(does, { openMs: does === 'silent' ? 200 : 20_000 })).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringMatching(new RegExp(`^host bench-1 \\(ssh bench@far\\): .*${says}`)),
      hint: expect.stringMatching(/./),
    })
    expect(left()).toEqual([])
    expect(isSshGone()).toBe(true)
  })

  it('is given up when the caller wishes', async () => {
    await expect(open('silent', { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(left()).toEqual([])
    expect(isSshGone()).toBe(true)
  })
})

it('says that there is no ssh', async () => {
  vi.stubEnv('PATH', join(folder, 'bin'))
  await expect(openWay(bench)).rejects.toMatchObject({
    code: 'NO_ENGINE',
    message: expect.stringContaining('there is no program ssh on this machine'),
    hint: expect.stringContaining('openssh-client'),
  })
})

describe('the folder of a tunnel', () => {
  it('is for this user alone, and removed with the socket that is in it', async () => {
    const socket = await makePrivateFolder([folder])
    expect(statSync(resolve(socket, '..')).mode & 0o777).toBe(0o700)
    await removePrivateFolder(socket)
    expect(existsSync(resolve(socket, '..'))).toBe(false)
  })

  it('lies elsewhere when a path is too long for a socket', async () => {
    const long = join(folder, 'x'.repeat(90))
    mkdirSync(long)
    const socket = await makePrivateFolder([long, folder])
    expect(socket.startsWith(long)).toBe(false)
    expect(socket.length).toBeLessThanOrEqual(LONGEST_SOCKET_PATH)
    await removePrivateFolder(socket)
    await expect(makePrivateFolder([long])).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringContaining(`${LONGEST_SOCKET_PATH} bytes at most`),
      hint: 'Name a short folder that this user can write to: TMPDIR=/tmp',
    })
  })

  it('is the only folder that is removed', async () => {
    await removePrivateFolder(join(folder, 'bin/engine.sock'))
    expect(existsSync(join(folder, 'bin'))).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('a way without a tunnel', () => {
  const servers: Server[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    }
  })

  const listen = async (where: string | number, handler: RequestListener): Promise<Server> => {
    const server = createServer(handler)
    servers.push(server)
    await new Promise<void>((done) => server.listen(where, done))
    return server
  }

  it('is open when the engine answers, and is never lost', async () => {
    const path = join(folder, 'e.sock')
    await listen(path, (_, response) => response.end('OK'))
    await using way = await openWay({ ...bench, way: { kind: 'unix', path } })
    expect(way.found).toEqual({ endpoint: `unix://${path}`, foundBy: 'host bench-1', tls: null })
    expect(await Promise.race([way.lost, Promise.resolve('not yet')])).toBe('not yet')
  })

  it('leads to a port', async () => {
    const server = await listen(0, (_, response) => response.end('OK'))
    const { port } = server.address() as { port: number }
    await using way = await openWay({ ...bench, way: { kind: 'tcp', host: '127.0.0.1', port, tls: null } })
    expect(way.found.endpoint).toBe(`tcp://127.0.0.1:${port}`)
  })

  it.each([
    { way: { kind: 'unix', path: '/no/such.sock' }, says: 'no engine listens there', hint: 'correct the path' },
    {
      way: { kind: 'tcp', host: '127.0.0.1', port: 9, tls: null },
      says: 'the machine answers, and no engine listens at that port',
      hint: 'ssh://user@host',
    },
    {
      way: { kind: 'tcp', host: 'no-such-host.invalid', port: 2375, tls: null },
      says: 'its name is not found',
      hint: 'Correct the name',
    },
  ] as const)('is an error that says: $says', async ({ way, says, hint }) => {
    await expect(openWay({ ...bench, way })).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringContaining(`host bench-1: ${says}`),
      hint: expect.stringContaining(hint),
    })
  })

  it('is an error when the engine wants TLS', async () => {
    const says = 'Client sent an HTTP request to an HTTPS server.\n' // Go's sentence
    const server = await listen(0, (_, response) => void response.writeHead(400).end(says))
    const { port } = server.address() as { port: number }
    const way = { kind: 'tcp', host: '127.0.0.1', port, tls: null } as const
    await expect(openWay({ ...bench, way })).rejects.toMatchObject({
      message: expect.stringContaining('host bench-1: the engine wants TLS'),
      hint: expect.stringContaining('`tls: FOLDER`'),
    })
  })

  it('is an error when packets or answers get lost', async () => {
    const server = await listen(0, () => undefined)
    const { port } = server.address() as { port: number }
    const way = { kind: 'tcp', host: '127.0.0.1', port, tls: null } as const
    await expect(openWay({ ...bench, way }, { pingMs: 50 })).rejects.toMatchObject({
      message: expect.stringContaining('no answer to 6 pings within 0.05 s each'),
      hint: expect.stringContaining(`curl -m 5 http://127.0.0.1:${port}/_ping`),
    })
  })
})

const bench = {
  name: 'bench-1',
  way: { kind: 'ssh', destination: 'bench@far', port: null },
  socket: '/var/run/docker.sock',
} as const
