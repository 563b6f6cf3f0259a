/** A scenario made of what a user has, in a project in a folder of its own and with a real server on this machine. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANY_API } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextSteps } from '../src/commands/new-scenario.js'
import { planInit, writeInit } from '../src/init.js'
import type { Invocation } from '../src/invocation.js'
import { newScenario } from '../src/new-scenario.js'
import { findProject, readCatalogue } from '../src/project.js'
import { type ScenarioSources, USUAL_NUMBERS } from '../src/scenario-sources.js'
import { recordingTerminal } from './helpers/terminal.js'

const shipped = new URL('../../..', import.meta.url).pathname
const NONE: ScenarioSources = {
  har: null,
  openapi: null,
  curl: null,
  compose: null,
  from: null,
  reference: null,
  replace: null,
  targetService: null,
  filter: ANY_API,
  ...USUAL_NUMBERS,
  count: null,
  secretsAs: 'dropped',
}

let root: string
let server: Server
let origin: string
/** how the server answers: steadily, or with another id each time */
let made = 0
let endRecording: (() => void) | null = null
let terminal = recordingTerminal()

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'bakeoff-new-scenario-'))
  for (const part of [
    'compose/predict',
    'compose/predict.yaml',
    'compose/predict-uncapped.yaml',
    'targets/go-net-http',
  ])
    cpSync(join(shipped, part), join(root, part), { recursive: true })
  const profile = '{ budget: 5m, repetitions: { min: 1, max: 1 }, warmUp: { min: 1s, max: 1s }, window: 1s }'
  writeFileSync(join(root, 'matrix.yaml'), `profiles:\n  default: ${profile}\n  quick: ${profile}\n`)
  made = 0
  endRecording = null
  terminal = recordingTerminal()
  server = createServer(async (incoming, response) => {
    for await (const _ of incoming) void _
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (incoming.url === '/orders' && incoming.method === 'POST') json({ id: `o${++made}`, item: 1 }, 201)
    else if (incoming.url === '/once') json({}, made++ === 0 ? 201 : 409)
    else if (incoming.url === '/secret')
      json({ ok: incoming.headers.authorization === 'Bearer right-one', as: incoming.headers.authorization })
    else if (incoming.url === '/bytes')
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0xff]))
    else json({ url: incoming.url })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(root, { recursive: true })
})

function invocation(): Invocation {
  const stop: Invocation['stop'] = {
    signal: new AbortController().signal,
    guard: () => {},
    onNextSignal: (then) => {
      endRecording = then
      return () => {}
    },
  }
  return { project: findProject({ BAKEOFF_ROOT: root }), terminal, stop, leave: () => {} }
}

const make = (sources: Partial<ScenarioSources>, name = 'orders', write = true) =>
  newScenario(invocation(), name, { ...NONE, ...sources }, { write })
const linesOf = (file: string) =>
  readFileSync(join(root, 'compose', file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('nothing was wrong'),
    (thrown: unknown) => thrown as Error,
  )
  if (!(error instanceof BakeoffError)) throw error
  return `${error.message}\n${error.hint}`
}

describe('a scenario of curl commands', () => {
  it('has the answers of a server that runs, and is read as it is', async () => {
    const { requests } = await make({ curl: ["curl http://x/a; curl 'http://x/b?c=d'"], reference: origin })
    expect(requests).toBe(2)
    expect(linesOf('orders/requests.ndjson')).toEqual([
      { method: 'GET', path: '/a' },
      { method: 'GET', path: '/b?c=d' },
    ])
    expect(linesOf('orders/golden.ndjson')[1]).toEqual({
      status: 200,
      contentType: 'application/json',
      body: '{"url":"/b?c=d"}',
    })
    const { broken, scenarios } = readCatalogue({ root, home: root })
    expect(broken).toEqual([])
    // A project of a user's own has no schemas, so none is named to its editor.
    expect(readFileSync(join(root, 'compose/orders.yaml'), 'utf8')).not.toContain('yaml-language-server')
    expect(scenarios.find(({ id }) => id === 'orders')).toMatchObject({
      summary: 'Requests of curl commands',
      compare: 'exact',
    })
  })

  it('names the schema to an editor where it is, as in a checkout', async () => {
    cpSync(join(shipped, 'schema'), join(root, 'schema'), { recursive: true })
    await make({ curl: ['curl http://x/a'], reference: origin })
    expect(readFileSync(join(root, 'compose/orders.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/schema/,
    )
  })

  it('ignores what differs between two askings', async () => {
    await make({ curl: ['curl --json {} http://x/orders'], reference: origin })
    const yaml = readFileSync(join(root, 'compose/orders.yaml'), 'utf8')
    expect(yaml).toContain('    ignore:\n      # "o1" and then "o2", in the answers to request 1\n      - "/id"\n')
    expect(made).toBe(2)
  })

  it('leaves out what depends on what was asked before, and what is no text', async () => {
    const { notes } = await make({ curl: ['curl http://x/a http://x/once http://x/bytes'], reference: origin })
    expect(linesOf('orders/requests.ndjson')).toEqual([{ method: 'GET', path: '/a' }])
    expect(notes.join('\n')).toContain('answered 201 and then 409')
    expect(notes.join('\n')).toContain('Left out, since the answer is no text or longer than 8 MiB: GET /bytes.')
  })

  it('sends a secret of the environment, and does not write it, nor where it is repeated', async () => {
    process.env.AUTHORIZATION = 'right-one'
    try {
      await make({
        curl: ["curl -H 'Authorization: Bearer wrong' http://x/secret"],
        reference: origin,
        secretsAs: 'values',
      })
    } finally {
      delete process.env.AUTHORIZATION
    }
    expect(linesOf('orders/golden.ndjson')[0].body).toBe('{"ok":true,"as":"Bearer {{authorization}}"}')
    expect(linesOf('orders/requests.ndjson')[0].headers).toEqual({ authorization: 'Bearer {{authorization}}' })
    const all = ['orders.yaml', 'orders/requests.ndjson', 'orders/golden.ndjson'].map((file) =>
      readFileSync(join(root, 'compose', file), 'utf8'),
    )
    expect(all.join('')).not.toMatch(/right|wrong/)
    expect(all[0]).toContain('values:\n    authorization: { secret: AUTHORIZATION }')
  })

  it('says which variable has to be set', async () => {
    const work = make({
      curl: ["curl -H 'Authorization: Bearer x' http://x/secret"],
      reference: origin,
      secretsAs: 'values',
    })
    expect(await refusalOf(work)).toContain('the variable AUTHORIZATION is not set, and requests need it')
  })

  it('reads a file of commands', async () => {
    const file = join(root, 'commands.sh')
    writeFileSync(file, '#!/bin/sh\ncurl http://x/a\n')
    expect((await make({ curl: [`@${file}`], reference: origin })).requests).toBe(1)
    writeFileSync(file, 'curl http://x/a | sh\n')
    expect(await refusalOf(make({ curl: [`@${file}`], reference: origin }, 'other'))).toContain(
      `${file}:1:17: "|" is not read`,
    )
  })
})

describe('a scenario of traffic', () => {
  const proxyOrigin = async () => {
    for (;;) {
      const found = /Send requests to (http:\S+)/.exec(terminal.said.join('\n'))?.[1]
      if (found) return found
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  it('is written when so many requests were sent', async () => {
    const making = make({ from: origin, count: 3 })
    const proxy = await proxyOrigin()
    await fetch(`${proxy}/orders`, { method: 'POST', body: '{}', headers: { cookie: 'sid=S3CRET' } })
    await fetch(`${proxy}/a`, { method: 'OPTIONS' })
    await fetch(`${proxy}/orders`, { method: 'POST', body: '{}' })
    await fetch(`${proxy}/a`)
    const { requests, notes } = await making
    expect(requests).toBe(3)
    expect(notes.join('\n')).toContain('cookie of 1 request is left out')
    expect(JSON.stringify(linesOf('orders/requests.ndjson'))).not.toContain('S3CRET')
    // The same request twice, with two answers: what differs is known without asking again.
    expect(readFileSync(join(root, 'compose/orders.yaml'), 'utf8')).toContain('- "/id"')
  })

  it('is written at Ctrl-C', async () => {
    const making = make({ from: origin })
    await fetch(`${await proxyOrigin()}/a`)
    endRecording?.()
    expect((await making).requests).toBe(1)
  })

  it('is none when nothing was sent', async () => {
    const making = make({ from: origin })
    await proxyOrigin()
    endRecording?.()
    expect(await refusalOf(making)).toContain('nothing of an API was sent to')
    expect(existsSync(join(root, 'compose/orders'))).toBe(false)
  })
})

describe('a scenario of a docker-compose file', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'services/db'), { recursive: true })
    writeFileSync(join(root, 'services/db/Dockerfile'), 'FROM scratch\n')
    writeFileSync(
      join(root, 'docker-compose.yml'),
      'services:\n  api: { image: "me/orders:1", ports: ["3000:3000"], depends_on: [db] }\n  db: { build: ./services/db }\n',
    )
  })

  it('has its services, a request to begin with, and says how its service becomes a target', async () => {
    const found = await make({ compose: join(root, 'docker-compose.yml'), reference: origin })
    const { scenarios, broken } = readCatalogue({ root, home: root })
    expect(broken).toEqual([])
    const [db] = scenarios.find(({ id }) => id === 'orders')?.services ?? []
    expect(db).toMatchObject({ name: 'db', build: join(root, 'services/db') })
    expect(linesOf('orders/requests.ndjson')).toEqual([{ method: 'GET', path: '/' }])
    expect(found.target).toContain('image: me/orders:1, port: 3000, scenarios: [orders]')
  })

  it('says how its service is built as a target, from the folder of that', async () => {
    const built = 'build: { context: ./services/api, dockerfile: prod.Dockerfile, target: run }'
    writeFileSync(join(root, 'docker-compose.yml'), `services:\n  api: { ${built}, ports: ["3000:3000"] }\n`)
    const found = await make({ compose: join(root, 'docker-compose.yml'), reference: origin })
    expect(found.target).toContain(
      'build: { context: ../../services/api, dockerfile: prod.Dockerfile, target: run }, port: 3000',
    )
  })

  it('takes its requests from another source', async () => {
    await make({ compose: join(root, 'docker-compose.yml'), curl: ['curl http://x/a'], reference: origin })
    expect(linesOf('orders/requests.ndjson')).toEqual([{ method: 'GET', path: '/a' }])
  })

  it('tells of a folder that builds nothing before a server is asked', async () => {
    rmSync(join(root, 'services/db/Dockerfile'))
    const refusal = await refusalOf(
      make({ compose: join(root, 'docker-compose.yml'), reference: 'http://127.0.0.1:1' }),
    )
    expect(refusal).toContain('there is no Dockerfile in ../services/db')
  })
})

describe('what is refused', () => {
  it.each([
    { because: 'nothing to make it of', sources: {}, says: 'there is nothing to make a scenario of' },
    {
      because: 'two sources of requests',
      sources: { curl: ['curl http://x'], har: 'a.har' },
      says: '--har and --curl both give requests',
    },
    { because: 'no answers', sources: { curl: ['curl http://x'] }, says: '--curl has no answers' },
    {
      because: 'a file that is not there',
      sources: { har: '/nonexistent.har' },
      says: '/nonexistent.har cannot be read',
    },
    { because: 'a folder in place of a file', sources: { har: tmpdir() }, says: 'is no file' },
    {
      because: 'a server that does not run',
      sources: { curl: ['curl http://x'], reference: 'http://127.0.0.1:1' },
      says: 'gave no answer to GET /: ECONNREFUSED',
    },
    {
      because: 'an address with a path',
      sources: { curl: ['curl http://x'], reference: 'http://127.0.0.1:1/api' },
      says: 'has more than scheme, host and port',
    },
    {
      because: 'a service without its file',
      sources: { curl: ['curl http://x'], reference: 'http://x', targetService: 'a' },
      says: '--target-service is a service of --compose',
    },
    {
      because: 'a count of nothing',
      sources: { curl: ['curl http://x'], reference: 'http://x', count: 3 },
      says: '--count has no effect with --curl\nIt is for --from: take it out.',
    },
    {
      because: 'an origin of commands',
      sources: { curl: ['curl http://x'], reference: 'http://x', filter: { ...ANY_API, origins: ['http://x'] } },
      says: '--origin has no effect with --curl',
    },
    {
      because: 'a seed of a recording',
      sources: { har: 'a.har', seed: 7 },
      says: '--seed has no effect with --har\nIt is for --openapi: take it out.',
    },
  ])('$because, and nothing is written', async ({ sources, says }) => {
    expect(await refusalOf(make(sources))).toContain(says)
    expect(existsSync(join(root, 'compose/orders'))).toBe(false)
    expect(existsSync(join(root, 'compose/orders.yaml'))).toBe(false)
  })

  it.each(['orders.yaml', 'orders'])('a name that is taken, by %s', async (taken) => {
    const path = join(root, 'compose', taken)
    writeFileSync(path, 'mine')
    expect(await refusalOf(make({ curl: ['curl http://x/a'], reference: origin }))).toContain(
      'is there already, and is not written over',
    )
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })
})

describe('in the place of a scenario that init began', () => {
  const pathOf = (path: string) => join(root, path)
  const read = (path: string) => readFileSync(pathOf(path), 'utf8')
  const curl = { curl: ['curl http://x/a'] }
  beforeEach(() => {
    const outside = mkdtempSync(join(tmpdir(), 'bakeoff-begun-')) // in a project there is no second one
    const repository = join(outside, 'shop')
    mkdirSync(repository)
    writeInit(planInit(repository, { images: ['orders-go', 'orders-node'], asTyped: (text) => text }))
    for (const part of ['compose', 'targets'])
      cpSync(join(repository, 'bakeoff', part), join(root, part), { recursive: true })
    rmSync(outside, { recursive: true })
    const services =
      '  target: { image: "${TARGET_IMAGE}", cpus: 1, mem_limit: 1g }\n  redis: { image: redis, cpus: 1, mem_limit: 1g }'
    const text = read('compose/shop.yaml')
    writeFileSync(
      pathOf('compose/shop.yaml'),
      `${text.slice(0, text.indexOf('services:'))}services:\n${services}\n${text.slice(text.indexOf('x-scenario:'))}`,
    )
  })

  it('has its services, and targets that served that one serve this one', async () => {
    const { served, notes } = await make({ ...curl, reference: origin, replace: 'shop' })
    expect(served).toEqual(['orders-go', 'orders-node'])
    expect(notes.join('\n')).toContain('It takes the place of shop')
    for (const path of ['compose/shop', 'compose/shop.yaml']) expect(existsSync(pathOf(path))).toBe(false)
    const { scenarios, targets, broken } = readCatalogue({ root, home: root })
    expect(broken).toEqual([])
    expect(scenarios.find(({ id }) => id === 'orders')?.services.map(({ name }) => name)).toEqual(['redis'])
    expect(targets.find(({ name }) => name === 'orders-go')?.scenarios).toEqual(['orders'])
    expect(read('targets/orders-go/target.yaml')).toContain('scenarios: [orders] # those in compose/ that it serves')
  })

  it('has its place in matrix.yaml', async () => {
    const before = read('matrix.yaml')
    writeFileSync(pathOf('matrix.yaml'), `scenarios: [shop] # the only one\n${before}`)
    await make({ ...curl, reference: origin, replace: 'shop' })
    expect(read('matrix.yaml')).toBe(`scenarios: [orders] # the only one\n${before}`)
    expect(readCatalogue({ root, home: root }).broken).toEqual([])
  })

  it('may have its name', async () => {
    await make({ ...curl, reference: origin, replace: 'shop' }, 'shop')
    expect(linesOf('shop/requests.ndjson')).toEqual([{ method: 'GET', path: '/a' }])
    expect(readCatalogue({ root, home: root }).broken).toEqual([])
  })

  it('is only printed where nothing is to be written', async () => {
    await make({ ...curl, reference: origin, replace: 'shop' }, 'orders', false)
    expect(existsSync(pathOf('compose/shop.yaml'))).toBe(true)
  })

  it.each([
    { because: 'an answer was written', path: 'compose/shop/golden.ndjson', text: '{"status":200,"body":"mine"}\n' },
    { because: 'there is a contract', path: 'compose/shop/contract.ndjson', text: '{}\n' },
  ])('is refused where $because, and all stays', async ({ path, text }) => {
    writeFileSync(pathOf(path), text)
    const refusal = await refusalOf(make({ ...curl, reference: origin, replace: 'shop' }))
    expect(refusal).toContain('is not as init wrote it, and is not removed')
    expect(read(path)).toBe(text)
    expect(existsSync(pathOf('compose/orders'))).toBe(false)
  })

  it('is refused where there is no such scenario', async () =>
    expect(await refusalOf(make({ ...curl, reference: origin, replace: 'nowhere' }))).toContain(
      'there is no scenario nowhere whose place could be taken',
    ))
})

it('writes nothing when it is only to print', async () => {
  const { texts } = await make({ curl: ['curl http://x/a'], reference: origin }, 'orders', false)
  expect(Object.keys(texts)).toEqual([
    'compose/orders.yaml',
    'compose/orders/requests.ndjson',
    'compose/orders/golden.ndjson',
  ])
  expect(existsSync(join(root, 'compose/orders.yaml'))).toBe(false)
})

it('says what to do next', () => {
  const lines = nextSteps('orders', { folder: '/p/compose/orders', requests: 1, target: null, served: [] })
  expect(lines.join('\n')).toContain('scenarios: [orders]')
  expect(lines.join('\n')).toContain('npm run plan -- --scenario orders')
  expect(lines.join('\n')).toContain('npm run check -- --scenario orders')
})
