import { describe, expect, it } from 'vitest'
import { parseScenario } from '../../src/index.js'

/** The store of a scenario whose services are written so. */
function storeOf(store: string, target = '', usual = 'image: redis, cpus: 1, mem_limit: 256m') {
  const yaml = `services:
  target: { image: "\${TARGET_IMAGE}", cpus: 1, mem_limit: 512m${target} }
  db: { image: postgres, cpus: 1, mem_limit: 1g }
  store: { ${[usual, store].filter(Boolean).join(', ')} }
x-scenario:
  summary: s
  requests: r.ndjson
  expect: { golden: g.ndjson, compare: exact }
  load: { closed: [1] }
`
  const spec = parseScenario({
    id: 'mine',
    file: 'compose/mine.yaml',
    yaml,
    resolve: (path) => `/p/compose/${path}`,
    read: (path) => (path === 'r.ndjson' ? '{"path":"/"}\n' : '{"status":200,"body":"x"}\n'),
    buildable: () => true,
  })
  return { spec, store: spec.services.find(({ name }) => name === 'store')! }
}

describe('the forms of Compose mean the same here', () => {
  it.each([
    {
      because: 'a list of KEY=value',
      list: 'environment: [A=1, "B=x=y", C=]',
      map: 'environment: { A: "1", B: x=y, C: "" }',
    },
    {
      because: 'a list of services',
      list: 'depends_on: [db]',
      map: 'depends_on: { db: { condition: service_started } }',
    },
    {
      because: 'a text as a command',
      list: `command: redis-server --save "" --dir '/my data'`,
      map: 'command: [redis-server, --save, "", --dir, /my data]',
    },
    {
      because: 'what a shell would do, in a text as a command',
      list: 'command: "a && b > c"',
      map: 'command: [a, "&&", b, ">", c]',
    },
    {
      because: 'a text as a health check',
      list: 'healthcheck: { test: "redis-cli ping || exit 1" }',
      map: 'healthcheck: { test: [CMD-SHELL, "redis-cli ping || exit 1"] }',
    },
    { because: 'two dollar signs', list: 'environment: ["A=$$x"]', map: 'environment: { A: "$$x" }' },
  ])('$because', ({ list, map }) => expect(storeOf(list).store).toEqual(storeOf(map).store))

  it('two dollar signs are one, which the container sees', () => {
    const { store } = storeOf('environment: { A: a$$b }, command: [sh, -c, "echo $$HOME"]')
    expect(store).toMatchObject({ environment: { A: 'a$b' }, command: ['sh', '-c', 'echo $HOME'] })
  })

  it.each([
    { written: './db', build: '/p/compose/./db' },
    { written: '../services/db', build: '/p/compose/../services/db' },
    { written: '{ context: ../db }', build: '/p/compose/../db' },
  ])('builds $written', ({ written, build }) =>
    expect(storeOf(`build: ${written}`, '', 'cpus: 1, mem_limit: 256m').store).toMatchObject({ build, image: null }),
  )

  it.each([
    { limits: '{ cpus: "0.5", memory: 64M }', cpus: 0.5, quota: true, memoryBytes: 64 * 1024 ** 2 },
    { limits: '{ cpus: 2, memory: 1g }', cpus: 2, quota: false, memoryBytes: 1024 ** 3 },
  ])('takes caps from deploy: $limits', ({ limits, ...caps }) =>
    expect(storeOf(`image: redis, deploy: { resources: { limits: ${limits} } }`, '', '').store).toMatchObject(caps),
  )
})
