import { describe, expect, it } from 'vitest'
import { archivedNames } from '../src/images/archive-names.js'

const key = `0123456789abcdef${'0'.repeat(48)}`
const tag = key.slice(0, 16)
const labels = { 'bakeoff.image.key': key }
const named = (reference: string, given: Record<string, string> = labels) =>
  archivedNames(
    [
      { references: ['bakeoff/target/x:0123456789abcdef'], labels },
      { references: [reference], labels: given },
    ],
    'a.tar',
  )[1]

describe('a name in an archive of images', () => {
  it.each([
    { reference: `bakeoff/base:${tag}`, kind: 'built' },
    { reference: `localhost/bakeoff/target/y:${tag}`, kind: 'built' },
    { reference: `docker.io/bakeoff/target/y:${tag}`, kind: 'built' },
    { reference: 'bakeoff/debian:fedcba9876543210', kind: 'debian' },
    { reference: 'redis:7', kind: 'as it is' },
    { reference: 'docker.io/library/redis:7', kind: 'as it is' },
  ])('is $kind: $reference', ({ reference, kind }) => {
    expect(named(reference)).toMatchObject({
      kind,
      reference: reference.replace(/^(localhost|docker\.io(\/library)?)\//, ''),
    })
  })

  it.each([
    {
      because: 'it has no key for a tag',
      reference: 'bakeoff/base:latest',
      given: labels,
      why: 'has no key for a tag',
    },
    {
      because: 'it would be the Debian here',
      reference: 'bakeoff/debian:trixie',
      given: labels,
      why: 'has no key for a tag',
    },
    {
      because: 'its image has no key',
      reference: `bakeoff/base:${tag}`,
      given: {},
      why: 'is not an image that Bakeoff built',
    },
    {
      because: 'its image has another key',
      reference: 'bakeoff/base:fedcba9876543210',
      given: labels,
      why: `holds the image of another key, ${tag}`,
    },
  ])('is refused when $because', ({ reference, given, why }) =>
    expect(() => named(reference, given)).toThrow(
      expect.objectContaining({ code: 'BAD_SPEC', message: `a.tar: ${reference} ${why}` }),
    ),
  )

  it('is of no use when nothing in the archive was built by Bakeoff', () =>
    expect(() => archivedNames([{ references: ['redis:7'], labels: {} }], 'a.tar')).toThrow(
      /no image that was built by Bakeoff/,
    ))
})
