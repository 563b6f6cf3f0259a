import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstRun, firstRunWords, type NeededImage } from '../../src/index.js'

const GIB = 1024 ** 3
const image = (name: string, buildSeconds: number | null, isHere = false): NeededImage => ({
  name,
  isHere,
  buildSeconds,
  bytes: GIB,
})
const measuring = { least: 8 * 60_000, most: 8 * 60_000 }

describe('what a first run takes', () => {
  it.each([
    { because: 'one lane has them one after another', builds: [300, 200, 100], atOnce: 1, seconds: 600 },
    { because: 'the longest goes first and the others beside it', builds: [100, 200, 300], atOnce: 2, seconds: 300 },
    { because: 'more lanes than builds leave the longest', builds: [300, 200], atOnce: 6, seconds: 300 },
    { because: 'nothing is to be built', builds: [], atOnce: 2, seconds: 0 },
    { because: 'of a new target nobody knows: a minute', builds: [null], atOnce: 2, seconds: 60 },
  ])('in builds: $because', ({ builds, atOnce, seconds }) => {
    const images = builds.map((one, index) => image(`i${index}`, one))
    expect(firstRun(images, atOnce, measuring).buildMs).toBe(seconds * 1000)
  })

  it('is never shorter than the longest build or a fair share of all, nor longer than one after another', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 6 }),
        (all, atOnce) => {
          const sum = all.reduce((total, one) => total + one, 0)
          const { buildMs } = firstRun(
            all.map((one, index) => image(`i${index}`, one)),
            atOnce,
            measuring,
          )
          expect(buildMs / 1000).toBeGreaterThanOrEqual(Math.max(...all, sum / atOnce))
          expect(buildMs / 1000).toBeLessThanOrEqual(sum)
        },
      ),
    ))

  it('does not count what is here', () =>
    expect(firstRun([image('a', 500, true), image('b', 120)], 2, measuring)).toMatchObject({
      images: 2,
      missing: ['b'],
      buildMs: 120_000,
      imageBytes: GIB,
    }))

  it('needs more disk than the images have, for the stages of their builds', () => {
    const { imageBytes, diskBytes } = firstRun([image('a', 1)], 2, measuring)
    expect(diskBytes).toBeGreaterThan(imageBytes)
  })

  it.each([
    {
      because: 'a bare machine',
      images: [image('a', 600), image('b', 840)],
      measuringMs: measuring,
      words: 'about 14 min of building (2 images, 2 GiB), then 8 min of measuring',
    },
    {
      because: 'some are here',
      images: [image('a', 600, true), image('b', 50)],
      measuringMs: { least: 70 * 60_000, most: 90 * 60_000 },
      words: 'about 1 min of building (1 of 2 images, 1 GiB), then 1 h 10 min to 1 h 30 min of measuring',
    },
    {
      because: 'all are here',
      images: [image('a', 600, true), image('b', 50, true)],
      measuringMs: measuring,
      words: 'all 2 images are here: about 8 min of measuring',
    },
  ])('in words: $because', ({ images, measuringMs, words }) =>
    expect(firstRunWords(firstRun(images, 2, measuringMs))).toBe(words),
  )
})
