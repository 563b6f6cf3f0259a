/** Images from one machine to another: by file and by registry, on a real engine with nothing in it. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { ImageEvent } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type ExchangeOptions,
  loadImages,
  pullImages,
  pushImages,
  saveImages,
  shelvesOf,
} from '../src/images/exchange.js'
import { needsOf } from '../src/images/needs.js'
import { ArchiveFile, type EngineClient, ImageStore, localImage } from '../src/index.js'
import { parseRegistry } from '../src/registry/registry-name.js'
import { engineUnderTest } from './engine.js'
import { freePort, OtherMachine, TestRegistry, whyNoOtherMachine } from './other-machine.js'
import type { RawEngine } from './raw-engine.js'

const X = 'bakeoff/target/exchange-test-x'
const BELOW = 'bakeoff/exchange-test-below'
const SMALL = 'bakeoff/target/exchange-test-small'
const say = (line: string): void => console.log(line)
const quiet = () => undefined
const { signal } = new AbortController()

let root: string
let here: EngineClient
/** the same engine, as the test looks at it */
let docker: RawEngine
let other: OtherMachine
let registry: TestRegistry

const skip = whyNoOtherMachine()
if (skip !== null) console.warn(`Images between machines are not tested: ${skip}`)

describe.skipIf(skip !== null)('images between machines', () => {
  beforeAll(async () => {
    ;({ client: here, docker } = await engineUnderTest())
    root = await mkdtemp(join(tmpdir(), 'bakeoff-exchange-'))
    const base = resolve(import.meta.dirname, '../../../compose/base')
    for (const file of ['Dockerfile', '.dockerignore', 'ca/.keep'])
      await put(join('compose/base', file), await readFile(join(base, file), 'utf8'))
    await put('compose/exchange-test-below/Dockerfile', 'FROM scratch\nCOPY data /data\n')
    await put('compose/exchange-test-below/data', 'from below')
    await put('targets/exchange-test-x/Dockerfile', `FROM bakeoff/base\nCOPY --from=${BELOW} /data /data\n`)
    await put('targets/exchange-test-small/Dockerfile', `FROM ${BELOW}\nCOPY small /small\n`)
    await put('targets/exchange-test-small/small', 'small')
    const made = imagesOn(here)
    for (const name of ['exchange-test-x', 'exchange-test-small']) await made.ensureImage(requestOf(name), signal)
    other = await OtherMachine.start()
    registry = await TestRegistry.start()
  })

  beforeEach(() => other.empty())

  afterAll(async () => {
    for (const name of [X, SMALL, BELOW])
      for (const { RepoTags } of docker ? await docker.listImages({ filters: { reference: [name] } }) : [])
        for (const tag of RepoTags ?? []) await docker.getImage(tag).remove({ force: true })
    await other?.[Symbol.asyncDispose]()
    await registry?.[Symbol.asyncDispose]()
    if (root) await rm(root, { recursive: true, force: true })
  })

  it('go into a file and out of it: with the base image and all that Dockerfiles name, under the same ids and keys', async () => {
    const path = join(root, 'all.tar')
    const { references } = await saveTo(path, ['exchange-test-x', 'exchange-test-small'])
    expect(references.map((reference) => reference.replace(/:.*/, ''))).toEqual([
      'bakeoff/debian',
      'bakeoff/base',
      BELOW,
      X,
      SMALL,
    ])
    expect(readdirSync(root).filter((name) => name.endsWith('.part'))).toEqual([])

    const loaded = await load(path, ['exchange-test-x', 'exchange-test-small'])
    expect(loaded).toMatchObject({ baseUnfit: null, otherIds: false })
    const shelves = await shelvesOf(imagesOn(other.client), await needs(['exchange-test-x', 'exchange-test-small']))
    expect(shelves.map(({ request, facts }) => [request.name, facts?.id])).toEqual(
      await Promise.all(
        ['bakeoff/base', BELOW, X, SMALL].map(async (name) => [name, (await localImage(here, name))?.id]),
      ),
    )
    expect(await builtAnew('exchange-test-x')).toEqual(['cached'])
  })

  it('do not fit a folder that has changed since', async () => {
    const path = join(root, 'small.tar.gz')
    await saveTo(path, ['exchange-test-small'])
    expect((await readFile(path)).subarray(0, 2), 'it is packed').toEqual(Buffer.from([0x1f, 0x8b]))
    await put('targets/exchange-test-small/small', 'changed')
    await load(path, ['exchange-test-small'])
    const shelves = await shelvesOf(imagesOn(other.client), await needs(['exchange-test-small']))
    await put('targets/exchange-test-small/small', 'small')
    expect(shelves.map(({ request, facts }) => [request.name, facts !== null])).toEqual([
      [BELOW, true],
      [SMALL, false],
    ])
  })

  it('do not fit a machine with other private certificates, which keeps what it has', async () => {
    const path = join(root, 'x.tar')
    await saveTo(path, ['exchange-test-x'])
    const env = { HOME: join(root, 'nobody'), NODE_EXTRA_CA_CERTS: join(root, 'other-ca.pem') }
    await writeFile(env.NODE_EXTRA_CA_CERTS, OTHER_CA)
    const loaded = await load(path, ['exchange-test-x'], env)
    const base = await localImage(here, 'bakeoff/base')
    // An older base image does not say which certificates it has.
    expect(loaded.baseUnfit).toBe(base?.labels['bakeoff.image.certificates'] ? 'certificates' : 'folder or platform')
    expect(await localImage(other.client, 'bakeoff/base:latest')).toBeNull()
    expect(await localImage(other.client, 'bakeoff/debian:trixie')).toBeNull()
  })

  it('are not taken from a file that is none, is cut, or is of somebody else', async () => {
    const whole = join(root, 'cut.tar.gz')
    await saveTo(whole, ['exchange-test-small'])
    await truncate(whole, 700)
    await writeFile(
      join(root, 'text.tar'),
      'this is no archive of images, though it is long enough to be read as one '.repeat(20),
    )
    await writeFile(join(root, 'empty.tar'), '')
    for (const name of ['cut.tar.gz', 'text.tar', 'empty.tar'])
      await expect(load(join(root, name), []), name).rejects.toMatchObject({
        code: 'BAD_SPEC',
        message: expect.stringContaining('is not an archive of images, or incomplete'),
      })
    await expect(load(join(root, 'nowhere.tar'), [])).rejects.toMatchObject({
      message: expect.stringContaining('there is no file'),
    })
    const { key } = (await imagesOn(here).lookUpImage(requestOf('exchange-test-small')))!
    const wrong = { references: [`${SMALL}:${key.slice(0, 16)}`] }
    await docker.getImage(BELOW).tag({ repo: X, tag: '0123456789abcdef' })
    const foreign = await ArchiveFile.create(join(root, 'foreign.tar'))
    await foreign.write(here, [`${X}:0123456789abcdef`, ...wrong.references], signal, quiet)
    await docker.getImage(`${X}:0123456789abcdef`).remove()
    await expect(load(join(root, 'foreign.tar'), ['exchange-test-small'])).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: expect.stringContaining(`${X}:0123456789abcdef holds the image of another key`),
    })
    expect(await other.docker.listImages(), 'nothing of it was loaded').toEqual([])
  })

  it('leave nothing behind when saving is stopped, or the disk is full', async () => {
    const stop = new AbortController()
    const path = join(root, 'stopped.tar')
    await expect(saveTo(path, ['exchange-test-x'], stop.signal, () => stop.abort())).rejects.toMatchObject({
      code: 'ABORTED',
    })
    expect(existsSync(path) || existsSync(`${path}.part`)).toBe(false)
    const small = join(root, 'small-disk')
    await mkdir(small)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', small])
    try {
      await expect(saveTo(join(small, 'x.tar'), ['exchange-test-x'])).rejects.toMatchObject({ code: 'ENOSPC' })
      expect(readdirSync(small)).toEqual([])
    } finally {
      execFileSync('umount', [small])
    }
  })

  it('go through a registry by their keys, and what the folders want is pulled in the order in which it stands on one another', async () => {
    const place = parseRegistry(`${registry.name}/team`, 'REGISTRY')
    const pushed: string[] = []
    const wanted = await needs(['exchange-test-x', 'exchange-test-small'])
    const options = on(here)
    await pushImages(options, await shelvesOf(options.images, wanted), place, (name) => pushed.push(name))
    expect(pushed).toEqual(['bakeoff/base', BELOW, X, SMALL, 'bakeoff/debian:trixie'])
    expect(
      (await tagsOf(docker)).filter((tag) => tag.startsWith(registry.name)),
      'names of the registry are not left',
    ).toEqual([])

    const pulled: string[] = []
    const there = on(other.client)
    const result = await pullImages(there, wanted, place, (name) => pulled.push(name))
    expect(result).toMatchObject({ base: null, refused: [] })
    expect(pulled).toEqual(['bakeoff/base', BELOW, X, SMALL])
    expect((await localImage(other.client, X))?.id).toBe((await localImage(here, X))?.id)
    expect(await builtAnew('exchange-test-x')).toEqual(['cached'])
  })

  it('come from BAKEOFF_REGISTRY before anything is built', async () => {
    const place = parseRegistry(`${registry.name}/before`, 'REGISTRY')
    const options = on(here)
    await pushImages(options, await shelvesOf(options.images, await needs(['exchange-test-x'])), place, quiet)
    // What it was built with is not asked for: its key is known without.
    expect(await builtAnew('exchange-test-x', { BAKEOFF_REGISTRY: place.name })).toEqual(['pulling', 'pulled'])
    expect((await localImage(other.client, X))?.id).toBe((await localImage(here, X))?.id)
  })

  it('are refused when the registry has another image under the key, and built instead in a run', async () => {
    const place = parseRegistry(`${registry.name}/wrong`, 'REGISTRY')
    const options = on(here)
    const wanted = await needs(['exchange-test-small'])
    const [below, small] = (await shelvesOf(options.images, wanted)) as [never, never]
    const swapped = {
      ...(small as object),
      facts: { ...(small as { facts: object }).facts, id: (below as { facts: { id: string } }).facts.id },
    }
    await pushImages(options, [below, swapped as never], place, quiet)
    const there = on(other.client)
    const result = await pullImages(there, wanted, place, quiet)
    expect(result.refused).toEqual([
      expect.stringMatching(/exchange-test-small:[0-9a-f]{16} is another image: its key is/),
    ])
    expect(await localImage(other.client, SMALL)).toBeNull()
    expect(await builtAnew('exchange-test-small', { BAKEOFF_REGISTRY: place.name })).toContain('built')
  })

  it('are asked for with what docker login left, and without it the error says so', async () => {
    await using gate = await passwordGate(registry.name)
    const wanted = await needs(['exchange-test-small'])
    const place = parseRegistry(gate.name, 'REGISTRY')
    const shelves = await shelvesOf(imagesOn(here), wanted)
    await expect(
      pushImages({ ...on(here), env: { HOME: join(root, 'nobody') } }, shelves, place, quiet),
    ).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining(`docker login ${gate.name}`),
    })
    const auth = Buffer.from('me:pass:word').toString('base64')
    await put('somebody/.docker/config.json', JSON.stringify({ auths: { [gate.name]: { auth } } }))
    const env = { HOME: join(root, 'somebody') }
    await pushImages({ ...on(here), env }, shelves, place, quiet)
    const there = { ...on(other.client), env }
    expect((await pullImages(there, wanted, place, quiet)).pulled).toEqual([BELOW, SMALL])
  })

  it('are not there when nobody answers, which is said in a moment', async () => {
    const nobody = `127.0.0.1:${await freePort()}`
    const options = on(other.client)
    const wanted = await needs(['exchange-test-small'])
    await expect(pullImages(options, wanted, parseRegistry(nobody, 'REGISTRY'), quiet)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/connection refused/),
    })
    const said: string[] = []
    const env = { BAKEOFF_REGISTRY: nobody }
    const images = new ImageStore(other.client, { root, env, say: (line) => said.push(line) })
    await images.ensureImage(requestOf('exchange-test-small'), signal)
    expect(said).toEqual([expect.stringContaining(`${nobody} is not asked for images`)])
  })

  function on(client: EngineClient): ExchangeOptions {
    return { client, folders: { root, home: root }, env: {}, images: imagesOn(client), signal }
  }

  function imagesOn(client: EngineClient, env: Record<string, string> = {}) {
    return new ImageStore(client, { root, env: { ...process.env, BAKEOFF_REGISTRY: '', ...env }, say })
  }

  /** What building a target on the other machine tells of. */
  async function builtAnew(name: string, env: Record<string, string> = {}): Promise<string[]> {
    const events: ImageEvent[] = []
    await imagesOn(other.client, env).ensureImage(requestOf(name), signal, (event) => events.push(event))
    const told = events.filter(({ state }) => state !== 'log' && state !== 'step').map(({ state }) => state)
    return told.every((state) => state === 'cached') ? ['cached'] : told
  }

  function needs(names: readonly string[]) {
    return needsOf({ root, home: root }, names.map(requestOf))
  }

  async function saveTo(
    path: string,
    names: readonly string[],
    stop = signal,
    onBytes: (bytes: number) => void = quiet,
  ) {
    await using file = await ArchiveFile.create(path)
    const options = { client: here, signal: stop }
    return await saveImages(options, await shelvesOf(imagesOn(here), await needs(names)), file, onBytes)
  }

  async function load(path: string, names: readonly string[], env: Record<string, string> = {}) {
    const options = { client: other.client, folders: { root, home: root }, env: { ...process.env, ...env }, signal }
    return loadImages(options, path, await needs(names), quiet)
  }

  function requestOf(name: string) {
    return { name: `bakeoff/target/${name}`, folder: join(root, 'targets', name), requires: [] }
  }

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
})

async function tagsOf(docker: RawEngine): Promise<string[]> {
  return (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])
}

/** A registry that lets nobody in who does not say `me:pass:word`. */
async function passwordGate(behind: string): Promise<AsyncDisposable & { readonly name: string }> {
  const [host, port] = behind.split(':') as [string, string]
  const gate = createServer((request, response) => {
    if (request.headers.authorization !== `Basic ${Buffer.from('me:pass:word').toString('base64')}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end('{"errors":[{"code":"UNAUTHORIZED"}]}')
      return
    }
    const on = httpRequest(
      { host, port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(on)
  }).listen(0, '127.0.0.1')
  await once(gate, 'listening')
  return {
    name: `127.0.0.1:${(gate.address() as { port: number }).port}`,
    [Symbol.asyncDispose]: async () => {
      gate.closeAllConnections()
      gate.close()
    },
  }
}

/** Of an authority that nobody trusts; its key is thrown away. */
const OTHER_CA = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUS3rxlw4HSbrSoOSYfbjfd6PuGIswCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPQW5vdGhlciBDb21wYW55MCAXDTI2MTEyODE0MTI0NFoYDzIx
MjYxMTA0MTQxMjQ0WjAaMRgwFgYDVQQDDA9Bbm90aGVyIENvbXBhbnkwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQZo9QKXI0JuaK73OyGB0JSOXg9QSPxnYDiW26n
vJEHFKXHWCzSUBaP+1DlW0tOkYW82Y2ixvuQlIkKKUdxHtCpo1MwUTAdBgNVHQ4E
FgQUiP4+eJWT0RF1BiGQZmji4hPe+eAwHwYDVR0jBBgwFoAUiP4+eJWT0RF1BiGQ
Zmji4hPe+eAwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAgojr
dE8sKgU3skFbJ8hcJO2Kdyowd6KWXokUNAcyz8UCIER89hdOQFKB9lpu+YhieF0E
JeU/bezwl8w2mKBMpf2O
-----END CERTIFICATE-----
`
