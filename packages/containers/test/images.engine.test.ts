import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { BakeoffError } from '@bakeoff/model'
import { type ImageEvent, UnsupportedBuild } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImage } from '../src/building/build.js'
import { readContext } from '../src/building/context.js'
import { type EngineClient, ensureBase, ensureEngine, ImageStore, localImage } from '../src/index.js'
import { type RawEngine, rawEngine } from './raw-engine.js'

const composeBaseFolder = resolve(import.meta.dirname, '../../../compose/base')
const say = (line: string): void => console.log(line)
const names = [
  'secret',
  'order',
  'broken',
  'words',
  'slow',
  'needy',
  'refused',
  'pair',
  'plain',
  'overdue',
  'silent',
  'flood',
  'greedy',
  'proxy',
  'kit',
  'kit-other',
  'kit-broken',
  'kit-slow',
  'kit-silent',
].map((name) => `bakeoff/target/images-test-${name}`)

let client: EngineClient
let docker: RawEngine
let root: string
let images: ImageStore

beforeAll(async () => {
  client = (await ensureEngine({ say, ask: null, env: process.env })).client
  docker = rawEngine(client)
  root = await mkdtemp(join(tmpdir(), 'bakeoff-images-'))
  // The shipped base folder, so that the base image is the one that everything else here uses.
  for (const file of ['Dockerfile', '.dockerignore', 'ca/.keep']) {
    await put(join('compose/base', file), await readFile(join(composeBaseFolder, file), 'utf8'))
  }
  await ensureBase(client, { composeBaseFolder, say, logFolder: join(root, 'logs') })
  images = new ImageStore(client, { root, say })
})

afterAll(async () => {
  for (const name of [...names, 'bakeoff/images-test-below']) {
    const built = await docker.listImages({ filters: { reference: [name] } })
    for (const tag of built.flatMap(({ RepoTags }) => RepoTags ?? []))
      await docker.getImage(tag).remove({ force: true })
  }
  await rm(root, { recursive: true, force: true })
})

describe('an image of a folder', () => {
  it('is built once, and found again until something it is made of changes', async () => {
    await put('targets/images-test-plain/Dockerfile', 'FROM bakeoff/base\nCOPY . /app\nCMD ["true"]\n')
    await put('targets/images-test-plain/main.txt', 'one')
    await put('targets/images-test-plain/.dockerignore', 'notes\n')

    const first = await ensure('plain')
    expect(first).toMatchObject({ cached: false, name: 'bakeoff/target/images-test-plain' })
    expect(first.buildSeconds).toBeGreaterThan(0)
    expect(first.baseId).toBe((await localImage(client, 'bakeoff/base'))?.id)
    expect(first.bytes).toBeGreaterThan(0)

    await utimes(join(root, 'targets/images-test-plain/main.txt'), 1, 1)
    await put('targets/images-test-plain/notes', 'ignored')
    const events: ImageEvent[] = []
    expect(await ensure('plain', (event) => events.push(event))).toEqual({ ...first, cached: true })
    expect(events).toEqual([{ state: 'cached', image: first.name, seconds: null }])

    await put('targets/images-test-plain/main.txt', 'two')
    const second = await ensure('plain')
    expect(second.cached).toBe(false)
    expect(second.id).not.toBe(first.id)

    await put('targets/images-test-plain/main.txt', 'one')
    expect(await ensure('plain'), 'an earlier build of the same content counts').toEqual({ ...first, cached: true })
    expect((await localImage(client, first.name))?.id).toBe(first.id)
  })

  it('holds nothing that is ignored, and no credentials even when they are not', async () => {
    await put('targets/images-test-secret/Dockerfile', 'FROM bakeoff/base\nCOPY . /app\nRUN find /app -type f | sort\n')
    await put('targets/images-test-secret/.dockerignore', 'secret.env\n')
    for (const file of ['secret.env', '.npmrc', '.netrc', '.docker/config.json', '.git/config', 'kept.txt']) {
      await put(join('targets/images-test-secret', file), 'token')
    }
    const lines: string[] = []
    const steps: number[][] = []
    await ensure('secret', (event) => {
      if (event.state === 'log') lines.push(event.line)
      if (event.state === 'step') steps.push([event.number, event.of])
    })
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    expect(lines.filter((line) => line.startsWith('/app/'))).toEqual([
      '/app/.dockerignore',
      '/app/Dockerfile',
      '/app/kept.txt',
    ])
  })

  it('makes the images that its Dockerfile refers to first', async () => {
    await put('compose/images-test-below/Dockerfile', 'FROM bakeoff/base\nCOPY data /data\n')
    await put('compose/images-test-below/data', 'from below')
    await put(
      'targets/images-test-pair/Dockerfile',
      'FROM bakeoff/base\nCOPY --from=bakeoff/images-test-below /data /data\nRUN cat /data && echo\n',
    )
    const events: ImageEvent[] = []
    const first = await ensure('pair', (event) => events.push(event))
    expect(events.filter(({ state }) => state === 'building').map(({ image }) => image)).toEqual([
      'bakeoff/images-test-below',
      'bakeoff/target/images-test-pair',
    ])
    expect(events).toContainEqual({ state: 'log', image: 'bakeoff/target/images-test-pair', line: 'from below' })

    await docker.getImage('bakeoff/images-test-below').remove({ force: true })
    expect(await images.lookUpImage(request('pair')), 'what is built needs nothing of what it was built with').toEqual({
      ...first,
      cached: true,
    })
    expect(await ensure('pair')).toEqual({ ...first, cached: true })
    expect(await localImage(client, 'bakeoff/images-test-below')).toBeNull()

    await put('compose/images-test-below/data', 'changed below')
    expect((await ensure('pair')).id, 'a change below rebuilds what stands on it').not.toBe(first.id)
  })

  it('is built once for two who ask at the same time', async () => {
    await put('targets/images-test-order/Dockerfile', 'FROM bakeoff/base\nRUN echo once\n')
    const building: ImageEvent[] = []
    const ask = () => ensure('order', (event) => event.state === 'building' && building.push(event))
    const [one, other] = await Promise.all([ask(), ask()])
    expect(one).toEqual(other)
    expect(building).toHaveLength(1)
  })
})

describe('a build that fails', () => {
  it('says with which lines, and keeps its whole log', async () => {
    await put(
      'targets/images-test-broken/Dockerfile',
      'FROM bakeoff/base\nRUN (seq 1 100; echo missing header) >&2; exit 3\n',
    )
    const error = await ensure('broken').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'BUILD_FAILED', message: expect.stringContaining('non-zero code: 3') })
    const { logTail, hint } = error as { logTail: string[]; hint: string }
    expect(logTail).toHaveLength(30)
    expect(logTail).toContain('missing header')
    expect(logTail).toContain('100')
    const log = await readFile(hint.replace('The whole log: ', ''), 'utf8')
    expect(log.split('\n')).toContain('1')
    expect(await localImage(client, 'bakeoff/target/images-test-broken')).toBeNull()
  })

  it('for want of the network is told from one that is wrong', async () => {
    const line = "Temporary failure resolving 'packages.example'"
    await put('targets/images-test-offline/Dockerfile', `FROM bakeoff/base\nRUN echo "${line}" >&2; exit 100\n`)
    await expect(ensure('offline')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: `bakeoff/target/images-test-offline did not build: ${line}`,
    })
  })

  it('says so when the Dockerfile itself is wrong', async () => {
    await put('targets/images-test-words/Dockerfile', 'FROM bakeoff/base\nFETCH everything\n')
    await expect(ensure('words')).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(/unknown instruction/i),
    })
  })

  it('stops when it is asked to, and leaves no container', async () => {
    await put('targets/images-test-slow/Dockerfile', 'FROM bakeoff/base\nRUN echo begun && sleep 300\n')
    const stop = new AbortController()
    const building = ensure(
      'slow',
      (event) => event.state === 'log' && event.line === 'begun' && stop.abort(),
      stop.signal,
    )
    await expect(building).rejects.toMatchObject({ code: 'ABORTED' })
    await expect.poll(sleepers, { timeout: 30_000 }).toEqual([])
  })
})

describe('a build that takes too much', () => {
  const limits = { memoryBytes: 256 * 1024 ** 2, totalMs: 60_000, silentMs: 60_000, logBytes: 1e6 }
  const building = async (name: string, run: string, changes: Partial<typeof limits>) => {
    await put(`targets/images-test-${name}/Dockerfile`, `FROM bakeoff/base\nRUN ${run}\n`)
    const { folder } = request(name)
    const logFile = join(root, 'logs', `${name}.log`)
    const started = performance.now()
    const error = await buildImage(client, {
      name: `bakeoff/target/images-test-${name}`,
      key: 'k'.repeat(64),
      context: await readContext(folder),
      buildArgs: {},
      labels: {},
      logFile,
      onLine: () => undefined,
      limits: { ...limits, ...changes },
      builder: 'classic',
      redact: (text) => text,
    }).then(
      () => null,
      (thrown: BakeoffError) => thrown,
    )
    return { error, seconds: (performance.now() - started) / 1000, log: await readFile(logFile, 'utf8') }
  }

  it.each([
    {
      name: 'overdue',
      run: 'while true; do echo working; sleep 0.2; done',
      changes: { totalMs: 4_000 },
      why: 'not over after 4 s',
    },
    {
      name: 'silent',
      run: 'echo begun && sleep 300',
      changes: { silentMs: 4_000 },
      why: 'without a line of output for 4 s',
    },
  ])('is stopped, and leaves no container: $name', async ({ name, run, changes, why }) => {
    const { error, seconds } = await building(name, run, changes)
    expect(error).toMatchObject({ code: 'BUILD_FAILED', message: expect.stringContaining(why) })
    expect(error?.hint).toContain('BAKEOFF_BUILD_MINUTES')
    expect(error?.logTail.length).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(60)
    const left = async () =>
      (await docker.listContainers({ all: true })).filter(({ Command }) => Command.includes(run.slice(0, 16)))
    await expect.poll(left, { timeout: 30_000 }).toEqual([])
  })

  it('fills neither the disk nor this process by what it prints', async () => {
    const before = process.memoryUsage().rss
    const { error, seconds, log } = await building('flood', 'yes "0123456789 0123456789 0123456789"', {
      totalMs: 6_000,
    })
    expect(error).toMatchObject({ code: 'BUILD_FAILED', message: expect.stringContaining('not over after 6 s') })
    expect(seconds, 'the clock is heard through it').toBeLessThan(60)
    expect(log.length).toBeLessThan(1.1e6)
    expect(log).toContain('more lines: a log is kept up to 1 MB')
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6)
  })

  it('gets no more memory than its share, and the message says so', async () => {
    const { error } = await building('greedy', `perl -e '$x = "x" x 1e9; print length $x'`, {})
    expect(error).toMatchObject({ code: 'BUILD_FAILED', hint: expect.stringContaining('a build has 256 MiB here') })
  })
})

it('prints the password of a proxy nowhere', async () => {
  const HTTP_PROXY = 'http://me:correct-horse%21@127.0.0.1:9'
  const here = new ImageStore(client, { root, say, env: { HTTP_PROXY } })
  await put(
    'targets/images-test-proxy/Dockerfile',
    'FROM bakeoff/base\nRUN env; echo "$HTTP_PROXY" | base64; echo "me:correct-horse!"; echo "http_proxy=$HTTP_PROXY" >&2; exit 1\n',
  )
  const lines: string[] = []
  const error = (await here
    .ensureImage(
      request('proxy'),
      new AbortController().signal,
      (event) => event.state === 'log' && lines.push(event.line),
    )
    .catch((thrown: unknown) => thrown)) as BakeoffError
  const log = await readFile(error.hint?.replace('The whole log: ', '') ?? '', 'utf8')
  expect(log).toContain('HTTP_PROXY=http://***@127.0.0.1:9')
  for (const text of [log, lines.join('\n'), JSON.stringify(error), error.message, error.logTail.join('\n')])
    expect(text).not.toMatch(/correct-horse/)
})

describe('what a build requires', () => {
  const closed = { name: 'nothing', title: 'a package source that is not there', url: 'http://127.0.0.1:9/names' }

  it('makes a target unsupported, with the reason, where it cannot be had', async () => {
    const here = new ImageStore(client, { root, say, env: {}, requirements: [closed] })
    await put('targets/images-test-needy/Dockerfile', 'FROM bakeoff/base\nRUN echo built\n')
    const needy = { ...request('needy'), requires: ['nothing'] }
    const refusal = await here.ensureImage(needy, new AbortController().signal).catch((thrown: unknown) => thrown)
    expect(refusal).toBeInstanceOf(UnsupportedBuild)
    expect((refusal as Error).message).toMatch(
      /^needs a package source that is not there: 127\.0\.0\.1:9 is not reachable/,
    )

    const { id } = await ensure('needy')
    expect(await here.ensureImage(needy, new AbortController().signal), 'what is built needs nothing').toMatchObject({
      id,
      cached: true,
    })
  })

  it('must be something that is known', async () => {
    await put('targets/images-test-refused/Dockerfile', 'FROM bakeoff/base\n')
    const refused = images.ensureImage({ ...request('refused'), requires: ['hax'] }, new AbortController().signal)
    await expect(refused).rejects.toMatchObject({ code: 'BAD_SPEC', hint: 'Known are: hex, github.' })
  })
})

describe('BuildKit', () => {
  const ensureByKit = (name: string, onEvent: (event: ImageEvent) => unknown = () => undefined, signal?: AbortSignal) =>
    new ImageStore(client, { root, say, env: { BAKEOFF_BUILDER: 'buildkit' } }).ensureImage(
      request(name),
      signal ?? new AbortController().signal,
      onEvent,
    )
  /** Command lines of processes of this machine with this text in them. */
  const processes = async (text: string): Promise<string[]> => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    return lines.map((line) => line.replaceAll('\0', ' ')).filter((line) => line.includes(text))
  }

  it('keeps a cache from one image to the next, tells of steps, and makes what the classic builder finds again', async () => {
    const mark = String(Date.now())
    const mount = 'RUN --mount=type=cache,target=/var/cache/bakeoff-test'
    const keep = `FROM bakeoff/base AS build\n${mount} echo ${mark} > /var/cache/bakeoff-test/mark && echo kept > /kept\nFROM bakeoff/base\nCOPY --from=build /kept /kept\n`
    await put('targets/images-test-kit/Dockerfile', keep)
    const events: ImageEvent[] = []
    const made = await ensureByKit('kit', (event) => events.push(event))
    expect(made).toMatchObject({ cached: false, baseId: (await localImage(client, 'bakeoff/base'))?.id })
    const steps = events.filter((event) => event.state === 'step')
    expect(steps.at(-1)).toMatchObject({ number: steps.length, of: steps.length })
    expect(steps.length).toBeGreaterThanOrEqual(3)
    expect(await ensure('kit'), 'the key is that of the folder, whoever builds').toEqual({ ...made, cached: true })

    await put(
      'targets/images-test-kit-other/Dockerfile',
      // With the mark in it: the builder of an earlier test on this engine would take the step from its layers.
      `FROM bakeoff/base\n${mount} cat /var/cache/bakeoff-test/mark && : ${mark}\n`,
    )
    const lines: string[] = []
    await ensureByKit('kit-other', (event) => event.state === 'log' && lines.push(event.line))
    expect(lines).toContain(mark)
  })

  it('says with which lines a build failed, and does not take the Dockerfile for what it says', async () => {
    await put(
      'targets/images-test-kit-broken/Dockerfile',
      'FROM bakeoff/base\nRUN (seq 1 40; echo missing header) >&2; : no such host; exit 3\n',
    )
    const error = await ensureByKit('kit-broken').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'BUILD_FAILED', message: expect.stringMatching(/exit code: 3/) })
    expect((error as BakeoffError).logTail).toContain('missing header')
  })

  it.runIf(process.platform === 'linux')('stops when it is asked to, with what it runs', async () => {
    await put('targets/images-test-kit-slow/Dockerfile', 'FROM bakeoff/base\nRUN echo begun && sleep 3141\n')
    const stop = new AbortController()
    const onEvent = (event: ImageEvent) => event.state === 'log' && event.line === 'begun' && stop.abort()
    await expect(ensureByKit('kit-slow', onEvent, stop.signal)).rejects.toMatchObject({ code: 'ABORTED' })
    await expect.poll(() => processes('sleep 3141'), { timeout: 30_000 }).toEqual([])
  })

  it('is ended when it says nothing for too long', async () => {
    await put('targets/images-test-kit-silent/Dockerfile', 'FROM bakeoff/base\nRUN echo begun && sleep 2718\n')
    const building = buildImage(client, {
      name: 'bakeoff/target/images-test-kit-silent',
      key: 'k'.repeat(64),
      context: await readContext(request('kit-silent').folder),
      buildArgs: {},
      labels: {},
      logFile: join(root, 'logs', 'kit-silent.log'),
      onLine: () => undefined,
      limits: { memoryBytes: 1e9, totalMs: 60_000, silentMs: 4_000, logBytes: 1e6 },
      builder: 'buildkit',
      redact: (text) => text,
    })
    await expect(building).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('without a line of output for 4 s'),
    })
  })
})

async function sleepers(): Promise<string[]> {
  const running = await docker.listContainers({ all: true })
  return running.filter(({ Command }) => Command.includes('sleep 300')).map(({ Id }) => Id)
}

function request(name: string) {
  return {
    name: `bakeoff/target/images-test-${name}`,
    folder: join(root, 'targets', `images-test-${name}`),
    requires: [],
  }
}

function ensure(
  name: string,
  onEvent: (event: ImageEvent) => unknown = () => undefined,
  signal = new AbortController().signal,
) {
  return images.ensureImage(request(name), signal, onEvent)
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
