import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EngineWorld, namedEngine, usualEngines } from '../src/engine/candidates.js'
import { connect, describeEngine, findEngine } from '../src/index.js'

describe('the engine that the user named', () => {
  const sha = (name: string): string => createHash('sha256').update(name).digest('hex')
  const meta = (name: string, host: string) => ({
    [`/home/a/.docker/contexts/meta/${sha(name)}/meta.json`]: JSON.stringify({ Endpoints: { docker: { Host: host } } }),
  })
  const tlsFiles = (folder: string) => ({
    [folder]: '',
    [`${folder}/ca.pem`]: 'CA',
    [`${folder}/cert.pem`]: 'CERT',
    [`${folder}/key.pem`]: 'KEY',
  })
  const tls = { ca: 'CA', cert: 'CERT', key: 'KEY' }

  it.each([
    { because: 'nothing is named', env: {}, files: {}, expected: null },
    { because: 'an empty DOCKER_HOST names nothing', env: { DOCKER_HOST: '' }, files: {}, expected: null },
    {
      because: 'DOCKER_HOST is a socket',
      env: { DOCKER_HOST: 'unix:///tmp/d.sock' },
      files: {},
      expected: { endpoint: 'unix:///tmp/d.sock', foundBy: 'DOCKER_HOST', tls: null },
    },
    {
      because: 'DOCKER_HOST wins over a context, as for the Docker client',
      env: { DOCKER_HOST: 'unix:///tmp/d.sock', DOCKER_CONTEXT: 'colima' },
      files: meta('colima', 'unix:///c.sock'),
      expected: { endpoint: 'unix:///tmp/d.sock' },
    },
    {
      because: 'an address without a scheme is tcp',
      env: { DOCKER_HOST: 'dind:2375' },
      files: {},
      expected: { endpoint: 'tcp://dind:2375', tls: null },
    },
    {
      because: 'DOCKER_TLS_VERIFY takes certificates from DOCKER_CERT_PATH',
      env: { DOCKER_HOST: 'tcp://dind:1234', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' },
      files: tlsFiles('/certs'),
      expected: { tls },
    },
    {
      because: 'the port for TLS says TLS, from the configuration folder',
      env: { DOCKER_HOST: 'tcp://dind:2376' },
      files: tlsFiles('/home/a/.docker'),
      expected: { tls },
    },
    {
      because: 'DOCKER_CONTEXT names a context',
      env: { DOCKER_CONTEXT: 'colima' },
      files: meta('colima', 'unix:///c.sock'),
      expected: { endpoint: 'unix:///c.sock', foundBy: 'context colima', tls: null },
    },
    {
      because: 'the configuration names the current context',
      env: {},
      files: { '/home/a/.docker/config.json': '{"currentContext":"colima"}', ...meta('colima', 'unix:///c.sock') },
      expected: { endpoint: 'unix:///c.sock' },
    },
    {
      because: 'DOCKER_CONTEXT wins over the configuration',
      env: { DOCKER_CONTEXT: 'b' },
      files: {
        '/home/a/.docker/config.json': '{"currentContext":"a"}',
        ...meta('a', 'unix:///a'),
        ...meta('b', 'unix:///b'),
      },
      expected: { endpoint: 'unix:///b' },
    },
    { because: 'the context default is none', env: { DOCKER_CONTEXT: 'default' }, files: {}, expected: null },
    {
      because: 'a configuration that cannot be read names nothing',
      env: {},
      files: { '/home/a/.docker/config.json': '{"currentContext":' },
      expected: null,
    },
    {
      because: 'a context brings certificates of its own',
      env: { DOCKER_CONTEXT: 'far' },
      files: { ...meta('far', 'tcp://far:2376'), ...tlsFiles(`/home/a/.docker/contexts/tls/${sha('far')}/docker`) },
      expected: { endpoint: 'tcp://far:2376', tls },
    },
  ])('is right when $because', ({ env, files, expected }) => {
    const named = namedEngine(aWorld({ env, files }))
    if (expected === null) expect(named).toBeNull()
    else expect(named).toMatchObject(expected)
  })

  it.each([
    {
      env: { DOCKER_HOST: 'ssh://me@far' },
      says: 'behind SSH',
      hint: 'ssh -N -L /tmp/engine.sock:/var/run/docker.sock me@far',
    },
    { env: { DOCKER_HOST: 'ftp://x' }, says: '"ftp" is not a way', hint: 'unix:///' },
    { env: { DOCKER_HOST: 'tcp://:2375' }, says: 'not an address', hint: 'tcp://host:2376' },
    { env: { DOCKER_CONTEXT: 'gone' }, says: 'context "gone" does not exist', hint: 'docker context ls' },
    {
      env: { DOCKER_HOST: 'tcp://dind:2376' },
      says: '/home/a/.docker/ca.pem cannot be read',
      hint: 'DOCKER_CERT_PATH',
    },
  ])('is an error when it $says', ({ env, says, hint }) => {
    expect(() => namedEngine(aWorld({ env }))).toThrow(
      expect.objectContaining({
        code: 'NO_ENGINE',
        message: expect.stringContaining(says),
        hint: expect.stringContaining(hint),
      }),
    )
  })
})

describe('the usual places', () => {
  const everything = { exists: () => true }

  it('are tried in this order', () => {
    const found = usualEngines(aWorld({ ...everything, env: { XDG_RUNTIME_DIR: '/run/user/7' } }))
    expect([...new Set(found.map(({ foundBy }) => foundBy))]).toEqual([
      'the system socket',
      'the rootless socket',
      'Docker Desktop',
      'colima',
      'OrbStack',
      'Rancher Desktop',
      'Podman',
    ])
    expect(found.slice(0, 2).map(({ endpoint }) => endpoint)).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///run/user/7/docker.sock',
    ])
  })

  it("take the user's runtime folder from the user id when the environment does not say", () => {
    expect(usualEngines(aWorld({ ...everything, uid: 1000 })).map(({ endpoint }) => endpoint)).toContain(
      'unix:///run/user/1000/docker.sock',
    )
  })

  it('are only those that are there', () => {
    expect(usualEngines(aWorld({ files: { '/home/a/.orbstack/run/docker.sock': '' } }))).toEqual([
      { endpoint: 'unix:///home/a/.orbstack/run/docker.sock', foundBy: 'OrbStack', tls: null },
    ])
  })

  it('are a pipe on Windows', () => {
    expect(usualEngines(aWorld({ platform: 'win32' }))).toEqual([
      { endpoint: 'npipe:////./pipe/docker_engine', foundBy: 'the system pipe', tls: null },
    ])
  })
})

describe.skipIf(process.platform === 'win32')('looking for an engine', () => {
  let home: string
  const servers: Server[] = []

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'bakeoff-find-'))
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    rmSync(home, { recursive: true, force: true })
  })

  /** The world in which only sockets below the temporary home exist: the machine's own engine is not seen. */
  const look = (env: Record<string, string> = {}) =>
    findEngine({
      env,
      home,
      uid: null,
      platform: 'linux',
      pingMs: 300,
      exists: (path) => path.startsWith(home) && existsSync(path),
    })
  const colima = () => join(home, '.colima/default/docker.sock')
  const orbstack = () => join(home, '.orbstack/run/docker.sock')

  const engine: RequestListener = (request, response) => {
    if (request.url?.startsWith('/_ping')) response.end('OK')
    else if (request.url?.startsWith('/version'))
      response.end(
        JSON.stringify({ Version: '29.0.0', ApiVersion: '1.52', Os: 'linux', Arch: 'arm64', KernelVersion: 'other' }),
      )
    else if (request.url?.startsWith('/info'))
      response.end(JSON.stringify({ CgroupVersion: '2', NCPU: 8, MemTotal: 1024, SecurityOptions: ['name=rootless'] }))
    else response.writeHead(404).end()
  }
  const frozen: RequestListener = () => undefined
  const half: RequestListener = (request, response) =>
    request.url?.startsWith('/_ping') ? response.end('OK') : undefined

  async function listen(path: string, handler: RequestListener): Promise<void> {
    mkdirSync(dirname(path), { recursive: true })
    const server = createServer(handler)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(path, resolve))
  }

  /** A socket file with nobody behind it, as a killed daemon leaves it. */
  function leaveSocket(path: string): void {
    mkdirSync(dirname(path), { recursive: true })
    const listenAndDie = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', listenAndDie])
  }

  it('finds the one that answers', async () => {
    await listen(colima(), engine)
    expect(await look()).toEqual({ endpoint: `unix://${colima()}`, foundBy: 'colima', tls: null })
  })

  it('finds none where there is none', async () => expect(await look()).toBeNull())

  it('passes over the socket of a daemon that was killed', async () => {
    leaveSocket(colima())
    expect(existsSync(colima())).toBe(true)
    expect(await look()).toBeNull()
    await listen(orbstack(), engine)
    expect(await look()).toMatchObject({ foundBy: 'OrbStack' })
  })

  it('passes over a frozen one while another answers', async () => {
    await listen(colima(), frozen)
    await listen(orbstack(), engine)
    expect(await look()).toMatchObject({ foundBy: 'OrbStack' })
  })

  it('asks one that was too slow twice for a third time', async () => {
    let asked = 0
    await listen(colima(), (_, response) => void (++asked < 3 || response.end('OK')))
    expect(await look()).toMatchObject({ foundBy: 'colima' })
    expect(asked).toBe(3)
  })

  it('says that the only one is frozen', async () => {
    await listen(colima(), frozen)
    await expect(look()).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringMatching(/frozen: no answer to 6 pings within 0.3 s each/),
      hint: expect.stringContaining('Restart it'),
    })
  })

  it.each([
    { what: 'nobody listens there', host: 'tcp://me:secret@127.0.0.1:9' },
    { what: 'it is no address', host: 'me:secret@:::' },
    { what: 'it is behind SSH', host: 'ssh://me:secret@host' },
    { what: 'its scheme is none', host: 'ftp://me:secret@host' },
  ])('shows no password of it when $what', async ({ host }) => {
    const error = await look({ DOCKER_HOST: host }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NO_ENGINE' })
    const { message, hint } = error as { message: string; hint: string }
    expect(message + hint).not.toContain('secret')
  })

  it('does not fall back from the one that is named', async () => {
    await listen(orbstack(), engine)
    await expect(look({ DOCKER_HOST: `unix://${colima()}` })).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: `no engine listens at unix://${colima()} (from DOCKER_HOST)`,
      hint: expect.stringContaining('unset DOCKER_HOST'),
    })
  })

  it('reaches the socket it found whatever DOCKER_HOST says', async () => {
    await listen(colima(), engine)
    const before = process.env.DOCKER_HOST
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:9'
    try {
      expect(await look()).toMatchObject({ foundBy: 'colima' })
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST
      else process.env.DOCKER_HOST = before
    }
  })

  it('stops when it is asked to', async () => {
    await listen(colima(), frozen)
    const asked = findEngine({ env: { DOCKER_HOST: `unix://${colima()}` }, home, signal: AbortSignal.timeout(50) })
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('describes it: what it does not say is null, and another kernel is not ours', async () => {
    await listen(colima(), engine)
    const found = { endpoint: `unix://${colima()}`, foundBy: 'colima', tls: null }
    expect(await describeEngine(connect(found))).toEqual({
      id: null,
      name: 'Docker Engine',
      version: '29.0.0',
      apiVersion: '1.52',
      endpoint: found.endpoint,
      foundBy: 'colima',
      cgroupVersion: '2',
      cgroupDriver: null,
      storageDriver: null,
      rootless: true,
      uncapped: [],
      reducedTruth: false,
      operatingSystem: null,
      architecture: 'arm64',
      cpus: 8,
      memoryBytes: 1024,
      sameKernel: false,
    })
  })

  it('says so when it answers pings and nothing else', async () => {
    await listen(colima(), half)
    const found = { endpoint: `unix://${colima()}`, foundBy: 'colima', tls: null }
    await expect(describeEngine(connect(found))).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringContaining('answers pings but not questions'),
    })
  })
})

/** Linux, user a, and only the files that are given. */
function aWorld(given: Partial<EngineWorld> & { files?: Record<string, string> }): EngineWorld {
  const { files = {}, ...world } = given
  return {
    env: {},
    home: '/home/a',
    platform: 'linux',
    uid: null,
    exists: (path) => path in files,
    readText: (path) => files[path] ?? null,
    ...world,
  }
}
