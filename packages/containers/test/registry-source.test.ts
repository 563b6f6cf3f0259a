/** BAKEOFF_REGISTRY: what is asked of it, in which order, and what happens when it has nothing or does not answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ImageEvent } from '@bakeoff/runner/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImageStore } from '../src/images/image-store.js'
import { untilItFails } from '../src/registry/image-source.js'
import { type Fetch, registryAt } from '../src/registry/registry.js'
import type { AuthWorld } from '../src/registry/registry-auth.js'
import { parseRegistry } from '../src/registry/registry-name.js'
import { FakeImageEngine, FakeRegistries } from './fake-images.js'

const HOST = 'registry.example:5000'
let root: string
let registries: FakeRegistries

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'bakeoff-registry-'))
  registries = new FakeRegistries()
  await put('compose/base/Dockerfile', 'FROM bakeoff/debian:trixie\n')
  await put('compose/tools/Dockerfile', 'FROM bakeoff/base\n')
  await put('targets/x/Dockerfile', 'FROM bakeoff/base\nCOPY --from=bakeoff/tools / /\n')
  await put('targets/y/Dockerfile', 'FROM redis:7\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** A machine with its engine. HOME is a folder without certificates and credentials. */
function machine(engine = new FakeImageEngine(registries), registry: string | undefined = `${HOST}/team`) {
  const said: string[] = []
  const events: ImageEvent[] = []
  const env = { HOME: root, BAKEOFF_REGISTRY: registry }
  const images = new ImageStore(engine.client, { root, env, say: (line) => said.push(line) })
  const ensure = (name: string) =>
    images.ensureImage(
      { name: `bakeoff/target/${name}`, folder: join(root, 'targets', name), requires: [] },
      new AbortController().signal,
      (event) => events.push(event),
    )
  return { engine, said, events, images, ensure }
}

/** What another machine has built and pushed. */
async function pushed(...names: string[]): Promise<FakeImageEngine> {
  const engine = new FakeImageEngine(registries)
  engine.put('bakeoff/debian:trixie', 'sha256:their-debian')
  engine.put('redis:7', 'sha256:their-redis')
  const { ensure } = machine(engine, '')
  for (const name of names) await ensure(name)
  for (const [reference, image] of engine.tags) {
    const repository = reference.startsWith('bakeoff/') ? reference : `bakeoff/as-is/${reference}`
    registries.images.set(`${HOST}/team/${repository}`, image)
  }
  return engine
}

describe('a machine with nothing', () => {
  it('takes Debian, the base image and what it needs from the registry, and nothing of what that was built with', async () => {
    const there = await pushed('x')
    const { engine, ensure, events, said } = machine()
    const { id } = await ensure('x')
    expect(id).toBe(there.tags.get('bakeoff/target/x:latest')?.id)
    expect(engine.built).toEqual([])
    expect(
      registries.asked.map((asked) => asked.replace(`${HOST}/team/bakeoff/`, '').replace(/:[0-9a-f]{16}$/, ':key')),
    ).toEqual(['debian:trixie', 'base:key', 'target/x:key'])
    expect(events.map(({ state, image }) => `${state} ${image}`)).toEqual([
      'pulling bakeoff/target/x',
      'pulled bakeoff/target/x',
    ])
    expect(said).toEqual([`Pulled bakeoff/base from ${HOST}/team`])
    expect(
      [...engine.tags.keys()].filter((tag) => tag.startsWith(HOST)),
      'names of the registry are not left',
    ).toEqual([])
    expect(engine.tags.get('bakeoff/debian:trixie')?.id).toBe('sha256:their-debian')
  })

  it('takes what nobody here builds from there as well: its id is part of keys', async () => {
    await pushed('y')
    const { engine, ensure } = machine()
    await ensure('y')
    expect(engine.built).toEqual([])
    expect(engine.tags.get('redis:7')?.id).toBe('sha256:their-redis')
  })

  it('builds what the registry does not have, on what it has', async () => {
    await pushed()
    const { engine, ensure } = machine()
    await ensure('x')
    expect(engine.built).toEqual(['bakeoff/base', 'bakeoff/tools', 'bakeoff/target/x'])
    expect(engine.tags.get('bakeoff/debian:trixie')?.id).toBe('sha256:their-debian')
  })
})

it('asks for nothing that is here', async () => {
  const engine = await pushed('x')
  await machine(engine).ensure('x')
  expect(registries.asked).toEqual([])
})

it('asks no registry where none is named', async () => {
  await pushed('x')
  const engine = new FakeImageEngine(registries)
  engine.put('bakeoff/debian:trixie', 'sha256:own')
  await machine(engine, '').ensure('x')
  expect(registries.asked).toEqual([])
  expect(engine.built).toContain('bakeoff/target/x')
})

it('refuses an image that says it is another one, says so and builds', async () => {
  const there = await pushed('x')
  const [name] = [...registries.images.keys()].filter((tag) => /target\/x:[0-9a-f]{16}/.test(tag)) as [string]
  registries.images.set(name, there.tags.get('bakeoff/tools:latest')!)
  const { engine, ensure, said } = machine()
  await ensure('x')
  expect(engine.built).toEqual(['bakeoff/target/x'])
  expect(said.join('\n')).toMatch(
    /Refused: registry\.example:5000\/team\/bakeoff\/target\/x:\w+ is another image: its key is/,
  )
})

describe('a registry that cannot be asked', () => {
  const own = () => {
    const engine = new FakeImageEngine(registries)
    engine.put('bakeoff/debian:trixie', 'sha256:own')
    return engine
  }

  it.each([
    { down: 'Get "https://registry.example:5000/v2/": dial tcp: connection refused', said: /connection refused/ },
    {
      down: 'Get "https://registry.example:5000/v2/": dial tcp: lookup registry.example: no such host',
      said: /no such host/,
    },
    { down: 'unauthorized: authentication required', said: /docker login registry\.example:5000/ },
  ])('costs one question, is told once and does not keep anything from being built: $down', async ({ down, said }) => {
    await pushed('x')
    registries.down.set(HOST, down)
    const here = machine(own())
    await Promise.all([here.ensure('x'), here.ensure('x')])
    expect(here.engine.built).toEqual(['bakeoff/base', 'bakeoff/tools', 'bakeoff/target/x'])
    expect(registries.asked).toHaveLength(1)
    expect(here.said.filter((line) => line.includes('is not asked for images'))).toEqual([expect.stringMatching(said)])
  })

  it('is waited for only so long', async () => {
    registries.down.set(HOST, 'never')
    const world: AuthWorld = { env: {}, read: () => null, ask: async () => '' }
    const { fetch } = registryAt(own().client, parseRegistry(HOST, 'REGISTRY'), world, 30)
    expect(await fetch(`${HOST}/x`, 'y', new AbortController().signal)).toEqual({
      kind: 'unreachable',
      why: 'no answer from its registry within 0.03 s',
    })
  })

  it('is one as well when credentials for it cannot be read', async () => {
    await put('.docker/config.json', '{')
    const here = machine(own())
    await here.ensure('x')
    expect(here.engine.built).toContain('bakeoff/target/x')
    expect(here.said.join('\n')).toContain('config.json is not a JSON object')
  })

  it('keeps those who ask at the same time waiting until it is known', async () => {
    let refuse = (): void => undefined
    let asked = 0
    const fetch: Fetch = () => {
      asked++
      return new Promise((resolve) => {
        refuse = () => resolve({ kind: 'unreachable', why: 'it is gone' })
      })
    }
    const told: string[] = []
    const careful = untilItFails(fetch, (why) => told.push(why))
    const { signal } = new AbortController()
    const answers = Promise.all(['a', 'b', 'c'].map((tag) => careful('x', tag, signal)))
    await new Promise(setImmediate)
    expect(asked).toBe(1)
    refuse()
    expect(await answers).toEqual(Array(3).fill({ kind: 'absent' }))
    expect(asked).toBe(1)
    expect(told).toEqual(['it is gone'])
  })

  it('does not keep the others waiting once it has answered', async () => {
    const fetch: Fetch = async (_, tag, __, { onAnswer } = {}) => {
      onAnswer?.()
      if (tag === 'long') await new Promise(() => undefined)
      return { kind: 'absent' }
    }
    const careful = untilItFails(fetch, () => undefined)
    const { signal } = new AbortController()
    void careful('x', 'long', signal)
    expect(await careful('x', 'short', signal)).toEqual({ kind: 'absent' })
  })
})

it('refuses a name that is none when it is set up', () => {
  expect(() => machine(new FakeImageEngine(), 'https://registry.example')).toThrow(
    expect.objectContaining({ code: 'BAD_SPEC', message: expect.stringContaining('BAKEOFF_REGISTRY') }),
  )
})

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
