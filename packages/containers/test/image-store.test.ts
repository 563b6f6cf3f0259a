import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { UnsupportedBuild } from '@bakeoff/runner/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImageStore } from '../src/images/image-store.js'
import { FakeImageEngine } from './fake-images.js'

const X = 'bakeoff/target/x'
/** Nobody listens on port 9 of this machine. */
const closed = { name: 'closed', title: 'a closed port', url: 'http://127.0.0.1:9/' }
const { signal } = new AbortController()

let root: string
let engine: FakeImageEngine
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'bakeoff-store-'))
  engine = new FakeImageEngine()
  engine.put('bakeoff/debian:trixie', 'sha256:debian')
  await put('compose/base/Dockerfile', 'FROM bakeoff/debian:trixie\n')
  await put('compose/tools/Dockerfile', 'FROM bakeoff/base\n')
  await put('targets/x/Dockerfile', 'FROM bakeoff/base\nCOPY --from=bakeoff/tools / /\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** The images of a command that begins now. HOME is a folder without certificates. */
const store = () => new ImageStore(engine.client, { root, env: { HOME: root }, requirements: [closed] })
const request = (requires: readonly string[] = []) => ({ name: X, folder: join(root, 'targets/x'), requires })

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

describe('an image that needs what cannot be had here', () => {
  it('is not built, nor is anything below it', async () => {
    const refused = store().ensureImage(request(['closed']), signal)
    await expect(refused).rejects.toThrow(UnsupportedBuild)
    await expect(refused).rejects.toThrow(/needs a closed port: 127\.0\.0\.1:9 is not reachable/)
    expect(engine.built).toEqual([])
  })

  it('is not built on what is here either', async () => {
    await store().ensureBase(signal)
    await expect(store().ensureImage(request(['closed']), signal)).rejects.toThrow(UnsupportedBuild)
    expect(engine.built).toEqual(['bakeoff/base'])
  })

  it('is used where it is here already', async () => {
    const built = await store().ensureImage(request(), signal)
    expect(built.cached).toBe(false)
    expect(await store().ensureImage(request(['closed']), signal)).toEqual({ ...built, cached: true })
  })
})

describe('the key of a folder', () => {
  it('is not known before the base image is here', async () => expect(await store().keyOf(request())).toBeNull())

  it('is that of the image that is built of it, whatever became of those that it was built with', async () => {
    const built = await store().ensureImage(request(), signal)
    for (const tag of [...engine.tags.keys()]) if (tag.startsWith('bakeoff/tools')) engine.tags.delete(tag)
    expect(await store().keyOf(request())).toBe(built.key)
    expect(await store().lookUpImage(request())).toEqual({ ...built, cached: true })
  })
})

describe('an image that nothing here builds', () => {
  const asItIs = { name: 'orders:1', folder: null, requires: [] }

  it('is used as the engine has it, by its id', async () => {
    engine.put('orders:1', 'sha256:orders')
    expect(await store().ensureImage(asItIs, signal)).toMatchObject({
      name: 'orders:1',
      id: 'sha256:orders',
      key: 'sha256:orders',
      cached: true,
    })
    expect(engine.built).toEqual([])
  })

  it('is another one when its name is given to another', async () => {
    engine.put('orders:1', 'sha256:orders')
    const first = await store().lookUpImage(asItIs)
    engine.put('orders:1', 'sha256:newer')
    expect([first?.id, (await store().lookUpImage(asItIs))?.id]).toEqual(['sha256:orders', 'sha256:newer'])
  })
})

describe('an image from a folder elsewhere', () => {
  const elsewhere = (more: { dockerfile?: string; stage?: string } = {}) => ({
    name: X,
    folder: join(root, '../services/orders'),
    requires: [],
    ...more,
  })
  beforeEach(async () => {
    root = join(root, 'bench')
    await put('compose/base/Dockerfile', 'FROM bakeoff/debian:trixie\n')
    await put('../services/orders/Dockerfile', 'FROM bakeoff/base AS runtime\nFROM runtime\n')
    await put('../services/orders/Dockerfile.prod', 'FROM bakeoff/base\n')
  })
  afterEach(() => {
    root = dirname(root)
  })

  it('is built of what is there, each stage and Dockerfile under a key of its own', async () => {
    const requests = [elsewhere(), elsewhere({ stage: 'runtime' }), elsewhere({ dockerfile: 'Dockerfile.prod' })]
    const keys = []
    for (const one of requests) keys.push((await store().ensureImage(one, signal)).key)
    expect(new Set(keys).size).toBe(3)
    expect(engine.built.filter((name) => name === X)).toHaveLength(3)
    expect(await store().keyOf(elsewhere({ stage: 'runtime' }))).toBe(keys[1])
  })
})

it('whoever asks for what is being built waits for the same', async () => {
  const images = store()
  const [one, other] = await Promise.all([images.ensureImage(request(), signal), images.ensureImage(request(), signal)])
  expect(one).toEqual(other)
  expect(engine.built.sort()).toEqual(['bakeoff/base', X, 'bakeoff/tools'])
})
