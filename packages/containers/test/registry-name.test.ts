import { describe, expect, it } from 'vitest'
import { asItIsPlaceOf, parseRegistry, repositoryOf } from '../src/registry/registry-name.js'

const parsed = (text: string) => parseRegistry(text, 'BAKEOFF_REGISTRY')

describe('the name of a registry', () => {
  it.each([
    { text: 'registry.example', host: 'registry.example', name: 'registry.example' },
    { text: 'registry.example:5000', host: 'registry.example:5000', name: 'registry.example:5000' },
    { text: 'registry.example/team/ci', host: 'registry.example', name: 'registry.example/team/ci' },
    { text: 'registry.example/team/', host: 'registry.example', name: 'registry.example/team' },
    { text: 'localhost/x', host: 'localhost', name: 'localhost/x' },
    { text: '127.0.0.1:5000/a_b/c-d.e', host: '127.0.0.1:5000', name: '127.0.0.1:5000/a_b/c-d.e' },
    { text: '[::1]:5000/x', host: '[::1]:5000', name: '[::1]:5000/x' },
    { text: 'docker.io/somebody', host: 'docker.io', name: 'docker.io/somebody' },
  ])('may be $text', ({ text, host, name }) => expect(parsed(text)).toEqual({ host, name }))

  it.each([
    { text: '', because: 'its host is not a host name', hint: 'registry.example:5000/team' },
    { text: 'https://registry.example', because: 'http or https', hint: 'Leave https:// out' },
    { text: 'somebody/images', because: 'neither a dot nor a port', hint: 'docker.io/somebody/images' },
    { text: 'me:secret@registry.example', because: 'an @ in it', hint: 'docker login' },
    { text: 'registry.example/x@sha256:00', because: 'an @ in it', hint: 'docker login' },
    { text: 'registry.example/team:latest', because: 'it has a tag', hint: 'no tag' },
    { text: 'registry.example/Team', because: '"Team" is no part of a path', hint: 'small letters' },
    { text: 'registry.example//x', because: '"" is no part of a path', hint: 'small letters' },
    { text: 'registry.example/../x', because: '".." is no part of a path', hint: 'small letters' },
    { text: 'registry.example:99999', because: 'there is no port 99999', hint: 'registry.example:5000' },
    { text: 'registry.example:port', because: 'its host is not a host name', hint: 'registry.example:5000' },
    { text: 'registry.example ', because: 'its host is not a host name', hint: 'registry.example:5000' },
    { text: `registry.example/${'x'.repeat(200)}`, because: 'longer than 160', hint: 'registry.example:5000' },
  ])('may not be "$text"', ({ text, because, hint }) => {
    expect(() => parsed(text)).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }))
    expect(() => parsed(text)).toThrow(because)
    expect(() => parsed(text)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }))
  })

  it('is never repeated with a password in it', () => {
    expect(() => parsed('me:secret@registry.example')).not.toThrow(/secret/)
    expect(() => parsed('me:secret@registry.example')).toThrow(/\*\*\*@registry/)
  })
})

describe('where an image lies in a registry', () => {
  const place = parsed('registry.example:5000/team')

  it('is its own name behind the registry', () =>
    expect(repositoryOf(place, 'bakeoff/target/x')).toBe('registry.example:5000/team/bakeoff/target/x'))

  it.each([
    { reference: 'redis:7', repository: 'redis', tag: '7' },
    { reference: 'redis', repository: 'redis', tag: 'latest' },
    { reference: 'other.example:5000/a/b:1.2-c', repository: 'other.example-5000/a/b', tag: '1.2-c' },
    { reference: 'other.example:5000/a', repository: 'other.example-5000/a', tag: 'latest' },
  ])('is a folder of its own for $reference, which nobody here builds', ({ reference, repository, tag }) =>
    expect(asItIsPlaceOf(place, reference)).toEqual({
      repository: `registry.example:5000/team/bakeoff/as-is/${repository}`,
      tag,
    }),
  )

  it('is nowhere for what is pinned by digest', () =>
    expect(asItIsPlaceOf(place, `redis@sha256:${'0'.repeat(64)}`)).toBeNull())
})
