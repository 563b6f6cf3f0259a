/** The example of docs/adding-a-scenario.md for requests that need values is one that can be used. */
import { readFileSync } from 'node:fs'
import { parseScenario, sampleRequests } from '@bakeoff/core'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../../docs/adding-a-scenario.md', import.meta.url), 'utf8')
const section = page.split('## Requests that need values, or one another')[1]!
const block = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)![1]!

it('reads as it stands, in a scenario with everything else', () => {
  const ANSWER = '{"status":200,"contentType":"application/json","body":"{}"}'
  const FILES: Readonly<Record<string, string>> = {
    'r.ndjson': block('json'),
    'g.ndjson': [ANSWER, ANSWER, ANSWER].join('\n'),
    'orders/before.ndjson': '{"method":"POST","path":"/users","status":[201,409]}',
    'orders/after.ndjson': '{"method":"DELETE","path":"/users"}',
  }
  const scenario = parseScenario({
    id: 'orders',
    file: 'compose/orders.yaml',
    yaml: `services:
  target: { image: "\${TARGET_IMAGE}", cpus: 1, mem_limit: 512m }
${block('yaml')}  summary: Orders
  requests: r.ndjson
  expect: { golden: g.ndjson, compare: exact }
  load: { closed: [1] }
`,
    resolve: (path) => path,
    read: (path) => FILES[path] ?? null,
    buildable: () => true,
  })
  expect(sampleRequests(scenario, 1)).toEqual([
    'before: 1 request',
    expect.stringMatching(
      /^create: POST \/orders authorization: Bearer \*\*\* \{"key":1,"customer":"(ada|grace)","quantity":[1-9]\}, gives \{\{id\}\}$/,
    ),
    'read: GET /orders/{{id}}',
    'list: GET /orders?limit=10',
    'traffic: 1 × create, then read; 3 × list',
    'after: 1 request',
  ])
})
