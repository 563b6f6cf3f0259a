/**
 * docs/your-own-service.md, command by command on a real engine: from a folder with nothing of Bakeoff in it, by init and recorded traffic, with two
 * images that are there already and a third service that is built, to the answer who keeps a service level and what that costs.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureEngine, ImageStore } from '@bakeoff/containers'
import { type Cell, type Results, results as resultsSchema } from '@bakeoff/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawEngine, rawEngine } from '../../containers/test/raw-engine.js'
import { listRuns } from '../src/run-folder.js'
import { buildProgram, type Ended, endAll, run, start, until } from './helpers/command.js'
import { gitIn } from './helpers/git.js'
import { checkout } from './helpers/project.js'

const EXAMPLE = join(checkout, 'examples/orders')
/** The images of the example, under names that nobody has: what a machine calls orders-fastify is not touched. */
const TAG = `p${process.pid}`
const nameOf = (image: string) => `bakeoff-test/${image}`
const IMAGES = { 'orders-fastapi': 'services/fastapi', 'orders-fastify': 'services/fastify', 'orders-redis': 'redis' }
const withTestImages = (text: string) =>
  text.replaceAll(/image: (orders-\w+)/g, (_, image: string) => `image: ${nameOf(image)}:${TAG}`)

/** The page asks for 30 ms. What is tested is that an answer comes, and of what it comes. */
const LEVEL = 'p99=500ms@200/s'
/** Short, and with the repetitions that a yes takes. */
const MATRIX = `profiles:
  default:
    budget: 8m
    repetitions: { min: 5, max: 5 }
    warmUp: { min: 1s, max: 3s }
    window: 2s
    secondInstrument: false
`
const TEN_MINUTES = 600_000
const ESPRESSO = { customer: 'ada', item: 'espresso', quantity: 2 }

/** What is said of the cost, by how many of the two keep the level. */
const CHEAPEST = [
  /is not decided/,
  /It takes .* for a million requests/,
  /The cheapest of them is orders-fast\w+: .* for a million requests/,
]

let docker: RawEngine
let shop: { readonly root: string; readonly environment: Record<string, string> }
/** from the first command to the end of the last */
let tookMs: number
let below: Ended
let begun: Ended
let recorded: Ended
/** golden answers as they were proposed, before the user edits them */
let proposed: string
let checked: Ended
let measured: Ended

const at = (path: string) => join(shop.root, path)
const read = (path: string) => readFileSync(at(path), 'utf8')

beforeAll(async () => {
  await buildProgram()
  const { client } = await ensureEngine({ say: console.log, ask: null, env: process.env })
  docker = rawEngine(client)
  const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'bakeoff-orders-'))), 'shop')
  mkdirSync(root)
  shop = { root, environment: { BAKEOFF_LOCK_FOLDER: join(root, 'locks') } }
  below = await run(shop, 'images', 'below', ...Object.values(IMAGES).map((folder) => join(EXAMPLE, folder)))
  await makeImages(new ImageStore(client, { root: checkout, env: process.env, say: console.log }))
  gitIn(root, 'init', '--quiet')
  writeFileSync(at('docker-compose.yml'), withTestImages(readFileSync(join(EXAMPLE, 'docker-compose.yml'), 'utf8')))
  cpSync(join(EXAMPLE, 'services/java'), at('services/java'), { recursive: true })

  const started = Date.now()
  begun = await run(shop, 'init', '--image', `${nameOf('orders-fastapi')}:${TAG}`)
  expect(begun, begun.stderr).toMatchObject({ exitCode: 0 }) // without a project the next command would be for the checkout
  recorded = await record()
  expect(recorded, recorded.stderr).toMatchObject({ exitCode: 0 })
  proposed = read('bakeoff/compose/orders/golden.ndjson')
  edit()
  checked = await run(shop, 'check')
  measured = await run(
    shop,
    ...['matrix', '--slo', LEVEL, '--load', 'rate-200', '--target', 'orders-fastapi', '--target', 'orders-fastify'],
  )
  tookMs = Date.now() - started
})

afterAll(async () => {
  await endAll()
  const names = [
    ...Object.keys(IMAGES).map(nameOf),
    'bakeoff/target/orders-java',
    ...Object.keys(IMAGES).map(ownNameOf),
  ]
  const images = (await docker?.listImages({ filters: { reference: names } })) ?? []
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) await docker.getImage(tag).remove()
  if (shop) rmSync(dirname(shop.root), { recursive: true, force: true })
})

/** The name under which the store builds an image. */
function ownNameOf(image: string): string {
  return `bakeoff/target/${image}`
}

/** Builds what a user has: two services and a Redis, none of them known to Bakeoff. */
async function makeImages(store: ImageStore): Promise<void> {
  const { signal } = new AbortController()
  for (const [image, folder] of Object.entries(IMAGES)) {
    const request = { name: ownNameOf(image), folder: join(EXAMPLE, folder), requires: [] }
    const { id } = await store.ensureImage(request, signal)
    await docker.getImage(id).tag({ repo: nameOf(image), tag: TAG })
  }
}

/** Runs the service in Node as its user does, puts the proxy before it and sends what a client would. */
async function record(): Promise<Ended> {
  await using service = await startService()
  const command = start(shop, [
    'new-scenario',
    'orders',
    '--replace',
    'shop',
    '--compose',
    'docker-compose.yml',
    '--from',
    service.origin,
    '--count',
    '5',
  ])
  const proxy = () => /Send requests to (http:\/\/\S+) in place/.exec(command.said())?.[1]
  await until(() => proxy() !== undefined, 'the proxy listens', command)
  const ask = async (path: string, body?: unknown) => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${proxy()}${path}`, { ...(body === undefined ? {} : post), signal: soon() })
    return (await answer.json()) as { readonly id: string }
  }
  for (const _ of [1, 2]) {
    const { id } = await ask('/orders', ESPRESSO)
    await ask(`/orders/${id}`)
  }
  await ask('/orders/none')
  return command.ended
}

interface RunningService extends AsyncDisposable {
  readonly origin: string
}

/** What `docker compose up` does with the example's file. */
async function startService(): Promise<RunningService> {
  const network = await docker.createNetwork({ Name: `bakeoff-test-orders-${TAG}` })
  const containers: Awaited<ReturnType<RawEngine['createContainer']>>[] = []
  const end = async () => {
    for (const container of containers.toReversed()) await container.remove({ force: true })
    await network.remove()
  }
  const add = async (image: string, alias: string, options: object) => {
    const container = await docker.createContainer({
      Image: `${nameOf(image)}:${TAG}`,
      NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: [alias] } } },
      ...options,
    })
    containers.push(container)
    await container.start()
    return container
  }
  try {
    await add('orders-redis', 'redis', { HostConfig: { NetworkMode: network.id } })
    const service = await add('orders-fastify', 'orders-fastify', {
      Env: ['REDIS_URL=redis://redis:6379'],
      ExposedPorts: { '3000/tcp': {} },
      HostConfig: { NetworkMode: network.id, PortBindings: { '3000/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    })
    const { NetworkSettings } = await service.inspect()
    const origin = `http://127.0.0.1:${NetworkSettings.Ports['3000/tcp']?.[0]?.HostPort}`
    await untilHealthy(origin)
    return { origin, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

/** Node's fetch can wait for ever for an answer whose connection was closed as it was made, which a port does whose service does not listen yet. */
function soon(): AbortSignal {
  return AbortSignal.timeout(5000)
}

async function untilHealthy(origin: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await sleep(100)) {
    const answer = await fetch(`${origin}/healthz`, { signal: soon() }).catch(() => null)
    if (answer?.ok) return
    if (Date.now() > deadline) throw new Error(`${origin}/healthz was not answered with 200`)
  }
}

/** What the page has its reader edit, in the files that init and new-scenario wrote. */
function edit(): void {
  const example = (path: string) => readFileSync(join(EXAMPLE, 'bakeoff', path), 'utf8')
  writeFileSync(at('bakeoff/compose/orders.yaml'), withTestImages(example('compose/orders.yaml')))
  for (const file of ['requests', 'golden', 'contract'])
    writeFileSync(at(`bakeoff/compose/orders/${file}.ndjson`), example(`compose/orders/${file}.ndjson`))
  change('orders-fastapi', /^# port: .*$/m, 'port: 8000')
  for (const target of ['orders-fastapi', 'orders-fastify'])
    change(target, /^# health: .*$/m, 'health: { path: /healthz }')
  writeFileSync(at('bakeoff/matrix.yaml'), MATRIX)
}

function change(target: string, from: RegExp, to: string): void {
  const path = `bakeoff/targets/${target}/target.yaml`
  expect(read(path)).toMatch(from)
  writeFileSync(at(path), read(path).replace(from, to))
}

function resultsOfRun(): Results {
  const reports = at('bakeoff/reports')
  const [id] = listRuns(reports)
  return resultsSchema.parse(JSON.parse(readFileSync(join(reports, id as string, 'results.json'), 'utf8')))
}

it('what the Dockerfiles of the example stand on is made for a docker build, without a project', () => {
  expect(below, below.stderr).toMatchObject({ exitCode: 0 })
  for (const image of ['bakeoff/base', 'bakeoff/runtimes/python', 'bakeoff/toolchains/node'])
    expect(below.stdout).toContain(image)
})

it('init finds the service of the folder, that of the docker-compose file, and takes the image that is named', () => {
  for (const target of ['orders-fastapi', 'orders-fastify', 'orders-java'])
    expect(begun.stdout).toContain(`bakeoff/targets/${target}/target.yaml`)
  expect(read('bakeoff/targets/orders-java/target.yaml')).toContain('build: ../../../services/java')
  expect(read('bakeoff/targets/orders-fastify/target.yaml')).toContain('port: 3000')
})

it('the recording says what changed between two orders, and proposes to ignore it', () => {
  expect(recorded.stdout).toContain('with 5 requests')
  expect(recorded.stderr).toContain('GET /orders/none: 404')
  expect(recorded.stderr).toContain('write "capture":{"id":"/id"} beside the one request')
  expect(proposed.match(/"ignore":\["\/id","\/createdAt"\]/g)).toHaveLength(2)
})

it('the recorded scenario has the place of the one that init began', () => {
  expect(recorded.stdout).toContain('Targets that serve it: orders-fastapi, orders-fastify, orders-java.')
  expect(existsSync(at('bakeoff/compose/shop.yaml'))).toBe(false)
  for (const target of ['orders-fastapi', 'orders-fastify', 'orders-java'])
    expect(read(`bakeoff/targets/${target}/target.yaml`)).toContain('scenarios: [orders]')
})

it('every target answers every golden question and every case of the contract', () => {
  expect(checked, checked.stderr).toMatchObject({ exitCode: 0 })
  expect(checked.stderr).toContain('3 passed, 0 failed')
})

describe('the answer', () => {
  /** without the twin, which is there to see how much equals differ */
  const cellsOf = (): readonly Cell[] => resultsOfRun().cells.filter(({ entry }) => entry.endsWith('/default'))
  const asOneLine = (text: string) => text.replaceAll(/\s+/g, ' ')
  const printed = () => asOneLine(measured.stdout)
  const isDisturbed = (level: Cell['serviceLevel']) =>
    level?.answer === 'undecided' && level.because.some((reason) => reason.startsWith('others used'))

  it('says of each target whether it keeps the level, by every window', () => {
    expect(measured, measured.stderr).toMatchObject({ exitCode: 0 })
    const levels = cellsOf().map(({ serviceLevel }) => serviceLevel)
    expect(levels).toHaveLength(2)
    for (const level of levels) {
      const { kept = 0, missed = 0, unknown = 0 } = level?.windows ?? {}
      expect(kept + missed + unknown).toBe(5)
      // Other work on this machine leaves open what it disturbed, which is said; nothing else may.
      expect(isDisturbed(level) ? 'yes' : level?.answer, level?.says).toBe('yes')
      expect(printed()).toContain(asOneLine(level?.says ?? 'nothing'))
    }
  })

  it('comes of right answers: every order was new, and read back as it was made', () => {
    for (const cell of cellsOf())
      expect(cell).toMatchObject({ outcome: 'measured', requests: { wrong: 0, errors: 0, lost: 0 } })
  })

  it('has its cost, and names the cheapest', () => {
    for (const { serviceLevel } of cellsOf()) expect(serviceLevel?.cost?.perMillion).toBeGreaterThan(0)
    const [level] = resultsOfRun().decision?.levels ?? []
    const keepers = cellsOf().filter(({ serviceLevel }) => serviceLevel?.answer === 'yes')
    expect(level?.says).toMatch(CHEAPEST[keepers.length]!)
    expect(printed()).toContain(asOneLine(level?.says ?? 'nothing'))
  })

  it('is there within ten minutes', () => expect(tookMs).toBeLessThan(TEN_MINUTES))
})
