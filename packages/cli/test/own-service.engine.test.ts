/**
 * A service as people have it, by the compiled program on a real engine: built from a folder beside the project and asked by TLS,
 * and as an image that the engine has, on a port of its own and without /info.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureEngine } from '@bakeoff/containers'
import type { EntryResult } from '@bakeoff/model'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RawEngine, rawEngine } from '../../containers/test/raw-engine.js'
import { buildProgram, type Ended, endAll, run } from './helpers/command.js'
import { newestRun, resultsOf } from './helpers/lifecycle.js'
import { TestProject } from './helpers/project.js'

const BUILT = 'bakeoff/target/orders-tls'
const READY_MADE = { repo: 'bakeoff-test-orders', tag: `p${process.pid}` }
const REFERENCE = `${READY_MADE.repo}:${READY_MADE.tag}`

const SERVER = `import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecure } from 'node:https'

const answer = ({ method, url }, response) => {
  const path = url.split('?', 1)[0]
  if (method === 'GET' && path === '/healthz') response.writeHead(204).end()
  else if (method === 'GET' && path === '/predict')
    response.writeHead(200, { 'content-type': 'text/plain' }).end('Prediction: Iris-Setosa')
  else response.writeHead(404).end()
}
const { PORT, TLS_CERT, TLS_KEY } = process.env
const server = TLS_CERT
  ? createSecure({ cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }, answer)
  : createServer(answer)
server.listen(Number(PORT), '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`
const DOCKERFILE = `FROM bakeoff/runtimes/node AS runtime
COPY server.mjs /app/server.mjs
USER 10001:10001
ENTRYPOINT ["node", "/app/server.mjs"]

FROM runtime
RUN echo "this stage is not to be built" && exit 1
`
const head = (summary: string) => `language: node\nstack: ["node:http"]\nsummary: ${summary}\nscenarios: [predict]\n`

let docker: RawEngine
let project: TestProject
let byTls: Ended
let asItIs: Ended
/** volumes that no container has, before anything was started */
let before: string[]

const dangling = async () =>
  ((await docker.listVolumes({ filters: { dangling: ['true'] } })).Volumes ?? []).map(({ Name }) => Name)

beforeAll(async () => {
  await buildProgram()
  docker = rawEngine((await ensureEngine({ say: console.log, ask: null, env: process.env })).client)
  before = await dangling()
  project = new TestProject()
  project.removeTarget('go-net-http')
  put('services/orders/Dockerfile.prod', DOCKERFILE)
  put('services/orders/server.mjs', SERVER)
  put(
    'targets/orders-tls/target.yaml',
    `${head('By TLS')}build: { context: ../../services/orders, dockerfile: Dockerfile.prod, target: runtime }
port: 8443
health: { path: /healthz, status: 204 }
tls: true
`,
  )
  byTls = await run(project, 'check', 'orders-tls')
  await docker.getImage(BUILT).tag(READY_MADE)
  put(
    'targets/orders-ready/target.yaml',
    `${head('As it is')}image: ${REFERENCE}\nport: 3000\nhealth: { path: /healthz, status: 204 }\n`,
  )
  asItIs = await run(project, 'check', 'orders-ready')
})
afterEach(endAll)
afterAll(async () => {
  project?.remove()
  const images = (await docker?.listImages({ filters: { reference: [BUILT, READY_MADE.repo] } })) ?? []
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) await docker.getImage(tag).remove()
})

function put(path: string, text: string): void {
  const whole = join(project.root, path)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(whole, text)
}

describe('a check', () => {
  it('passes what is built elsewhere and answers by TLS', () => {
    expect(byTls, byTls.stderr).toMatchObject({ exitCode: 0 })
    expect(byTls.stderr).toContain('1 passed, 0 failed')
    expect(byTls.stderr).toContain('✓ ready GET /healthz → status 204')
  })

  it('passes an image as it is, and says once that it tells nothing of itself', () => {
    expect(asItIs, asItIs.stderr).toMatchObject({ exitCode: 0 })
    expect(asItIs.stderr.match(/it tells nothing of itself, so/g)).toHaveLength(1)
    expect(asItIs.stderr).toContain('not asked: it tells nothing of itself')
  })
})

describe('a run', () => {
  let ended: Ended
  const entryOf = (target: string): EntryResult =>
    resultsOf(project, newestRun(project)).entries.find((entry) => entry.target === target)!

  beforeAll(async () => {
    ended = await run(project, 'matrix', '--quick')
  })

  it('measures both', () => {
    expect(ended, ended.stderr).toMatchObject({ exitCode: 0 })
    const { cells } = resultsOf(project, newestRun(project))
    expect(cells).toHaveLength(2)
    for (const cell of cells)
      expect(cell).toMatchObject({ outcome: 'measured', requests: { wrong: 0, errors: 0, lost: 0 } })
  })

  it('records what they are made of, the same image by its id, and how they are reached', () => {
    const [tls, ready] = [entryOf('orders-tls'), entryOf('orders-ready')]
    expect(tls).toMatchObject({
      tellsNothing: true,
      reach: { port: 8443, tls: true },
      imageFrom: { kind: 'build', context: 'services/orders', dockerfile: 'Dockerfile.prod', stage: 'runtime' },
      dockerfile: DOCKERFILE,
    })
    expect(ready).toMatchObject({
      tellsNothing: true,
      reach: { port: 3000, tls: false },
      imageFrom: { kind: 'as-it-is' },
      image: { name: REFERENCE, id: tls.image?.id },
      dockerfile: '',
    })
  })

  it('leaves the image that it did not build, and no volume', async () => {
    expect((await docker.getImage(REFERENCE).inspect()).Id).toBe(entryOf('orders-ready').image?.id)
    expect((await dangling()).filter((name) => !before.includes(name))).toEqual([])
  })
})
