import { describe, expect, it } from 'vitest'
import { imageLabels } from '../src/building/labels.js'
import type { ImageAnswer } from '../src/client/answers.js'
import { type Move, moveImage } from '../src/site/move-image.js'
import { isSameImage } from '../src/site/same-image.js'
import { connectionError } from './fake-engine.js'
import { FakeImageStore, type StoredImage } from './fake-image-stores.js'

const { signal } = new AbortController()
const KEY = 'a'.repeat(64)
const name = 'bakeoff/target/x'
const built: StoredImage = { layers: ['l1', 'l2'], settings: { Labels: { [imageLabels.key]: KEY }, Cmd: ['/server'] } }
const asItIs: StoredImage = { layers: ['r1'], settings: { Cmd: ['redis-server'] } }

/** A maker with an image, another host, and the move between them. */
function setting(image = built, tags = [`${name}:latest`], options: { hasOwnIds?: boolean; as?: string } = {}) {
  const from = new FakeImageStore('maker')
  const to = new FakeImageStore('other', options)
  const moves: string[] = []
  const move: Move = { from, to, name: options.as ?? name, id: from.put(image, ...tags) }
  return { from, to, id: move.id, moves, run: () => moveImage(move, signal, () => moves.push(move.name)) }
}

describe('an image that is moved', () => {
  it('arrives with the tag of its key, by which a later run finds it', async () => {
    const { to, id, run } = setting()
    expect(await run()).toBe(id)
    expect(to.tags).toEqual(new Map([[`${name}:${KEY.slice(0, 16)}`, id]]))
  })

  it('is not sent again where it is already', async () => {
    const { from, moves, run } = setting()
    await run()
    await run()
    expect(from.saved).toHaveLength(1)
    expect(moves).toHaveLength(1)
  })

  it('is found under its other id where the engine counts ids otherwise', async () => {
    const { from, to, id, run } = setting(built, [`${name}:latest`], { hasOwnIds: true })
    const there = await run()
    expect(there).not.toBe(id)
    expect(to.images.get(there)).toEqual(built)
    expect(await run()).toBe(there)
    expect(from.saved).toHaveLength(1)
  })

  it('keeps its own name when no folder here makes it', async () => {
    const { to, id, run } = setting(asItIs, ['redis:7'], { as: 'redis:7' })
    await run()
    expect(to.tags).toEqual(new Map([['redis:7', id]]))
  })

  it.each([
    { because: 'it is pinned by digest', as: 'redis@sha256:1234', tags: [] },
    { because: 'its name is that of another image by now', as: 'redis:7', tags: [] },
  ])('travels without a name where $because', async ({ as, tags }) => {
    const { to, id, run } = setting(asItIs, tags, { as, hasOwnIds: true })
    const there = await run()
    expect(there).not.toBe(id)
    expect(to.images.get(there)).toEqual(asItIs)
    expect(to.tags.size).toBe(0)
  })
})

describe('a move that fails', () => {
  it('says which image is another one after it arrived', async () => {
    const { to, run } = setting()
    to.changes = (image) => ({ ...image, layers: ['l1', 'damaged'] })
    await expect(run()).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'bakeoff/target/x is another image on other than on maker after it was moved there',
    })
  })

  it.each([
    { refuses: 'no space left on device', code: 'OUT_OF_RESOURCES' },
    { refuses: 'unexpected EOF', code: 'ENGINE_FAILED' },
  ])('says that the other engine refused it: $refuses', async ({ refuses, code }) => {
    const { to, run } = setting()
    to.refuses = refuses
    await expect(run()).rejects.toMatchObject({ code, message: expect.stringContaining('on other') })
  })

  it('ends when the engine that sends it is lost, though the other one would wait for the rest', async () => {
    const { from, to, run } = setting()
    from.breaks = connectionError('ECONNRESET')
    await expect(run()).rejects.toMatchObject({ code: 'ENGINE_LOST', message: expect.stringContaining('on maker') })
    expect(to.images.size).toBe(0)
  })
})

const one: ImageAnswer = { Id: '1', RootFS: { Layers: ['a', 'b'] }, Config: { User: 'x', Labels: { a: '1', b: '2' } } }

it.each<{ because: string; other: ImageAnswer; expected: boolean }>([
  { because: 'ids do not count', other: { ...one, Id: '2' }, expected: true },
  {
    because: 'layers in another order are another image',
    other: { ...one, RootFS: { Layers: ['b', 'a'] } },
    expected: false,
  },
  { because: 'an image of which no layers are known equals none', other: { ...one, RootFS: {} }, expected: false },
  {
    because: 'another user is another program',
    other: { ...one, Config: { ...one.Config, User: '' } },
    expected: false,
  },
  {
    because: 'names come in any order',
    other: { ...one, Config: { ...one.Config, Labels: { b: '2', a: '1' } } },
    expected: true,
  },
  {
    because: 'nothing is written in several ways',
    other: { ...one, Config: { ...one.Config, Volumes: {} } },
    expected: true,
  },
])('$because', ({ other, expected }) => expect(isSameImage(one, other)).toBe(expected))
