import { describe, expect, it } from 'vitest'
import { buildArgsFrom } from '../src/building/build-args.js'
import { cacheKey, type KeyParts } from '../src/building/key.js'

describe('the cache key', () => {
  const parts: KeyParts = {
    contextDigest: 'c0ffee',
    references: [
      { name: 'bakeoff/base', id: 'sha256:1' },
      { name: 'bakeoff/models', id: 'sha256:2' },
    ],
    buildArgs: { A: '1', B: '2' },
    platform: 'linux/amd64',
  }

  it.each([
    { because: 'references come in another order', other: { references: [...parts.references].reverse() } },
    { because: 'arguments come in another order', other: { buildArgs: { B: '2', A: '1' } } },
  ])('stays when $because', ({ other }) => expect(cacheKey({ ...parts, ...other })).toBe(cacheKey(parts)))

  it.each([
    { because: 'the context', other: { contextDigest: 'decaf' } },
    {
      because: 'the image below',
      other: { references: [{ name: 'bakeoff/base', id: 'sha256:3' }, parts.references[1]!] },
    },
    { because: 'a reference less', other: { references: parts.references.slice(1) } },
    { because: 'an argument', other: { buildArgs: { A: '1', B: '3' } } },
    { because: 'the platform', other: { platform: 'linux/arm64' } },
    { because: 'another Dockerfile', other: { built: { dockerfile: 'Dockerfile.prod', stage: null } } },
    { because: 'a stage', other: { built: { dockerfile: 'Dockerfile', stage: 'runtime' } } },
  ])('changes with $because', ({ other }) => expect(cacheKey({ ...parts, ...other })).not.toBe(cacheKey(parts)))
})

describe('the build arguments from an environment', () => {
  it.each([
    { because: 'nothing is set', env: { PATH: '/bin' }, proxies: {}, registries: {}, notes: 0 },
    {
      because: 'proxies may hold credentials: they stay out of the history',
      env: { HTTPS_PROXY: 'http://me:pw@proxy:3128', no_proxy: 'localhost' },
      proxies: { HTTPS_PROXY: 'http://me:pw@proxy:3128', no_proxy: 'localhost' },
      registries: {},
      notes: 0,
    },
    {
      because: 'a proxy on this machine cannot be reached from a build',
      env: { http_proxy: 'http://127.0.0.1:3128' },
      proxies: { http_proxy: 'http://127.0.0.1:3128' },
      registries: {},
      notes: 1,
    },
    {
      because: 'registries are passed',
      env: { PIP_INDEX_URL: 'https://mirror.example/simple', GOPROXY: 'https://mirror.example/go,direct' },
      proxies: {},
      registries: { PIP_INDEX_URL: 'https://mirror.example/simple', GOPROXY: 'https://mirror.example/go,direct' },
      notes: 0,
    },
    {
      because: 'Maven has no variable of its own: the one that builders of images for Java agree on',
      env: { MAVEN_MIRROR_URL: 'https://mirror.example/maven2' },
      proxies: {},
      registries: { MAVEN_MIRROR_URL: 'https://mirror.example/maven2' },
      notes: 0,
    },
    {
      because: 'npm hands its registry on in lower case',
      env: { npm_config_registry: 'https://mirror.example/npm/' },
      proxies: {},
      registries: { NPM_CONFIG_REGISTRY: 'https://mirror.example/npm/' },
      notes: 0,
    },
    {
      because: 'credentials are not passed',
      env: { PIP_INDEX_URL: 'https://me:secret@mirror.example/simple' },
      proxies: {},
      registries: {},
      notes: 1,
    },
    {
      because: 'a token alone is a credential',
      env: { NPM_CONFIG_REGISTRY: 'https://token@mirror.example/' },
      proxies: {},
      registries: {},
      notes: 1,
    },
    {
      because: 'credentials further down a list are seen',
      env: { GOPROXY: 'https://a.example,https://me:pw@b.example|direct' },
      proxies: {},
      registries: {},
      notes: 1,
    },
    {
      because: 'an @ in a path is no credential',
      env: { NPM_CONFIG_REGISTRY: 'https://mirror.example/@scope/' },
      proxies: {},
      registries: { NPM_CONFIG_REGISTRY: 'https://mirror.example/@scope/' },
      notes: 0,
    },
    {
      because: 'a mirror of hex has switches',
      env: {
        HEX_MIRROR: 'http://hex.example',
        HEX_UNSAFE_REGISTRY: '1',
        XLA_ARCHIVE_URL: 'https://x.example/xla.tar.gz',
      },
      proxies: {},
      registries: {
        HEX_MIRROR: 'http://hex.example',
        HEX_UNSAFE_REGISTRY: '1',
        XLA_ARCHIVE_URL: 'https://x.example/xla.tar.gz',
      },
      notes: 0,
    },
    { because: 'an empty value is none', env: { GOPROXY: '', HTTP_PROXY: '' }, proxies: {}, registries: {}, notes: 0 },
  ])('are right when $because', ({ env, proxies, registries, notes }) => {
    const args = buildArgsFrom(env)
    expect(args).toMatchObject({ proxies, registries })
    expect(args.notes).toHaveLength(notes)
    expect(args.notes.join()).not.toContain('secret')
  })
})
