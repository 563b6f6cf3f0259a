import { describe, expect, it } from 'vitest'
import { type AuthWorld, registryAuth } from '../src/registry/registry-auth.js'

const base64 = (text: string) => Buffer.from(text).toString('base64')

function world(
  config: unknown,
  answers: Record<string, string | Error> = {},
): AuthWorld & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    env: { HOME: '/home/me' },
    read: (path) =>
      path !== '/home/me/.docker/config.json' || config === null
        ? null
        : typeof config === 'string'
          ? config
          : JSON.stringify(config),
    ask: async (helper, server) => {
      asked.push(`${helper} ${server}`)
      const answer = answers[helper] ?? Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' })
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

describe('credentials for a registry', () => {
  it.each([
    { because: 'there is no configuration', config: null },
    { because: 'it knows other registries', config: { auths: { 'other.example': { auth: base64('a:b') } } } },
    { because: 'a helper left an entry without anything', config: { auths: { 'registry.example': {} } } },
  ])('are none when $because', async ({ config }) =>
    expect(await registryAuth('registry.example', world(config))).toBeNull(),
  )

  it.each([
    {
      because: 'user and password as docker login keeps them',
      host: 'registry.example:5000',
      auths: { 'registry.example:5000': { auth: base64('me:pass:word') } },
      expected: { username: 'me', password: 'pass:word', serveraddress: 'registry.example:5000' },
    },
    {
      because: 'of a registry that was written with its scheme',
      host: 'registry.example',
      auths: { 'https://registry.example': { auth: base64('me:secret') } },
      expected: { username: 'me', password: 'secret', serveraddress: 'https://registry.example' },
    },
    {
      because: 'a token',
      host: 'registry.example',
      auths: { 'registry.example': { auth: base64('<token>:'), identitytoken: 't' } },
      expected: { identitytoken: 't', serveraddress: 'registry.example' },
    },
    {
      because: 'of Docker Hub, which has a name of its own there',
      host: 'docker.io',
      auths: { 'https://index.docker.io/v1/': { auth: base64('me:secret') } },
      expected: { username: 'me', password: 'secret', serveraddress: 'https://index.docker.io/v1/' },
    },
  ])('are $because', async ({ host, auths, expected }) =>
    expect(await registryAuth(host, world({ auths }))).toEqual(expected),
  )

  it('come from the helper of that registry before the one of all', async () => {
    const config = { credsStore: 'desktop', credHelpers: { 'registry.example': 'gcloud' } }
    const here = world(config, { gcloud: JSON.stringify({ Username: 'me', Secret: 'secret' }) })
    expect(await registryAuth('registry.example', here)).toMatchObject({ username: 'me', password: 'secret' })
    expect(here.asked).toEqual(['gcloud registry.example'])
  })

  it('come as a token from a helper that keeps one', async () => {
    const here = world({ credsStore: 'x' }, { x: JSON.stringify({ Username: '<token>', Secret: 't' }) })
    expect(await registryAuth('registry.example', here)).toEqual({
      identitytoken: 't',
      serveraddress: 'registry.example',
    })
  })

  it('come from the file when the helper knows none', async () => {
    const config = { credsStore: 'x', auths: { 'registry.example': { auth: base64('me:secret') } } }
    const unknown = Object.assign(new Error('exit 1'), { stdout: 'credentials not found in native keychain' })
    expect(await registryAuth('registry.example', world(config, { x: unknown }))).toMatchObject({ username: 'me' })
  })

  it.each([
    { because: 'is not there', answers: {}, message: 'there is no such program' },
    {
      because: 'hangs',
      answers: { x: Object.assign(new Error(), { timedOut: true }) },
      message: 'no answer within 10 s',
    },
    { because: 'answers something else', answers: { x: '{}' }, message: 'no Username and Secret' },
  ])('fail with the helper named when it $because', async ({ answers, message }) =>
    expect(registryAuth('registry.example', world({ credsStore: 'x' }, answers))).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: `docker-credential-x gave no credentials for registry.example: ${message === 'no Username and Secret' ? 'its answer has no Username and Secret' : message}`,
      hint: expect.stringContaining('echo registry.example | docker-credential-x get'),
    }),
  )

  it('fail when the configuration is damaged, and show nothing of it', async () => {
    const failing = registryAuth('registry.example', world('{"auths": {"registry.example": {"auth": "c2VjcmV0'))
    await expect(failing).rejects.toMatchObject({ code: 'BAD_SPEC', message: expect.not.stringContaining('c2Vj') })
    const wrong = registryAuth('registry.example', world({ auths: { 'registry.example': { auth: base64('secret') } } }))
    await expect(wrong).rejects.toMatchObject({ code: 'BAD_SPEC', message: expect.not.stringContaining('secret') })
  })
})
