import type { ImageFacts } from '@bakeoff/model'
import type { ImageEvent, ImageRequest } from '@bakeoff/runner/ports'
import { describe, expect, it } from 'vitest'
import { imageLabels } from '../src/building/labels.js'
import { SiteImages } from '../src/site/site-images.js'
import { FakeImageStore, type StoredImage } from './fake-image-stores.js'

const { signal } = new AbortController()

function imageOf(name: string): StoredImage {
  return { layers: [`layer of ${name}`], settings: { Labels: { [imageLabels.key]: `key-of-${name}` } } }
}

function factsOf(name: string, id: string): ImageFacts {
  return { name, id, key: id, bytes: 1, architecture: 'amd64', cached: true, buildSeconds: null, baseId: null }
}

/** A maker that builds by putting an image into its store, and two hosts that count ids in their own ways. */
function setting() {
  const maker = new FakeImageStore('maker')
  const others = ['one', 'two'].map((name) => new FakeImageStore(name, { hasOwnIds: true }))
  const [first, second] = others as [FakeImageStore, FakeImageStore]
  const builds: string[] = []
  const here = (name: string) => maker.tags.get(`${name}:latest`)
  const found = (name: string, id: string | undefined) =>
    id !== undefined && maker.images.has(id) ? factsOf(name, id) : null
  const images = new SiteImages({
    engines: [maker, ...others],
    maker: 'maker',
    images: {
      ensureImage: async ({ name }) => {
        if (here(name) === undefined) builds.push(name)
        return factsOf(name, maker.put(imageOf(name), `${name}:latest`))
      },
      lookUpImage: async ({ name }) => found(name, here(name)),
      findImage: async (name, id) => found(name, id),
    },
  })
  return { maker, first, second, builds, images }
}

const request = (name: string, ...hosts: string[]): ImageRequest => ({ name, folder: '/x', requires: [], hosts })

describe('images of a site', () => {
  it('are built on the maker alone, and moved to the hosts of the request', async () => {
    const { maker, first, second, builds, images } = setting()
    const events: ImageEvent[] = []
    await images.ensureImage(request('bakeoff/x', 'one'), signal, (event) => events.push(event))
    expect(builds).toEqual(['bakeoff/x'])
    expect([...first.images.values()]).toEqual([...maker.images.values()])
    expect(second.images.size).toBe(0)
    expect(events).toEqual([{ state: 'moving', image: 'bakeoff/x', to: 'one' }])
  })

  it('have one id for callers, which is that of the maker', async () => {
    const { maker, first, images } = setting()
    const { id } = await images.ensureImage(request('bakeoff/x', 'maker', 'one'), signal)
    expect(await images.idOn('maker', id, signal)).toBe(id)
    const there = await images.idOn('one', id, signal)
    expect(first.images.get(there)).toEqual(maker.images.get(id))
  })

  it('are moved once, however many ask at the same time', async () => {
    const { maker, images } = setting()
    const asks = Array.from({ length: 5 }, () => images.ensureImage(request('bakeoff/x', 'one', 'two'), signal))
    await Promise.all(asks)
    expect(maker.saved).toHaveLength(2)
  })

  it('travel two at once', async () => {
    const { maker, images } = setting()
    const names = Array.from({ length: 6 }, (_, index) => `bakeoff/x${index}`)
    await Promise.all(names.map((name) => images.ensureImage(request(name, 'one', 'two'), signal)))
    expect(maker.atOnce).toEqual({ now: 0, most: 2 })
  })

  it('that a resumed run finds are moved when a host needs them', async () => {
    const { maker, second, images } = setting()
    maker.put(imageOf('bakeoff/x'), 'bakeoff/x:latest')
    const facts = await images.lookUpImage(request('bakeoff/x', 'two'))
    expect(second.images.size).toBe(0)
    await images.idOn('two', (facts as ImageFacts).id, signal)
    expect([...second.images.values()]).toEqual([imageOf('bakeoff/x')])
    expect(await images.lookUpImage(request('bakeoff/y', 'two'))).toBeNull()
  })

  it('that only another host still has are moved back, when they have the same id there', async () => {
    const maker = new FakeImageStore('maker')
    const other = new FakeImageStore('other')
    const id = other.put(imageOf('bakeoff/x'), 'bakeoff/x:latest')
    const findImage = async (name: string, wanted: string) => (maker.images.has(wanted) ? factsOf(name, wanted) : null)
    const none = () => Promise.reject(new Error('not asked'))
    const images = new SiteImages({
      engines: [maker, other],
      maker: 'maker',
      images: { ensureImage: none, lookUpImage: none, findImage },
    })
    expect(await images.findImage('bakeoff/x', id)).toMatchObject({ id })
    expect(await images.findImage('bakeoff/x', 'sha256:gone')).toBeNull()
  })

  it('fail with the error of the host that could not take them', async () => {
    const { first, images } = setting()
    first.refuses = 'no space left on device'
    await expect(images.ensureImage(request('bakeoff/x', 'one', 'two'), signal)).rejects.toMatchObject({
      code: 'OUT_OF_RESOURCES',
      message: expect.stringContaining('on one'),
    })
  })
})
