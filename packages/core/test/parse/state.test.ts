/** What a scenario says of state between requests: what is read, and what is refused with its place and what to do. */
import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { parseScenario, sampleRequests, takeRequests } from '../../src/index.js'

const HEAD = `services:
  target:
    image: "\${TARGET_IMAGE}"
    cpus: 1
    mem_limit: 512m
x-scenario:
  summary: Orders
  requests: orders/requests.ndjson
  expect: { golden: orders/golden.ndjson, compare: exact }
  load: { closed: [1] }
`
const CREATE = '{"name":"create","method":"POST","path":"/orders","body":"{\\"n\\":{{key}}}","capture":{"id":"/id"}}'
const READ = '{"name":"read","path":"/orders/{{id}}"}'
const ANSWER = '{"status":200,"contentType":"application/json","body":"{\\"id\\":\\"{{id}}\\"}"}'
const CREATED = '{"status":201,"contentType":"application/json","body":"{\\"id\\":0}","ignore":["/id"]}'
const VALUES = '  values:\n    key: { counter: 1 }\n    id: { captured: pool }\n'

interface Files {
  readonly requests?: readonly string[]
  readonly golden?: readonly string[]
  readonly more?: string
  readonly values?: string
  readonly others?: Readonly<Record<string, string>>
}

/** A scenario that is right, but for what is replaced. */
const parse = ({
  requests = [CREATE, READ],
  golden = [CREATED, ANSWER],
  more = '',
  values = VALUES,
  others = {},
}: Files = {}) =>
  parseScenario({
    id: 'orders',
    file: 'compose/orders.yaml',
    yaml: `${HEAD}${values}${more}`,
    resolve: (path) => path,
    read: (path) =>
      ({ 'orders/requests.ndjson': requests.join('\n'), 'orders/golden.ndjson': golden.join('\n'), ...others })[path] ??
      null,
    buildable: () => true,
  })

function problemOf(files: Files): string {
  try {
    parse(files)
  } catch (error) {
    if (error instanceof BakeoffError && error.code === 'BAD_SPEC') return error.message
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('a scenario with state', () => {
  it('has its values, its traffic and what goes before and after', () => {
    const { state } = parse({
      values: `  values:
    key: { counter: 1 }
    customer: { pick: { file: orders/customers.txt } }
    size: { pick: [1, two] }
    quantity: { between: [1, 9] }
    token: { secret: ORDERS_TOKEN }
    id: { captured: connection }
`,
      requests: [
        '{"name":"create","path":"/{{key}}/{{customer}}/{{size}}/{{quantity}}","headers":{"authorization":"Bearer {{token}}"},"capture":{"id":{"from":"header:location","regex":"(\\\\d+)"}}}',
        READ,
      ],
      more: `  traffic:
    - { weight: 3, send: [create, read] }
    - { send: [create] }
  before: orders/before.ndjson
  after: orders/after.ndjson
`,
      others: {
        'orders/customers.txt': 'ada\n\ngrace\r\n',
        'orders/before.ndjson': '{"method":"POST","path":"/users","status":[201,409]}\n',
        'orders/after.ndjson': '{"method":"DELETE","path":"/users"}\n',
      },
    })
    expect(state).toMatchObject({
      values: {
        key: { kind: 'counter', from: 1 },
        customer: { kind: 'pick', items: ['ada', 'grace'] },
        size: { kind: 'pick', items: ['1', 'two'] },
        quantity: { kind: 'between', least: 1, most: 9 },
        token: { kind: 'secret', variable: 'ORDERS_TOKEN' },
        id: { kind: 'captured', from: 'connection' },
      },
      traffic: [
        { weight: 3, send: ['create', 'read'] },
        { weight: 1, send: ['create'] },
      ],
      before: [{ path: '/users', status: [201, 409] }],
      after: [{ method: 'DELETE' }],
    })
  })

  it('has none where it says nothing of it', () => {
    const plain = { requests: ['{"path":"/{{id}}"}'], golden: ['{"status":200,"body":"x"}'], values: '' }
    expect(parse(plain).state).toBeNull()
  })

  it('changes its digest with the state, and keeps the one of before where there is none', () => {
    const digests = [
      parse(),
      parse({ values: VALUES.replace('counter: 1', 'counter: 2') }),
      parse({ more: '  traffic: [{ send: [create, read] }]\n' }),
    ].map(({ workDigest }) => workDigest)
    expect(new Set(digests).size).toBe(3)
  })

  it('does not ignore the whole of every answer', () => {
    const yaml = HEAD.replace('compare: exact', 'compare: exact, ignore: [""]')
    expect(() =>
      parseScenario({
        id: 'orders',
        file: 'compose/orders.yaml',
        yaml: `${yaml}${VALUES}`,
        resolve: (path) => path,
        read: () => '',
        buildable: () => true,
      }),
    ).toThrow('so none would be compared')
  })

  it('ignores in every answer of JSON what the scenario ignores', () => {
    const yaml = HEAD.replace('compare: exact', 'compare: exact, ignore: [/at]')
    const { golden } = parseScenario({
      id: 'orders',
      file: 'compose/orders.yaml',
      yaml,
      resolve: (path) => path,
      read: (path) =>
        path.includes('golden')
          ? '{"status":200,"body":"{}","ignore":["/id"]}\n{"status":200,"body":"text"}'
          : '{"path":"/a"}\n{"path":"/b"}',
      buildable: () => true,
    })
    expect(golden.map(({ ignore }) => ignore)).toEqual([['/at', '/id'], undefined])
  })

  it('is taken whole by a smoke run where requests go together', () => {
    const scenario = parse()
    expect(takeRequests(scenario, 1)).toBe(scenario)
  })
})

describe('state that does not fit together says where, why and what to do', () => {
  it.each<Files & { because: string; says: readonly string[] }>([
    {
      because: 'a placeholder without a value',
      requests: [CREATE, '{"name":"read","path":"/orders/{{ids}}"}'],
      says: ['compose/orders/requests.ndjson:2:32: there is no value "ids"', '^', 'Did you mean {{id}}?'],
    },
    {
      because: 'a placeholder without a value in a golden answer',
      golden: [CREATED, ANSWER.replace('{{id}}', '{{total}}')],
      says: [
        'compose/orders/golden.ndjson:2:',
        'there is no value "total"',
        '`total: { counter: 1 }`',
        'There are: key, id.',
      ],
    },
    {
      because: 'a value that nothing uses',
      values: `${VALUES}    spare: { between: [1, 2] }\n`,
      says: ['compose/orders.yaml:14:5: the value "spare" is used in no request', 'Write {{spare}}'],
    },
    {
      because: 'a captured value that nothing captures',
      requests: [CREATE.replace(',"capture":{"id":"/id"}', ''), READ],
      says: ['compose/orders.yaml:13:5: no request captures "id"', '"capture":{"id":"/id"}'],
    },
    {
      because: 'a capture that is never used',
      requests: [CREATE.replace('{"id":"/id"}', '{"id":"/id","idd":"/x"}'), READ],
      says: ['requests.ndjson:1:', 'the captured "idd" is used nowhere', 'Did you mean "id"?'],
    },
    {
      because: 'a capture in a scenario without values',
      values: '',
      says: ['requests.ndjson:1:', 'the captured "id" is used nowhere', 'values: { id: { captured: pool } }'],
    },
    {
      because: 'a capture of a value that is made',
      requests: [CREATE.replace('{"id":"/id"}', '{"id":"/id","key":"/k"}'), READ],
      says: ['"key" cannot be captured: its value comes from counter'],
    },
    {
      because: 'a bad pointer',
      requests: [CREATE.replace('"/id"', '"id"'), READ],
      says: ['requests.ndjson:1:', 'capture id: "id" is no JSON Pointer', 'write "/id"'],
    },
    {
      because: 'a bad pointer of what is ignored',
      golden: [CREATED.replace('["/id"]', '["$.id"]'), ANSWER],
      says: ['golden.ndjson:1:', '"$.id" is no JSON Pointer', 'write "/id"'],
    },
    {
      because: 'a bad regular expression',
      golden: [CREATED.replace('"ignore":["/id"]', '"match":{"/id":{"regex":"("}}'), ANSWER],
      says: ['golden.ndjson:1:', 'Invalid regular expression'],
    },
    {
      because: 'a range that holds nothing',
      golden: [CREATED.replace('"ignore":["/id"]', '"match":{"/id":{"range":[9,1]}}'), ANSWER],
      says: ['no number lies from 9 to 1'],
    },
    {
      because: 'a matcher that there is not',
      golden: [CREATED.replace('"ignore":["/id"]', '"match":{"/id":{"like":"x"}}'), ANSWER],
      says: ['golden.ndjson:1:', 'must be "any"'],
    },
    {
      because: 'something ignored in a body that is no JSON',
      golden: ['{"status":201,"body":"made","ignore":["/id"]}', ANSWER],
      says: ['golden.ndjson:1:29: ignore is for answers of JSON'],
    },
    {
      because: 'a request that needs its own answer',
      requests: [CREATE.replace('"path":"/orders"', '"path":"/orders/{{id}}"'), READ],
      says: ['requests.ndjson:1:', '{{id}} is captured only by requests that need it themselves', 'one of `before`'],
    },
    {
      because: 'a name that no request has',
      more: '  traffic: [{ send: [create, raed] }]\n',
      says: ['compose/orders.yaml:14:30: no request is called "raed"', 'Did you mean "read"?'],
    },
    {
      because: 'a request that the traffic never sends',
      more: '  traffic: [{ send: [create] }]\n',
      says: ['compose/orders.yaml:14:3: traffic never sends "read"'],
    },
    {
      because: 'a request without a name beside traffic',
      requests: [CREATE, READ, '{"path":"/health"}'],
      golden: [CREATED, ANSWER, '{"status":200,"body":""}'],
      more: '  traffic: [{ send: [create, read] }]\n',
      says: ['1 of 3 requests have none'],
    },
    {
      because: 'bodies that are spelled anew as well',
      more: '  respell: { spaces: true }\n',
      says: ['compose/orders.yaml:14:3: respell and values do not go together', 'Take respell out'],
    },
    {
      because: 'a value from nowhere',
      values: `${VALUES}    x: {}\n`,
      says: ['compose/orders.yaml:14:5: the value "x" comes from nowhere', '{ counter: 1 }'],
    },
    {
      because: 'a value from two places',
      values: `${VALUES}    x: { counter: 1, secret: X }\n`,
      says: ['the value "x" comes from counter and secret, and can come from one'],
    },
    {
      because: 'a value between nothing',
      values: `${VALUES}    x: { between: [9, 1] }\n`,
      says: ['compose/orders.yaml:14:19: the value "x" is between 9 and 1'],
    },
    {
      because: 'a file that is not there',
      values: `${VALUES}    x: { pick: { file: orders/no.txt } }\n`,
      says: ['is picked from orders/no.txt, and there is no such file'],
    },
    {
      because: 'a name that is none',
      values: `${VALUES}    "a b": { counter: 1 }\n`,
      says: ['"a b" must be letters, digits, _ and -'],
    },
    {
      because: 'no file of requests that go before',
      more: '  before: orders/before.ndjson\n',
      says: ['compose/orders.yaml:14:11: there is no file orders/before.ndjson'],
    },
    {
      because: 'streams from whose bodies something is captured',
      more: '  stream: true\n',
      says: ['the answers are streams, of which only headers can be captured'],
    },
  ])('$because', ({ says, because: _, ...files }) => {
    const problem = problemOf(files)
    for (const text of says) expect(problem).toContain(text)
  })

  it('a captured value in the contract, which has no answers to take it from', () => {
    const others = { 'orders/contract.ndjson': '{"name":"n","request":{"path":"/{{id}}"},"expect":{"status":400}}' }
    expect(problemOf({ more: '  contract: orders/contract.ndjson\n', others })).toContain(
      'compose/orders/contract.ndjson:1:33: {{id}} is captured from requests, and the contract has none of their answers',
    )
  })
})

describe('sampleRequests', () => {
  it('shows each request once, without its secret and with what nobody knows before', () => {
    const scenario = parse({
      values: `${VALUES}    token: { secret: ORDERS_TOKEN }\n`,
      requests: [
        CREATE.replace('"body"', '"headers":{"accept":"*/*","authorization":"Bearer {{token}}"},"body"'),
        READ,
        READ,
      ],
      golden: [CREATED, ANSWER, ANSWER],
      more: '  traffic: [{ send: [create, read] }, { weight: 2, send: [read] }]\n',
    })
    expect(sampleRequests(scenario, 1)).toEqual([
      'create: POST /orders authorization: Bearer *** {"n":1}, gives {{id}}',
      'read: GET /orders/{{id}}',
      'traffic: 1 × create, then read; 2 × read',
    ])
  })
})
