import { contractCase, type WorkPlaces } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { buildImages, checkEntry, requestsOf } from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, imageOf, materials } from './builders.js'
import type { Faults } from './fakes.js'

const BAD = imageOf('bad')
const IS_FINE = contractCase.parse({ name: 'is fine', request: { path: '/info' }, expect: { status: 200 } })
const IS_REFUSED = contractCase.parse({ name: 'is refused', request: { path: '/nothing' }, expect: { status: 404 } })
const DATABASE_GONE = contractCase.parse({
  name: 'the database is gone',
  request: { path: '/info' },
  while: { stopped: 'postgres' },
  expect: { status: 200 },
})

async function check(faults: Faults, contract = [IS_FINE], entry = anEntry('bad'), places?: WorkPlaces) {
  const plan = aPlan([entry], { scenario: aScenario({ services: [aService('postgres')] }) })
  const corpus = { ...materials.corpora.get('predict')!, contract, ...(places ? { places } : {}) }
  const asked = { ...materials, corpora: new Map([['predict', corpus]]) }
  const ports = fakePorts(faults)
  const { signal } = new AbortController()
  const images = await buildImages(requestsOf(plan, asked), ports, signal)
  return {
    report: await checkEntry(aRun(plan, ports, { materials: asked, images, signal }), entry),
    left: ports.host.left,
    started: ports.host.started,
  }
}

describe('checkEntry', () => {
  it('passes what answers as it should', async () => {
    const { report, left } = await check({})
    expect(report).toMatchObject({ outcome: 'passed', failure: null, logTail: [] })
    expect(left).toEqual([])
  })

  it('gives a target the folders that it writes to, and no service of it', async () => {
    const given = new Map<string, readonly string[]>()
    await check(
      { atStart: ({ name, tmpfs }) => void given.set(name, tmpfs) },
      [],
      anEntry('bad', { tmpfs: ['/var/cache'] }),
    )
    expect(given.get('target')).toEqual(['/var/cache'])
    expect(given.get('postgres')).toEqual([])
  })

  it.each([
    { log: 'mkdir() "/var/cache/nginx" failed (30: Read-only file system)', says: true },
    { log: "Error: EROFS: read-only file system, open '/app/x'", says: true },
    { log: 'cannot reach the store', says: false },
  ])('says how a folder is made writable where the target ended over that: $log', async ({ log, says }) => {
    const { report } = await check({ diesEarly: [BAD], log: [log] })
    expect(report.failure?.error.hint?.includes('`tmpfs: [/var/cache]` in its target.yaml')).toBe(says)
  })

  it('starts the services that an entry has in place of those of the scenario', async () => {
    const services = [aService('postgres', { build: 'compose/postgis', image: 'bakeoff/postgis' })]
    const { report, started } = await check({}, [DATABASE_GONE], anEntry('bad', { services }))
    expect(report.outcome).toBe('passed')
    expect(started.filter((each) => each.startsWith('postgres'))).toEqual(['postgres bakeoff/postgis'])
  })

  it('tells everything that is wrong, with the last words of the target', async () => {
    const { report } = await check({}, [IS_REFUSED, IS_FINE, IS_REFUSED])
    expect(report.outcome).toBe('failed')
    expect(report.points.map(({ differences }) => differences.length)).toEqual([0, 0, 0, 1, 0, 1])
    expect(report.logTail).toEqual(['last words of target'])
  })

  it.each([
    { info: { status: 500, body: 'no HikariCP' }, difference: 'expected status 200, got 500' },
    { info: { status: null, error: 'ECONNRESET' }, difference: 'expected status 200, got ECONNRESET' },
    { info: { body: '<p>hello' }, difference: 'expected JSON as docs/adding-a-target.md shows it, got "<p>hello"' },
    { info: { body: '{"workers":"two"}' }, difference: /^expected JSON .*, got "{\\"workers/ },
    { info: { bodyTruncated: true }, difference: 'longer than 64 KiB' },
  ])('fails when GET /info has no answer that can be read: $difference', async ({ info, difference }) => {
    const { report } = await check({ info: { [BAD]: info } }, [])
    expect(report).toMatchObject({ outcome: 'failed', info: null, failure: null })
    expect(report.points.at(-1)).toMatchObject({
      name: 'GET /info',
      differences: [expect.stringMatching(difference)],
      file: 'docs/adding-a-target.md',
    })
  })

  it('passes a target that has no /info, and notes that it tells nothing of itself', async () => {
    const info = { status: 404, body: 'Not Found' }
    const { report } = await check({ info: { [BAD]: info } }, [IS_FINE])
    expect(report).toMatchObject({ outcome: 'passed', info: null })
    expect(report.points.filter(({ note }) => note !== undefined)).toMatchObject([
      { name: 'GET /info', got: 'status 404', note: expect.stringContaining('tells nothing of itself') },
    ])
    expect(report.points.at(-1)).toMatchObject({ name: 'is fine', got: 'not asked: it tells nothing of itself' })
  })

  it('says of each point what was asked, expected and got, and where that stands', async () => {
    const places = {
      requests: 'compose/predict/requests.ndjson',
      golden: 'compose/predict/golden.ndjson',
      contract: ['compose/predict/contract.ndjson:7'],
    }
    const { report } = await check({}, [IS_REFUSED], anEntry('bad'), places)
    expect(report.points).toMatchObject([
      { name: 'ready', request: 'GET /health', file: 'targets/bad/target.yaml' },
      { name: 'golden answers', got: '3 of 3 right', file: places.golden },
      { name: 'GET /info', got: 'JSON with 2 members' },
      {
        name: 'is refused',
        request: 'GET /nothing',
        expected: 'status 404, within 10 s',
        got: expect.stringContaining('status 200'),
        differences: ['status: expected 404, got 200'],
        file: 'compose/predict/contract.ndjson:7',
      },
    ])
  })

  it('names what was not asked, since the check had ended before', async () => {
    const { report } = await check({ neverReady: [BAD] }, [IS_FINE])
    expect(report).toMatchObject({ points: [], unasked: ['ready', 'golden answers', 'GET /info', 'is fine'] })
  })

  it.each([
    { because: 'it does not build', faults: { build: [BAD] }, outcome: 'failed', stage: 'build' },
    { because: 'it cannot be had here', faults: { unsupported: [BAD] }, outcome: 'unsupported', stage: 'build' },
    { because: 'it does not start', faults: { start: [BAD] }, outcome: 'failed', stage: 'start' },
    { because: 'it is never ready', faults: { neverReady: [BAD] }, outcome: 'failed', stage: 'ready' },
    { because: 'its golden answers are wrong', faults: { wrongAnswers: [BAD] }, outcome: 'failed', stage: 'verify' },
  ])('says at which stage it ended when $because', async ({ faults, outcome, stage }) => {
    const { report, left } = await check(faults)
    expect(report).toMatchObject({ outcome, failure: { stage } })
    expect(left).toEqual([])
  })
})

describe('checkEntry, when answers are wrong', () => {
  it('does not send the reader to the command that was just run', async () => {
    const { report } = await check({ wrongAnswers: [BAD] })
    expect(report.failure?.error.hint).toMatch(/one may overtake another.*check -- bad --keep$/)
  })
})

describe('checkEntry, when a target is never ready', () => {
  const HEAD = '  sl  local_address rem_address   st\n'
  const listens = (address: string, port: string) => `${HEAD}   0: ${address}:${port} 00000000:0000 0A 0:0\n`
  const silent = { status: null, error: 'ECONNREFUSED', body: '' }

  it.each([
    {
      because: 'it answers something else',
      health: { status: 404, body: 'Not Found' },
      listening: listens('00000000', '1F90'),
      says: 'asked once more, target answers 404 ("Not Found"); it listens on port 8080',
      todo: 'GET /health answers 200 as soon as the service can serve',
    },
    {
      because: 'it listens elsewhere',
      health: silent,
      listening: listens('00000000', '0BB8'),
      says: 'asked once more on port 8080, target gives no answer (ECONNREFUSED); it listens on port 3000',
      todo: 'A target listens on the port that PORT names, which is 8080, on all addresses',
    },
    {
      because: 'it listens for itself alone',
      health: silent,
      listening: listens('0100007F', '1F90'),
      says: 'it listens on port 8080 of its loopback address only',
      todo: 'on all addresses (0.0.0.0)',
    },
    {
      because: 'it listens nowhere',
      health: silent,
      listening: HEAD,
      says: 'it listens on no port',
      todo: 'A target listens on the port',
    },
    {
      because: 'it is ready too late',
      health: {},
      listening: '',
      says: 'asked once more, target answers 200',
      todo: 'raise readyTimeout',
    },
  ])('says what it does: $because', async ({ health, listening, says, todo }) => {
    const { report } = await check({ neverReady: [BAD], health, listening })
    expect(report.failure?.error.message).toContain('did not answer 200 on GET /health within 5 s: ')
    expect(report.failure?.error.message).toContain(says)
    expect(report.failure?.error.hint).toContain(todo)
  })

  it('says less where the container cannot be asked, and fails all the same', async () => {
    const { report } = await check({ neverReady: [BAD], health: silent, cannotRun: true })
    expect(report.failure?.error.message).toMatch(/target gives no answer \(ECONNREFUSED\)$/)
  })
})

describe('checkEntry, when a target closes a connection that is still written to', () => {
  const body = (times: number) =>
    contractCase.parse({
      name: `${times} bytes`,
      request: { method: 'POST', path: '/info', bodyPad: { prefix: '', unit: 'a', times, suffix: '' } },
      expect: { status: 200 },
    })
  it.each([
    { cuts: 1, bytes: 2e6, outcome: 'passed', because: 'the answer to a long body may be lost with the connection' },
    { cuts: 2, bytes: 2e6, outcome: 'passed', because: 'more than once' },
    { cuts: 3, bytes: 2e6, outcome: 'failed', because: 'a target that never answers is no race' },
    { cuts: 1, bytes: 1e3, outcome: 'failed', because: 'a short body was written whole' },
  ])('has $outcome after $cuts cuts of $bytes bytes: $because', async ({ cuts, bytes, outcome }) => {
    const { report } = await check({ cuts }, [body(bytes)])
    expect(report.outcome).toBe(outcome)
  })
})

describe('checkEntry, when a service goes away by itself', () => {
  it.each([{ paused: false }, { paused: true }])('blames the service, paused: $paused', async ({ paused }) => {
    const { report, left } = await check({ serviceEnds: { service: 'postgres', at: 'verify', paused } })
    expect(report).toMatchObject({ outcome: 'failed', failure: { stage: 'verify', error: { code: 'SERVICE_DIED' } } })
    expect(left).toEqual([])
  })
})

describe('checkEntry, while a service is away', () => {
  it.each([
    { recovery: 'at once', recoveryMs: 0, verifyMs: 100, outcome: 'passed' },
    { recovery: 'in 14 s', recoveryMs: 14_000, verifyMs: 100, outcome: 'passed' },
    { recovery: 'while its first pass, of 20 s, is under way', recoveryMs: 1_000, verifyMs: 20_000, outcome: 'passed' },
    { recovery: 'too late', recoveryMs: 16_000, verifyMs: 100, outcome: 'failed' },
    { recovery: 'never', recoveryMs: Number.POSITIVE_INFINITY, verifyMs: 20_000, outcome: 'failed' },
  ])('is $outcome when it recovers $recovery', async ({ recoveryMs, verifyMs, outcome }) => {
    const { report } = await check({ recoveryMs, verifyMs }, [DATABASE_GONE])
    expect(report.outcome).toBe(outcome)
    if (outcome === 'failed')
      expect(report.points.at(-1)?.differences[0]).toMatch(/^15 s after the service is back 1 of 3 /)
  })
})
