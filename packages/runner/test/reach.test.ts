/** Targets that are reached otherwise than by port 8080 and GET /health, and whose images nobody builds. */
import { X509Certificate } from 'node:crypto'
import { contractCase, type PlannedEntry, type Reach, TLS_FOLDER, USUAL_REACH } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { makeAuthority } from '../src/authority.js'
import { buildImages, checkEntry, requestsOf } from '../src/index.js'
import { anEntry, aPlan, aRun, fakePorts, materials } from './builders.js'

async function check(entry: PlannedEntry, contract: readonly unknown[] = []) {
  const plan = aPlan([entry])
  const corpus = { ...materials.corpora.get('predict')!, contract: contract.map((one) => contractCase.parse(one)) }
  const asked = { ...materials, corpora: new Map([['predict', corpus]]) }
  const ports = fakePorts()
  const { signal } = new AbortController()
  const images = await buildImages(requestsOf(plan, asked), ports, signal)
  return {
    report: await checkEntry(aRun(plan, ports, { materials: asked, images, signal }), entry),
    asked: ports.host.questions.map((one) => one.replace(/fake-\d+/, 'target')),
  }
}

const reachedBy = (reach: Partial<Reach>): PlannedEntry => anEntry('orders', { reach: { ...USUAL_REACH, ...reach } })

describe('a target is asked where it says that it is', () => {
  it.each([
    { because: 'as usual', entry: anEntry('orders'), first: 'GET http://target:8080/health' },
    { because: 'on another port', entry: reachedBy({ port: 3000 }), first: 'GET http://target:3000/health' },
    {
      because: 'at another path',
      entry: reachedBy({ health: { path: '/ready?all', status: 204 } }),
      first: 'GET http://target:8080/ready?all',
    },
    { because: 'by TLS', entry: reachedBy({ port: 8443, tls: true }), first: 'GET https://target:8443/health' },
  ])('$because', async ({ entry, first }) => {
    const { report, asked } = await check(entry)
    expect(report, report.failure?.error.message).toMatchObject({ outcome: 'passed' })
    expect(asked[0]).toBe(first)
  })

  it('replicas at their port, and the proxy in front of them at its own', async () => {
    const { asked } = await check({ ...reachedBy({ port: 3000 }), replicas: 2, proxy: 'caddy' })
    expect(asked.slice(0, 3)).toEqual([
      'GET http://target:3000/health',
      'GET http://target:3000/health',
      'GET http://target:8080/health',
    ])
  })

  it('also by a case of the contract about health, with the status that it has', async () => {
    const about = { name: 'healthy', request: { path: '/health' }, expect: { status: 200 } }
    const { report, asked } = await check(reachedBy({ health: { path: '/healthz', status: 200 } }), [about])
    expect(asked.at(-1)).toBe('GET http://target:8080/healthz')
    expect(report.points.at(-1)).toMatchObject({ name: 'healthy', request: 'GET /healthz', differences: [] })
  })
})

describe('the images of a plan', () => {
  const requestFor = (changes: Partial<PlannedEntry>) => {
    const entry = anEntry('orders', changes)
    return requestsOf(aPlan([entry]), materials).find(({ name }) => name === entry.image)
  }
  it.each([
    {
      because: 'of the folder',
      changes: {},
      request: { name: 'bakeoff/target/orders', folder: '/project/targets/orders', requires: [] },
    },
    {
      because: 'as it is',
      changes: { image: 'orders:1', imageFrom: { kind: 'as-it-is' as const } },
      request: { name: 'orders:1', folder: null, requires: [] },
    },
    {
      because: 'of a stage elsewhere',
      changes: {
        imageFrom: {
          kind: 'build' as const,
          context: '../services/orders',
          dockerfile: 'Dockerfile.prod',
          stage: 'runtime',
        },
      },
      request: {
        name: 'bakeoff/target/orders',
        folder: '/services/orders',
        dockerfile: 'Dockerfile.prod',
        stage: 'runtime',
        requires: [],
      },
    },
  ])('are made $because', ({ changes, request }) => expect(requestFor(changes)).toEqual(request))
})

describe('the authority of a run', () => {
  const { trust, filesOfTarget } = makeAuthority(Date.parse('2026-11-29T12:00:00Z'))
  const authority = new X509Certificate(trust.authority)
  const certificate = new X509Certificate(filesOfTarget.texts['cert.pem']!)

  it('has one certificate by it, for the target by name', () => {
    expect(filesOfTarget.folder).toBe(TLS_FOLDER)
    expect(certificate.verify(authority.publicKey)).toBe(true)
    expect(certificate.checkIssued(authority)).toBe(true)
    expect(certificate.checkHost('target')).toBe('target')
    expect(certificate.checkHost('other')).toBeUndefined()
    expect([authority.ca, certificate.ca]).toEqual([true, false])
  })

  it('is valid for a month, and was so a day ago', () => {
    const dates = [certificate.validFrom, certificate.validTo].map((date) => new Date(date).toISOString())
    expect(dates).toEqual(['2026-11-28T12:00:00.000Z', '2026-12-29T12:00:00.000Z'])
  })

  it('is another one in every run', () => {
    const other = makeAuthority(Date.parse('2026-11-29T12:00:00Z'))
    expect(certificate.verify(new X509Certificate(other.trust.authority).publicKey)).toBe(false)
  })
})
