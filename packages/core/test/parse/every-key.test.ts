/** Nothing that a user writes is accepted and ignored: every key of every file is known and has an effect, or is refused with its place. */
import { isDeepStrictEqual } from 'node:util'
import { BakeoffError, claimFile, hostsFile, matrixFile, scenarioFile, targetFile } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Document, isScalar, type Pair, parseDocument, visit, type YAMLMap } from 'yaml'
import { z } from 'zod'
import { checkCatalogue, parseClaim, parseHosts, parseMatrix, parseScenario, parseTarget } from '../../src/index.js'
import { aScenarioSpec, aService } from '../specs.js'

const CORPUS: Readonly<Record<string, string>> = {
  's.ndjson': `{"name":"new","path":"/{{n}}/{{p}}/{{f}}/{{b}}/{{s}}","capture":{"c":"/c"}}
{"name":"read","path":"/{{c}}"}
{"name":"twice","path":"/"}
`,
  'sg.ndjson': '{"status":200,"body":"{}"}\n{"status":200,"body":"{}"}\n{"status":200,"body":"{}"}\n',
  'p.txt': 'a\nb\n',
  'before.ndjson': '{"path":"/before"}\n',
  'after.ndjson': '{"path":"/after"}\n',
  'r.ndjson': '{"method":"POST","path":"/","body":"{\\"text\\":\\"x\\"}"}\n',
  'g.ndjson': '{"status":200,"body":"x"}\n',
  'c.ndjson': '{"name":"n","request":{"path":"/"},"expect":{"status":400}}\n',
}

interface Kind {
  readonly file: string
  readonly schema: z.ZodType
  /** every key that there is, with another value than its default */
  readonly whole: string
  /** files with keys that cannot stand beside the others */
  readonly also?: readonly string[]
  read(yaml: string): unknown
  /** maps whose keys are names that the user gives to numbers */
  readonly named: RegExp
  /** keys whose absence changes nothing, with the reason */
  readonly noEffect: Readonly<Record<string, string>>
}

const SERVED = `services:
  target: { image: "\${TARGET_IMAGE}", cpus: 1, mem_limit: 512m }
`
/** A scenario whose requests depend on one another: what is compared exactly, and not spelled anew. */
const STATEFUL = `${SERVED}x-scenario:
  summary: s
  requests: s.ndjson
  expect: { golden: sg.ndjson, compare: exact, ignore: [/at] }
  values:
    n: { counter: 7 }
    p: { pick: [a, b] }
    f: { pick: { file: p.txt } }
    b: { between: [1, 9] }
    s: { secret: TOKEN }
    c: { captured: connection }
  traffic:
    - { weight: 3, send: [new, read] }
    - { send: [twice] }
  before: before.ndjson
  after: after.ndjson
  load: { closed: [1] }
`
const readScenario = (yaml: string) =>
  parseScenario({
    id: 'predict',
    file: 'compose/predict.yaml',
    yaml,
    resolve: (path) => path,
    read: (path) => CORPUS[path] ?? null,
    buildable: () => true,
  })

const KINDS: readonly Kind[] = [
  {
    file: 'matrix.yaml',
    schema: matrixFile,
    whole: `scenarios: [chat]
order: [chat]
targets: [go-chi]
seed: 3
capacity: true
rates: [5]
profiles:
  default: { budget: 60m, repetitions: { min: 5, max: 10 }, warmUp: { min: 2s, max: 10s }, window: 5s }
  quick:
    budget: 5m
    repetitions: { min: 1, max: 1 }
    warmUp: { min: 1s, max: 2s, tolerance: 10% }
    window: 1s
    curve: 4
    responses: 30
    requests: 9
    tasks: 9
    onlyMainLoad: true
    alternatives: false
    secondInstrument: false
`,
    read: (yaml) => parseMatrix('matrix.yaml', yaml, ['chat']),
    named: /^$/,
    noEffect: {},
  },
  {
    file: 'targets/go-chi/target.yaml',
    schema: targetFile,
    whole: `language: go
stack: [chi]
summary: s
scenarios: [predict, chat]
requires: [hex]
neverRun: hex was not reachable
build: { context: ../../services/x, dockerfile: Dockerfile.prod, target: runtime }
port: 3000
health: { path: /healthz, status: 204 }
tmpfs: [/var/cache]
env: { A: 1 }
readyTimeout: 5s
role: experiment
alternative: true
standIn: { for: [Req], because: hex }
variants:
  v:
    summary: t
    role: contender
    alternative: false
    standIn: { for: [Finch], because: hex }
    env: { B: 1 }
    command: [x]
    replicas: 2
    proxy: caddy
    scenarios: [predict]
  w: { summary: u, services: { db: ./other } }
`,
    also: ['language: go\nstack: [chi]\nsummary: s\nscenarios: [predict]\nimage: x:1\ntls: true\n'],
    read: (text) => {
      const { yaml: _, ...spec } = parseTarget({
        name: 'go-chi',
        folder: '/p',
        file: 'targets/go-chi/target.yaml',
        yaml: text,
        dockerfile: null,
        lookAt: ({ context }) => ({ context: `/p/${context}`, dockerfile: 'FROM x AS runtime' }),
      })
      return spec
    },
    named: /(^|\.)env$/,
    noEffect: {},
  },
  {
    file: 'compose/predict.yaml',
    schema: scenarioFile,
    whole: `name: predict
services:
  target:
    image: "\${TARGET_IMAGE}"
    cpus: 1
    mem_limit: 512m
    environment: { A: 1 }
    depends_on: { store: { condition: service_healthy } }
  store:
    image: redis
    cpus: 0.5
    mem_limit: 1g
    environment: { A: 1 }
    command: [x]
    depends_on: { db: { condition: service_started } }
    healthcheck: { test: [CMD, x], interval: 1s, timeout: 1s, retries: 3, start_period: 1s }
    expose: ["80"]
    read_only: false
    tmpfs: [/tmp]
    shm_size: 64m
    user: nobody
  db: { build: ./db, cpus: 1, mem_limit: 1g }
  queue:
    build: { context: ../queue }
    deploy: { resources: { limits: { cpus: "0.5", memory: 256m } } }
x-scenario:
  summary: s
  source: claim
  requests: r.ndjson
  expect: { golden: g.ndjson, compare: cosine, tolerance: 0.5 }
  contract: c.ndjson
  stream: true
  script: { firstByte: 1s, gap: 1s, chunks: 3 }
  respell: { spaces: true, case: text }
  counters:
    store: { http: /stats, work: hits, late: late, of: all, lag: 1s }
    db: { command: [x], work: reads }
  load:
    closed: [1]
    open: [0.5]
    rate: [5]
    capacity: true
    batch: [{ tasks: 8, concurrency: 2 }]
    connections: 3
    arrivals: constant
    wholePasses: true
    warmUp: 1m
    longest: 1m
    timeout: 1m
  slo: { p99: 1s, errors: 1%, at: 200/s }
  quotas: true
`,
    also: [STATEFUL],
    read: readScenario,
    named: /\.environment$/,
    noEffect: {
      name: 'it is the name of the file already, and is refused when it is another',
      'services.store.expose': 'a note for the reader in Compose too',
    },
  },
  {
    file: 'claims/c.yaml',
    schema: claimFile,
    whole: `id: c
title: t
source: { title: s, author: a, published: 2025, url: u }
setting: x
scenario: predict
subjects:
  a:
    target: go-chi
    variant: default
    says: A
    figures: { throughput: 10, more: { p50: 1 } }
    load: { connections: 1, users: 1, concurrency: 1, tasks: 1, requests: 1, perSecond: 1 }
  b: { target: node, variant: default, says: B, figures: {} }
comparisons: [{ metric: throughput, of: a, to: b, published: 2, statement: s }]
statements:
  - says: it was the database
    verdict: service-cpu
    service: db
    subjects: [a]
    holds: false
    and: [{ verdict: service-cpu, service: db, subjects: [a], holds: false }]
caps: { target: 2, db: none }
differs: its queries are longer
notes: [n]
`,
    read: (yaml) => parseClaim('claims/c.yaml', yaml),
    named: /figures(\.more)?$|^caps$/,
    noEffect: {},
  },
  {
    file: 'hosts.yaml',
    schema: hostsFile,
    whole: `hosts:
  a: { docker: ssh://a, address: 10.0.0.1, socket: /x.sock }
  b: { docker: tcp://b:2376, tls: keys, address: 10.0.0.2 }
  c: { docker: tcp://c:2375, insecure: true, address: 10.0.0.3 }
benches:
  - { target: a, services: b, agents: [c] }
`,
    also: [
      'hosts: { a: { docker: ssh://a } }\nfleet: [a]\nnetwork: bridge\n',
      'hosts: { a: { docker: ssh://a }, b: { docker: ssh://b }, c: { docker: ssh://c } }\nfleet: [a, b, c]\ntolerance: 5%\n',
      'hosts: { a: { docker: ssh://a } }\nbenches: [{ target: a, agent: a }]\n',
    ],
    read: (yaml) => parseHosts(yaml, 'hosts.yaml', { home: '/home/ada', folder: '/lab' }),
    named: /^$/,
    noEffect: {},
  },
]

/** Maps of a document, each with its path: `profiles.quick.warmUp`. */
function mapsOf(document: Document): { readonly map: YAMLMap; readonly path: string }[] {
  const found: { map: YAMLMap; path: string }[] = []
  visit(document, {
    Map: (_, map, parents) => {
      const keys = parents.flatMap((each) => ('key' in each && isScalar(each.key) ? String(each.key.value) : []))
      found.push({ map, path: keys.join('.') })
    },
  })
  return found
}

const keyOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key)

/** The sentence of the refusal; null when the file is read. */
function refusalOf(read: () => unknown): string | null {
  try {
    read()
    return null
  } catch (error) {
    if (error instanceof BakeoffError && error.code === 'BAD_SPEC') return error.message
    throw error
  }
}

type Json = Readonly<Record<string, unknown>>

/** Keys of a schema that none of the values has. */
function lacking(schema: Json, values: readonly unknown[], path: string): string[] {
  const objects = values.filter((value): value is Json => typeof value === 'object' && value !== null)
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>)
  const inner = (of: unknown, found: readonly unknown[], at: string) =>
    typeof of === 'object' ? lacking(of as Json, found, at) : []
  return [
    ...properties.flatMap(([key, of]) => {
      const found = objects.flatMap((value) => (key in value ? [value[key]] : []))
      return found.length === 0 ? [`${path}.${key}`] : lacking(of, found, `${path}.${key}`)
    }),
    ...inner(schema.additionalProperties, objects.flatMap(Object.values), `${path}.*`),
    ...inner(schema.items, values.filter(Array.isArray).flat(), `${path}[]`),
    ...((schema.anyOf ?? []) as Json[]).flatMap((of) => lacking(of, values, path)),
  ]
}

describe.each(KINDS)('$file', ({ file, schema, whole, also = [], read, named, noEffect }) => {
  it('is read with every key that there is', () => {
    const texts = [whole, ...also]
    for (const text of texts) expect(refusalOf(() => read(text))).toBeNull()
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    const values = texts.map((text): unknown => parseDocument(text).toJS())
    expect(lacking(json as Json, values, '')).toEqual([])
  })

  const maps = mapsOf(parseDocument(whole))

  it.each(maps.filter(({ path }) => !named.test(path)).map(({ path }) => path))(
    'refuses a key that there is not, with its place: in "%s"',
    (path) => {
      const document = parseDocument(whole)
      mapsOf(document)
        .find((each) => each.path === path)!
        .map.add({ key: 'surplus', value: 1 })
      const text = document.toString({ lineWidth: 0 })
      const lines = text.split('\n')
      const line = lines.findIndex((each) => each.includes('surplus')) + 1
      const column = lines[line - 1]!.indexOf('surplus') + 1
      // Where keys are names of the user's, the value is what is wrong.
      const places = [column, column + 'surplus: '.length].map((each) => `${file}:${line}:${each}: `)
      const refusal = refusalOf(() => read(text))
      expect(refusal).toMatch(/unknown key "surplus"|surplus is 1/)
      expect(
        places.some((place) => refusal?.startsWith(place)),
        `${refusal}`,
      ).toBe(true)
    },
  )

  const keys = maps.flatMap(({ map, path }) => map.items.map((pair) => ({ path, key: keyOf(pair as Pair) })))
  const nameOf = ({ path, key }: (typeof keys)[number]) => (path === '' ? key : `${path}.${key}`)

  it.each(keys.map((each) => ({ ...each, name: nameOf(each) })).filter(({ name }) => !(name in noEffect)))(
    'makes a difference by $name',
    ({ path, key }) => {
      const document = parseDocument(whole)
      mapsOf(document)
        .find((each) => each.path === path)!
        .map.delete(key)
      const text = document.toString()
      const isRefused = refusalOf(() => read(text)) !== null
      expect(isRefused || !isDeepStrictEqual(read(text), read(whole))).toBe(true)
    },
  )

  it.each(Object.entries(noEffect))('names the keys that make none: %s, since %s', (name) =>
    expect(keys.map(nameOf)).toContain(name),
  )
})

describe('a scenario with state', () => {
  const maps = mapsOf(parseDocument(STATEFUL))
  const keys = maps.flatMap(({ map, path }) => map.items.map((pair) => ({ path, key: keyOf(pair as Pair) })))

  it.each(keys.map((each) => ({ ...each, name: `${each.path}.${each.key}` })))(
    'makes a difference by $name',
    ({ path, key }) => {
      const document = parseDocument(STATEFUL)
      mapsOf(document)
        .find(({ path: at, map }) => at === path && map.has(key))!
        .map.delete(key)
      const text = document.toString()
      const isRefused = refusalOf(() => readScenario(text)) !== null
      expect(isRefused || !isDeepStrictEqual(readScenario(text), readScenario(STATEFUL))).toBe(true)
    },
  )

  it.each(['x-scenario.values.n', 'x-scenario.values.f.pick', 'x-scenario.traffic'])(
    'refuses a key that there is not: in %s',
    (path) => {
      const document = parseDocument(STATEFUL)
      mapsOf(document)
        .find((each) => each.path === path)!
        .map.add({ key: 'surplus', value: 1 })
      expect(refusalOf(() => readScenario(document.toString()))).toMatch(/compose\/predict\.yaml:\d+:\d+: /)
    },
  )
})

describe('what would go nowhere is refused with its place', () => {
  const [matrix, , scenario, claim] = KINDS as [Kind, Kind, Kind, Kind]
  const withTarget = (member: string) => scenario.whole.replace('  store:\n', `    ${member}\n  store:\n`)
  it.each([
    {
      because: 'hosts of a run',
      of: matrix,
      text: `hosts: { sut: ssh://user@host }\n${matrix.whole}`,
      says: ['matrix.yaml:1:1: unknown key "hosts"', '1 | hosts: { sut', '    ^', 'DOCKER_HOST'],
    },
    ...[
      'build: ./x',
      'command: [x]',
      'healthcheck: { test: [CMD, x] }',
      'read_only: false',
      'tmpfs: [/x]',
      'shm_size: 1g',
      'user: root',
    ].map((member) => ({
      because: `what every target brings: ${member}`,
      of: scenario,
      text: withTarget(member),
      says: [`compose/predict.yaml:9:5: ${member.split(':')[0]} of the target is not read`],
    })),
    {
      because: 'a tolerance of what is exact',
      of: scenario,
      text: scenario.whole.replace('compare: cosine', 'compare: exact'),
      says: ['compose/predict.yaml:30:47: exact answers have no tolerance'],
    },
    {
      because: 'a published figure that is no number',
      of: claim,
      text: claim.whole.replace('throughput: 10', 'throughput: fast'),
      says: ['claims/c.yaml:11:28: subjects.a.figures.throughput is "fast"'],
    },
    {
      because: 'a published load by an unknown name',
      of: claim,
      text: claim.whole.replace('users: 1', 'user: 1'),
      says: ['claims/c.yaml:12:29: unknown key "user" in subjects.a.load', 'Did you mean "users"?'],
    },
  ])('$because', ({ of, text, says }) => {
    const refusal = refusalOf(() => of.read(text))
    for (const each of says) expect(refusal).toContain(each)
  })

  it('a service that a variant builds from another folder, and its scenario does not build', () => {
    const yaml = `language: go\nstack: [x]\nsummary: s\nscenarios: [predict]\nrole: experiment
variants: { v: { summary: s, services: { bd: ./other } } }\n`
    const { broken } = checkCatalogue({
      matrix: { scenarios: null, targets: null },
      scenarios: [aScenarioSpec('predict', { services: [{ ...aService, name: 'db', build: '/p/compose/db' }] })],
      targets: [parseTarget({ name: 'go', folder: '/p', file: 'x', yaml, dockerfile: 'FROM bakeoff/base' })],
      claims: [],
      broken: [],
    } as unknown as Parameters<typeof checkCatalogue>[0])
    expect(broken.map(({ message }) => message.split('\n', 1)[0])).toEqual([
      'targets/go/target.yaml:6:42: there is no service to build in predict "bd"; did you mean "db"?',
    ])
  })

  it.each([
    { because: 'caps', text: claim.whole.replace('db: none', 'bd: none') },
    { because: 'a statement', text: claim.whole.replace('service: db\n', 'service: bd\n') },
    { because: 'half a statement', text: claim.whole.replace('service: db,', 'service: bd,') },
  ])('a service that the scenario of a claim does not have, in $because', ({ text }) => {
    const target = (name: string) => ({ name, scenarios: [], variants: [{ name: 'default' }] })
    const { broken } = checkCatalogue({
      matrix: { scenarios: null, targets: null },
      scenarios: [aScenarioSpec('predict', { services: [{ ...aService, name: 'db' }] })],
      targets: ['go-chi', 'node'].map(target),
      claims: [claim.read(text)],
      broken: [],
    } as unknown as Parameters<typeof checkCatalogue>[0])
    expect(broken.map(({ message }) => message)).toEqual([
      'claims/c.yaml: there is no service of predict "bd"; did you mean "db"?',
    ])
  })
})
