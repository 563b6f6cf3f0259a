import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { didYouMean, parseClaim, parseMatrix, parseScenario, parseTarget } from '../../src/index.js'

const TARGET = `language: go
stack: [net/http]
summary: The standard library alone
scenarios: [predict]
`
const SCENARIO = `services:
  target:
    image: "\${TARGET_IMAGE}"
    cpus: 1
    mem_limit: 512m
x-scenario:
  summary: One line of text
  requests: predict/requests.ndjson
  expect: { golden: predict/golden.ndjson, compare: exact }
  load: { closed: [1, 64] }
`
const withStore = (counters: string) =>
  SCENARIO.replace('x-scenario', '  store: { image: x, cpus: 1, mem_limit: 1g }\nx-scenario').replace(
    '  load:',
    `  counters: { store: ${counters} }\n  load:`,
  )
const FILES: Record<string, string> = {
  'predict/requests.ndjson': '{"path":"/predict"}\n',
  'predict/golden.ndjson': '{"status":200,"body":"x"}\n',
}

const target = (yaml: string, name = 'go-net-http', dockerfile: string | null = 'FROM bakeoff/base') =>
  parseTarget({
    name,
    folder: `/p/targets/${name}`,
    file: `targets/${name}/target.yaml`,
    yaml,
    dockerfile,
    buildable: (path) => path !== './nothing',
  })
const scenario = (yaml: string, files = FILES) =>
  parseScenario({
    id: 'predict',
    file: 'compose/predict.yaml',
    yaml,
    resolve: (path) => `/p/compose/${path}`,
    read: (path) => files[path] ?? null,
    buildable: (path) => path !== './nothing',
  })

function problemOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof BakeoffError) {
      expect(error.code).toBe('BAD_SPEC')
      expect(error.hint).not.toBeNull()
      return error.message
    }
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('a target.yaml that cannot be used says where and why', () => {
  it.each([
    {
      because: 'an unknown key',
      yaml: `${TARGET}sumary: x\n`,
      says: [
        'targets/go-net-http/target.yaml:5:1: unknown key "sumary"',
        '5 | sumary: x',
        '^',
        'Did you mean "summary"?',
      ],
    },
    {
      because: 'a wrong type',
      yaml: TARGET.replace('[net/http]', 'net/http'),
      says: [':2:8: stack is "net/http"', '2 | stack: net/http'],
    },
    {
      because: 'a missing member',
      yaml: TARGET.replace('summary: The standard library alone\n', ''),
      says: ['summary is missing', 'Add `summary:`.'],
    },
    {
      because: 'a name used twice',
      yaml: `${TARGET}variants:\n  fast: { summary: a }\n  fast: { summary: b }\n`,
      says: [':7:3: this key is already there'],
    },
    { because: 'a syntax error', yaml: `${TARGET}variants: {`, says: ['targets/go-net-http/target.yaml:'] },
    {
      because: 'a duration that is none',
      yaml: `${TARGET}readyTimeout: soon\n`,
      says: [':5:15: readyTimeout is "soon": must be a duration such as 50ms, 10s or 2m'],
    },
    {
      because: 'a proxy that is not known',
      yaml: `${TARGET}variants: { two: { summary: s, replicas: 2, proxy: cady } }\n`,
      says: ['variants.two.proxy is "cady"', 'Did you mean "caddy"?'],
    },
    {
      because: 'a variant of a scenario that the target does not serve',
      yaml: `${TARGET}variants: { v: { summary: s, scenarios: [chat] } }\n`,
      says: ['the variant serves "chat"'],
    },
    {
      because: 'replicas without a proxy',
      yaml: `${TARGET}variants: { v: { summary: s, replicas: 2 } }\n`,
      says: ['several replicas need a proxy', 'proxy: caddy'],
    },
    {
      because: 'a role that there is not',
      yaml: `${TARGET}variants: { v: { summary: s, role: as-publishd } }\n`,
      says: [':5:36: variants.v.role is "as-publishd"', 'Did you mean "as-published"?'],
    },
    {
      because: 'a stand-in for nothing',
      yaml: `${TARGET}standIn: { for: [], because: hex }\n`,
      says: [':5:17: standIn.for is []'],
    },
    {
      because: 'a stand-in without a reason',
      yaml: `${TARGET}standIn: { for: [Req] }\n`,
      says: [':5:10: standIn.because is missing'],
    },
    {
      because: 'a stand-in that is as published',
      yaml: `${TARGET}standIn: { for: [Req], because: hex }\nvariants:\n  v: { summary: s, role: as-published }\n`,
      says: [':7:26: what stands in for other libraries is not as published', 'Take `standIn` out'],
    },
    {
      because: 'a stand-in whose variants are as published with it',
      yaml: `${TARGET}role: as-published\nstandIn: { for: [Req], because: hex }\n`,
      says: [':5:7: what stands in for other libraries is not as published'],
    },
    {
      because: 'a variable that the run sets',
      yaml: `${TARGET}env: { PORT: 3000 }\nvariants: { v: { summary: s, env: { CORES: 4 } } }\n`,
      says: [
        ':5:8: PORT is set by the run, so this value would not be read',
        'Listen on the port that PORT names',
        ':6:37: CORES is set by the run',
      ],
    },
    {
      because: 'a duration without a unit',
      yaml: `${TARGET}readyTimeout: 30\n`,
      says: [':5:15: readyTimeout is 30: must be a duration with its unit, such as 50ms, 10s or 2m'],
    },
    { because: 'no variant at all', yaml: `${TARGET}variants: {}\n`, says: ['variants is empty'] },
    {
      because: 'a contender with services of its own',
      yaml: `${TARGET}variants: { v: { summary: s, services: { db: ./other } } }\n`,
      says: [':5:30: a contender runs on the services of the scenario', 'say what else it is by `role`'],
    },
    {
      because: 'a service from a folder that builds nothing',
      yaml: `${TARGET}role: as-published\nvariants: { v: { summary: s, services: { db: ./nothing } } }\n`,
      says: [':6:46: there is no Dockerfile in compose/nothing'],
    },
  ])('$because', ({ yaml, says }) => {
    const problem = problemOf(() => target(yaml))
    for (const text of says) expect(problem).toContain(text)
  })

  it('a missing Dockerfile', () => {
    expect(problemOf(() => target(TARGET, 'go-net-http', null))).toContain(
      'targets/go-net-http/target.yaml:1:1: there is no Dockerfile beside it',
    )
  })

  it('a folder whose name cannot be one', () => {
    expect(problemOf(() => target(TARGET, 'Go_Chi'))).toContain('the folder is called "Go_Chi"')
  })

  it('aliases that explode', () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index, all) =>
      index === 0
        ? 'a: &a [x, x, x, x, x, x, x, x, x]'
        : `${name}: &${name} [${Array(9)
            .fill(`*${all[index - 1]}`)
            .join(', ')}]`,
    )
    expect(problemOf(() => target(levels.join('\n')))).toContain('aliases repeat more than')
  })

  it('shows the caret under the column', () => {
    const [, line, caret] = problemOf(() => target(`${TARGET}sumary: x\n`)).split('\n') as [string, string, string]
    expect(caret.indexOf('^')).toBe(line.indexOf('sumary'))
  })
})

describe('a target.yaml that can be used', () => {
  it('without variants has one, default', () => {
    expect(target(TARGET).variants).toEqual([
      {
        name: 'default',
        summary: 'The standard library alone',
        env: {},
        replicas: 1,
        proxy: null,
        command: null,
        scenarios: ['predict'],
        role: 'contender',
        alternative: false,
        standIn: null,
      },
    ])
  })

  it('has the role and the stand-in of its target where a variant has none of its own', () => {
    const spec = target(
      `${TARGET}role: experiment
standIn: { for: [Req], because: hex }
variants:
  a: { summary: s }
  b: { summary: s, role: contender, standIn: { for: [Finch], because: hex } }
`,
    )
    expect(spec.variants.map(({ name, role, standIn }) => [name, role, standIn])).toEqual([
      ['a', 'experiment', { for: ['Req'], because: 'hex' }],
      ['b', 'contender', { for: ['Finch'], because: 'hex' }],
    ])
  })

  it("gives a variant the target's environment, and lets it win", () => {
    const spec = target(`${TARGET}env: { A: 1, B: true }\nvariants: { v: { summary: s, env: { B: "no" } } }\n`)
    expect(spec.variants[0]?.env).toEqual({ A: '1', B: 'no' })
  })
})

describe('a scenario that cannot be used says where and why', () => {
  it.each([
    {
      because: 'a Compose key outside the subset',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    init: true'),
      says: ['compose/predict.yaml:5:5: unknown key "init" in services.target', 'Known here: image'],
    },
    {
      because: 'Compose keys that have another form here',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    ports: ["80:80"]\n    volumes: []'),
      says: [
        ':5:5: unknown key "ports" in services.target',
        'nothing is published on this machine',
        'Put files into the image',
      ],
    },
    {
      because: 'what deploy and build say in Compose and not here',
      yaml: SCENARIO.replace(
        'x-scenario',
        '  store:\n    build: { context: ./store, args: { A: 1 } }\n    deploy: { replicas: 2, resources: { limits: { cpus: 1, memory: 1g } } }\nx-scenario',
      ),
      says: [
        ':7:32: unknown key "args" in services.store.build',
        'a folder is built by its Dockerfile',
        ':8:15: unknown key "replicas" in services.store.deploy',
        'only `resources: { limits: { cpus: 1, memory: 512m } }` is read',
      ],
    },
    {
      because: 'deploy without limits',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    deploy: {}'),
      says: ['services.target.deploy.resources is missing', 'such as `resources: { limits:'],
    },
    {
      because: 'a cap that is said twice',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    deploy: { resources: { limits: { cpus: 2 } } }'),
      says: [':5:38: services.target has cpus and deploy.resources.limits.cpus', 'take one of them out'],
    },
    {
      because: 'a variable that would come of the host, in a list',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    environment: [A=1, TOKEN]'),
      says: [':5:24: services.target.environment: TOKEN has no value', 'Write it: TOKEN=value'],
    },
    {
      because: 'a variable without a value, in a map',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    environment: { TOKEN: }'),
      says: [':5:20: services.target.environment: TOKEN has no value', 'Write it: TOKEN: value'],
    },
    {
      because: 'a variable that is there twice',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    environment: [A=1, A=2]'),
      says: [':5:24: services.target.environment has A twice'],
    },
    {
      because: 'a command whose quote is open',
      yaml: SCENARIO.replace(
        'x-scenario',
        `  store: { image: x, cpus: 1, mem_limit: 1g, command: "redis-server --save '" }\nx-scenario`,
      ),
      says: ['services.store.command cannot be cut into words: this quote is not closed', 'Write a list of words'],
    },
    {
      because: 'a folder of the machine',
      yaml: SCENARIO.replace('x-scenario', '  store: { build: /srv/store, cpus: 1, mem_limit: 1g }\nx-scenario'),
      says: [
        'services.store.build is "/srv/store": must be a folder relative to this file, such as ./store or ../services/store',
      ],
    },
    {
      because: 'a cap that is missing',
      yaml: SCENARIO.replace('    mem_limit: 512m\n', ''),
      says: ['services.target.mem_limit is missing', 'Add `mem_limit:`, such as `mem_limit: 512m`.'],
    },
    {
      because: 'a service level without a unit',
      yaml: `${SCENARIO}  slo: { p99: 30 }\n`,
      says: ['x-scenario.slo.p99 is 30: must be a duration with its unit, such as 50ms, 10s or 2m'],
    },
    {
      because: 'a port of the target',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    expose: ["3000"]\n    environment: { PORT: 3000 }'),
      says: [':5:14: a target listens on 8080, and not on 3000', 'PORT tells it so.', ':6:20: PORT is set by the run'],
    },
    {
      because: 'a service that is not there',
      yaml: SCENARIO.replace(
        '    cpus: 1',
        '    cpus: 1\n    depends_on: { postgre: { condition: service_started } }',
      ).replace('x-scenario', '  postgres: { image: "postgres:17", cpus: 1, mem_limit: 1g }\nx-scenario'),
      says: ['target depends on "postgre", which is not in services', 'Did you mean "postgres"?'],
    },
    {
      because: 'waiting for health that nobody checks',
      yaml: SCENARIO.replace(
        '    cpus: 1',
        '    cpus: 1\n    depends_on: { pg: { condition: service_healthy } }',
      ).replace('x-scenario', '  pg: { image: "postgres:17", cpus: 1, mem_limit: 1g }\nx-scenario'),
      says: ['pg has no healthcheck'],
    },
    {
      because: 'waiting for the end of what is watched for its health',
      yaml: SCENARIO.replace(
        '    cpus: 1',
        '    cpus: 1\n    depends_on: { db: { condition: service_completed_successfully } }',
      ).replace(
        'x-scenario',
        '  db: { image: x, cpus: 1, mem_limit: 1g, healthcheck: { test: [CMD, x] } }\nx-scenario',
      ),
      says: ['target waits until db has done its work and ended, and db has a healthcheck', 'Take the healthcheck out'],
    },
    {
      because: 'services that wait for one another',
      yaml: SCENARIO.replace(
        'x-scenario',
        '  a: { image: x, cpus: 1, mem_limit: 1g, depends_on: { b: { condition: service_started } } }\n  b: { image: x, cpus: 1, mem_limit: 1g, depends_on: { a: { condition: service_started } } }\nx-scenario',
      ),
      says: ['goes round in a circle: a → b → a'],
    },
    {
      because: 'no target',
      yaml: SCENARIO.replace('  target:', '  tagret:').replace('${TARGET_IMAGE}', 'x'),
      says: ['no service is called "target"', 'Did you mean "target" where it says "tagret"?'],
    },
    {
      because: 'the environment of the host',
      yaml: SCENARIO.replace('    cpus: 1', '    cpus: 1\n    environment: { TOKEN: "${TOKEN}" }'),
      says: ['"${TOKEN}" is not replaced'],
    },
    {
      because: 'a file that is missing',
      yaml: SCENARIO.replace('predict/golden', 'predict/gold'),
      says: ['there is no file predict/gold.ndjson'],
    },
    {
      because: 'a service without a cap',
      yaml: SCENARIO.replace('x-scenario', '  pg: { image: x, cpus: 0, mem_limit: 1g }\nx-scenario'),
      says: ['only the target can be without a cap'],
    },
    {
      because: 'a quota of no cap',
      yaml: SCENARIO.replace('cpus: 1', 'cpus: 0').replace('x-scenario:', 'x-scenario:\n  quotas: true'),
      says: ['a target without a cap has no quota either'],
    },
    {
      because: 'a folder that cannot be built',
      yaml: SCENARIO.replace('x-scenario', '  pg: { build: ./nothing, cpus: 1, mem_limit: 1g }\nx-scenario'),
      says: ['there is no Dockerfile in ./nothing'],
    },
    {
      because: 'a fraction of nothing',
      yaml: SCENARIO.replace('closed: [1, 64]', 'rate: [5], open: [0.5]'),
      says: ['open loads are fractions of the best closed throughput'],
    },
    {
      because: 'a capacity without a limit',
      yaml: SCENARIO.replace('closed: [1, 64]', 'closed: [1], capacity: true'),
      says: ['capacity is searched within the slo'],
    },
    {
      because: 'a spelling that changes nothing',
      yaml: SCENARIO.replace('  load:', '  respell: { spaces: false }\n  load:'),
      says: [':10:3: respell says neither spaces nor case'],
    },
    {
      because: 'bodies to be spelled anew that are not there',
      yaml: SCENARIO.replace('  load:', '  respell: { spaces: true }\n  load:'),
      says: ['compose/predict/requests.ndjson:1:1: there is no body to spell anew'],
    },
    {
      because: 'counters of a service that is not there',
      yaml: SCENARIO.replace('  load:', '  counters: { targte: { http: /stats, work: hits } }\n  load:'),
      says: [':10:15: there is no service called "targte"', 'Did you mean "target"?'],
    },
    {
      because: 'counters of the target',
      yaml: SCENARIO.replace('  load:', '  counters: { target: { http: /stats, work: hits } }\n  load:'),
      says: [':10:15: counters of the target are its own word'],
    },
    {
      because: 'counters that are read in two ways',
      yaml: withStore('{ http: /stats, command: [x], work: hits }'),
      says: ['store needs either http or command'],
    },
    {
      because: 'a part of nothing',
      yaml: withStore('{ http: /stats, late: lateTokens }'),
      says: ['late and of go together'],
    },
    {
      because: 'counters that mean nothing',
      yaml: withStore('{ http: /stats }'),
      says: ['says neither work nor late'],
    },
    { because: 'the same load twice', yaml: SCENARIO.replace('[1, 64]', '[64, 64]'), says: ['closed has 64 twice'] },
  ])('$because', ({ yaml, says }) => {
    const problem = problemOf(() => scenario(yaml))
    for (const text of says) expect(problem).toContain(text)
  })

  it.each([
    { because: 'a command', member: 'command: [sh, -c, "echo $HOME"]' },
    { because: 'a health check', member: 'healthcheck: { test: [CMD-SHELL, "redis-cli -a $PASSWORD ping"] }' },
  ])('what Compose would take of the host, in $because', ({ member }) => {
    const yaml = SCENARIO.replace('x-scenario', `  store: { image: x, cpus: 1, mem_limit: 1g, ${member} }\nx-scenario`)
    const problem = problemOf(() => scenario(yaml))
    expect(problem).toContain('is not replaced')
    expect(problem).toContain('a dollar sign that the container is to see is written $$')
  })

  it('a line of the corpus that is not JSON, with its line and column', () => {
    const files = { ...FILES, 'predict/requests.ndjson': '{"path":"/a"}\n{"path":}\n' }
    expect(problemOf(() => scenario(SCENARIO, files))).toContain('compose/predict/requests.ndjson:2:9: not JSON')
  })

  it('a body that is written as JSON and not as a text', () => {
    const files = { ...FILES, 'predict/requests.ndjson': '{"path":"/a","body":{"id":1}}\n' }
    const problem = problemOf(() => scenario(SCENARIO, files))
    expect(problem).toContain(
      'requests.ndjson:1:14: body: must be a text: write JSON as a string, such as "{\\"id\\":1}"',
    )
  })

  it.each([
    { because: 'is not JSON', body: 'text=x', says: ['2:14: the body is not JSON'] },
    { because: 'is no object', body: '7', says: ['2:14: the body is neither an object nor an array'] },
    {
      because: 'lacks the text whose case is to change',
      body: '{"texts":"x"}',
      says: ['2:14: the body has no member "text" that is a text', 'Did you mean `case: texts`?'],
    },
    { because: 'has a number in its place', body: '{"text":1}', says: ['2:14: the body has no member "text"'] },
  ])('a body to be spelled anew that $because, with its line and column', ({ body, says }) => {
    const line = (text: string) => JSON.stringify({ path: '/a', body: text })
    const files = {
      'predict/requests.ndjson': `${line('{"text":"x"}')}\n${line(body)}\n`,
      'predict/golden.ndjson': '{"status":200,"body":"x"}\n{"status":200,"body":"x"}\n',
    }
    const problem = problemOf(() =>
      scenario(SCENARIO.replace('  load:', '  respell: { spaces: true, case: text }\n  load:'), files),
    )
    for (const text of says) expect(problem).toContain(text)
  })

  it('fewer answers than requests', () => {
    const files = { ...FILES, 'predict/golden.ndjson': '' }
    expect(problemOf(() => scenario(SCENARIO, files))).toContain('0 golden answers for 1 requests')
  })
})

describe('a scenario that can be used', () => {
  it('pins whole cores, and has a quota for a fraction, or where all caps are quotas', () => {
    expect(scenario(SCENARIO).target).toMatchObject({ cpus: 1, quota: false, memoryBytes: 512 * 1024 ** 2 })
    expect(scenario(SCENARIO.replace('cpus: 1', 'cpus: 0.5')).target).toMatchObject({ cpus: 0.5, quota: true })
    const all = scenario(SCENARIO.replace('x-scenario:', 'x-scenario:\n  quotas: true'))
    expect(all).toMatchObject({ quotas: true, target: { cpus: 1, quota: true } })
  })

  it('says how rates are offered that a run adds, also where it offers none itself', () => {
    expect(scenario(SCENARIO)).toMatchObject({ connections: 256, arrivals: 'exponential' })
    const chosen = SCENARIO.replace('closed: [1, 64]', 'closed: [1], connections: 32, arrivals: constant')
    expect(scenario(chosen)).toMatchObject({ connections: 32, arrivals: 'constant' })
  })

  it('spells bodies anew and reads counters only where it says so', () => {
    expect(scenario(SCENARIO)).toMatchObject({ respell: null, counters: [] })
    expect(scenario(withStore('{ command: [psql], work: transactions, lag: 1500ms }')).counters).toEqual([
      { service: 'store', read: { by: 'command', command: ['psql'] }, work: 'transactions', late: null, lagMs: 1500 },
    ])
    expect(scenario(withStore('{ http: /stats, late: lateTokens, of: tokens }')).counters).toEqual([
      {
        service: 'store',
        read: { by: 'http', path: '/stats' },
        work: null,
        late: { late: 'lateTokens', of: 'tokens' },
        lagMs: 0,
      },
    ])
  })

  it('changes its digest with the work, and not with the caps', () => {
    const same = scenario(SCENARIO.replace('512m', '1g')).workDigest
    const other = scenario(SCENARIO, { ...FILES, 'predict/golden.ndjson': '{"status":200,"body":"y"}\n' }).workDigest
    expect(same).toBe(scenario(SCENARIO).workDigest)
    expect(other).not.toBe(same)
  })
})

describe('matrix.yaml and claims', () => {
  const MATRIX = `profiles:
  default: { budget: 60m, repetitions: { min: 5, max: 10 }, warmUp: { min: 2s, max: 10s }, window: 5s }
  quick: { budget: 5m, repetitions: { min: 1, max: 1 }, warmUp: { min: 1s, max: 2s }, window: 1s }
`
  it.each([
    { because: 'no quick profile', text: MATRIX.replace('quick', 'fast'), says: 'profiles has no "quick"' },
    { because: 'min above max', text: MATRIX.replace('min: 5', 'min: 50'), says: 'min is 50, more than max, 10' },
    {
      because: 'an order that names a scenario which does not exist',
      text: `order: [predict, chta]\n${MATRIX}`,
      says: 'matrix.yaml:1:18: order names the scenario "chta", which does not exist',
    },
    {
      because: 'a target that cannot be a name',
      text: `targets: [go/default/x]\n${MATRIX}`,
      says: 'must be the name of a target, or name/variant',
    },
    {
      because: 'a profile with a key that is gone',
      text: MATRIX.replace('window: 5s', 'window: 5s, tightness: 3%'),
      says: 'a scenario is measured again where a decision is open, up to `repetitions.max`',
    },
    { because: 'a slip in an order', text: `order: [chta]\n${MATRIX}`, says: 'Did you mean "chat"?' },
    {
      because: 'an order that names a scenario twice',
      text: `order:\n  - chat\n  - predict\n  - chat\n${MATRIX}`,
      says: 'matrix.yaml:4:5: order names chat twice',
    },
  ])('$because', ({ text, says }) =>
    expect(problemOf(() => parseMatrix('matrix.yaml', text, ['chat', 'predict']))).toContain(says),
  )

  it('reads durations and defaults', () => {
    expect(parseMatrix('matrix.yaml', MATRIX, []).profiles.default).toMatchObject({
      budgetMs: 3_600_000,
      windowMs: 5000,
      onlyMainLoad: false,
    })
  })

  it('a claim that compares with somebody unknown', () => {
    const claim = `id: c
title: t
source: { title: s }
setting: x
scenario: predict
subjects: { flask: { target: python-flask, variant: as-published, says: Flask, figures: { throughput: 10 } } }
comparisons: [{ metric: throughput, of: flask, to: flak, published: 2, statement: s }]
`
    expect(problemOf(() => parseClaim('claims/c.yaml', claim))).toContain('"flak" is not one of the subjects')
  })
})

describe('didYouMean', () => {
  it.each([
    { word: 'sumary', expected: 'summary', because: 'a letter is missing' },
    { word: 'sceanrios', expected: 'scenarios', because: 'two letters changed places' },
    { word: 'xyz', expected: null, because: 'nothing is near' },
  ])('$because', ({ word, expected }) => expect(didYouMean(word, ['summary', 'scenarios', 'stack'])).toBe(expected))
})
