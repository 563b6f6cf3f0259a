/** What init writes for which kind of repository, and that the parsers of the project accept all of it. */
import { goldenLine, requestLine } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FoundService, findServices, type InitPlan, planFiles, serviceOfImage } from '../../src/init/index.js'
import { parseMatrix } from '../../src/parse/matrix.js'
import { parseScenario } from '../../src/parse/scenario.js'
import { parseTarget } from '../../src/parse/target.js'
import { IN_EACH_LANGUAGE, repositoryOf } from './repositories.js'

const planned = (services: readonly FoundService[], dockerignore: string | null = null): InitPlan =>
  planFiles({ repository: 'shop', services, surroundings: null, dockerignore })
const plannedFor = (folders: Parameters<typeof repositoryOf>[0]) =>
  planned(findServices(repositoryOf(folders)).services)
const textOf = ({ files }: InitPlan, path: string) => {
  const file = files.find((one) => one.path === path)
  if (file === undefined) throw new Error(`no ${path} among ${files.map((one) => one.path).join(', ')}`)
  return file.text
}

const ALWAYS = (scenario: string) => [
  'bakeoff/matrix.yaml',
  `bakeoff/compose/${scenario}.yaml`,
  `bakeoff/compose/${scenario}/requests.ndjson`,
  `bakeoff/compose/${scenario}/golden.ndjson`,
]

describe('the files', () => {
  const orders = IN_EACH_LANGUAGE.go as Readonly<Record<string, string>>
  it.each([
    {
      kind: 'a service in a folder',
      folders: { 'services/orders': orders },
      scenario: 'orders',
      files: [
        'bakeoff/targets/orders/target.yaml',
        'services/orders/Dockerfile.bakeoff',
        'services/orders/Dockerfile.bakeoff.dockerignore',
      ],
    },
    {
      kind: 'a repository that is the service',
      folders: { '.': orders },
      scenario: 'orders',
      files: ['bakeoff/targets/orders/target.yaml', 'Dockerfile.bakeoff', 'Dockerfile.bakeoff.dockerignore'],
    },
    {
      kind: 'a service with a Dockerfile',
      folders: { orders: { ...orders, Dockerfile: 'FROM golang\n' } },
      scenario: 'orders',
      files: ['bakeoff/targets/orders/target.yaml'],
    },
    {
      kind: 'two services, of which one has a Dockerfile',
      folders: {
        a: { ...orders, Dockerfile: 'FROM golang\n' },
        b: IN_EACH_LANGUAGE.node as Readonly<Record<string, string>>,
      },
      scenario: 'shop',
      files: [
        'bakeoff/targets/orders-go/target.yaml',
        'bakeoff/targets/orders-node/target.yaml',
        'b/Dockerfile.bakeoff',
        'b/Dockerfile.bakeoff.dockerignore',
      ],
    },
  ])('of $kind', ({ folders, scenario, files }) => {
    const plan = plannedFor(folders)
    expect(plan.files.map(({ path }) => path)).toEqual([...ALWAYS(scenario), ...files, 'bakeoff/.gitignore'])
  })

  it('of images are their targets alone', () => {
    const plan = planned([serviceOfImage('shop/orders-node:1'), serviceOfImage('shop/orders-go:1')])
    expect(plan.targets).toEqual(['orders-node', 'orders-go'])
    expect(plan.files).toHaveLength(ALWAYS('shop').length + 3)
    expect(textOf(plan, 'bakeoff/targets/orders-go/target.yaml')).toContain('\nimage: "shop/orders-go:1"\n')
  })

  it.each(['base', 'wrk', 'null-server'])(
    'of a service that is called %s leave the folder of the program alone',
    (name) => {
      const plan = planned([{ ...serviceOfImage('x'), name }])
      expect(plan.scenario).toBe(`${name}-requests`)
      expect(plan.targets).toEqual([name])
    },
  )
})

describe('a target', () => {
  it.each([
    {
      because: 'its own Dockerfile',
      files: { 'go.mod': 'module a\n', Dockerfile: 'FROM x\nEXPOSE 3000\n' },
      has: ['build: ../../../a\n', 'port: 3000 '],
    },
    {
      because: 'a draft',
      files: { 'go.mod': 'module a\n' },
      has: ['build: { context: ../../../a, dockerfile: Dockerfile.bakeoff }', '# port: 3000', '# health:'],
    },
    {
      because: 'hex, which not every machine reaches',
      files: IN_EACH_LANGUAGE.elixir as Readonly<Record<string, string>>,
      has: ['requires: [hex]', 'port: 4000 ', 'health: { path: /health }'],
    },
  ])('says how it is built by $because', ({ files, has }) => {
    const plan = plannedFor({ a: files })
    for (const text of has) expect(textOf(plan, `bakeoff/targets/${plan.targets[0]}/target.yaml`)).toContain(text)
  })
})

describe('a drafted Dockerfile', () => {
  it.each([
    { language: 'go', has: ['FROM bakeoff/toolchains/go AS build', 'ENV PORT=8080 CORES=1'] },
    { language: 'rust', has: ['install -D target/release/orders_api /out/server', 'EXPOSE 3000'] },
    { language: 'elixir', has: ['mix release', 'ENTRYPOINT ["/app/bin/orders"]'] },
    { language: 'java', has: ['mvn --batch-mode', 'EXPOSE 9090'] },
    { language: 'python', has: ['uvicorn orders.api:application --host 0.0.0.0 --port $PORT --workers $CORES'] },
    { language: 'node', has: ['CMD ["node", "src/server.js"]', 'EXPOSE 3000'] },
  ])('for $language stands on its toolchain, serves as user 10001, and starts what was found', ({ language, has }) => {
    const text = textOf(
      plannedFor({ '.': IN_EACH_LANGUAGE[language] as Readonly<Record<string, string>> }),
      'Dockerfile.bakeoff',
    )
    for (const part of [...has, 'USER 10001:10001']) expect(text).toContain(part)
    // Both of Docker's builders take it.
    expect(text).not.toContain('<<')
    expect(text.match(/--mount=(?!type=cache)/)).toBeNull()
  })

  it.each([
    { start: 'node dist/server.js', cmd: 'CMD ["node", "dist/server.js"]' },
    {
      start: 'NODE_ENV=production node a.js && true',
      cmd: 'CMD ["sh", "-c", "NODE_ENV=production node a.js && true"]',
    },
    { start: 'node a.js\nUSER root', cmd: 'CMD ["sh", "-c", "node a.js\\nUSER root"]' },
  ])('starts %j in one line', ({ start, cmd }) => {
    const text = textOf(
      plannedFor({ '.': { 'package.json': JSON.stringify({ scripts: { start } }) } }),
      'Dockerfile.bakeoff',
    )
    expect(text.split('\n')).toContain(cmd)
    expect(text).not.toMatch(/^USER root/m)
  })

  it.each([
    { stack: 'flask', command: 'exec flask --app shop.web:web run --host 0.0.0.0 --port $PORT' },
    { stack: 'flask\ngunicorn', command: 'exec gunicorn shop.web:web --bind 0.0.0.0:$PORT --workers $CORES' },
    { stack: 'django', command: 'exec python manage.py runserver --noreload 0.0.0.0:$PORT' },
    {
      stack: 'starlette\ngranian',
      command: 'exec granian --interface asgi --host 0.0.0.0 --port $PORT --workers $CORES shop.web:web',
    },
    { stack: 'aiohttp', command: 'exec python main.py' },
  ])('for Python with $stack serves by $command', ({ stack, command }) => {
    const files = { 'requirements.txt': stack, 'shop/web.py': 'web = Flask(__name__)' }
    expect(textOf(plannedFor({ '.': files }), 'Dockerfile.bakeoff')).toContain(`CMD ["sh", "-c", "${command}"]`)
  })

  it('of Gradle takes its wrapper', () =>
    expect(textOf(plannedFor({ '.': { 'build.gradle': '' } }), 'Dockerfile.bakeoff')).toContain('./gradlew'))

  it('leaves out what a build makes, and the reports of the project', () => {
    const text = textOf(
      plannedFor({ '.': IN_EACH_LANGUAGE.node as Readonly<Record<string, string>> }),
      'Dockerfile.bakeoff.dockerignore',
    )
    expect(text.split('\n')).toEqual(expect.arrayContaining(['bakeoff', '.git', '**/node_modules']))
  })
})

describe('what a user is told', () => {
  const own = { 'go.mod': 'module a\n', Dockerfile: 'FROM x\n', 'a.go': '"/healthz"' }
  it.each([
    {
      because: 'a Dockerfile is a draft',
      folders: { a: { 'go.mod': 'module a\n', 'a.go': '"/healthz"' } },
      dockerignore: null,
      says: ['a has no Dockerfile: look at Dockerfile.bakeoff, which is a draft.'],
    },
    {
      because: 'no health check is found',
      folders: { a: { ...own, 'a.go': '' } },
      dockerignore: null,
      says: [expect.stringContaining('No health check was found for a')],
    },
    {
      because: 'reports would be part of what is built',
      folders: { '.': own },
      dockerignore: 'node_modules\n',
      says: [expect.stringContaining('add the line "bakeoff" to .dockerignore')],
    },
    { because: 'all is well', folders: { '.': own }, dockerignore: '/bakeoff/\n', says: [] },
    {
      because: 'several services have one scenario',
      folders: { a: own, b: { ...own, 'go.mod': 'module b\n' } },
      dockerignore: null,
      says: [expect.stringContaining('One scenario is there for 2 targets')],
    },
  ])('when $because', ({ folders, dockerignore, says }) =>
    expect(planned(findServices(repositoryOf(folders)).services, dockerignore).notes).toEqual(says),
  )
})

/** Parses every file of a plan as the program does, with the texts of the plan beside it. */
function accept(plan: InitPlan): void {
  const { scenario, targets } = plan
  const brought = { default: {} as never, quick: {} as never }
  parseMatrix('matrix.yaml', textOf(plan, 'bakeoff/matrix.yaml'), [scenario], brought)
  const spec = parseScenario({
    id: scenario,
    file: `compose/${scenario}.yaml`,
    yaml: textOf(plan, `bakeoff/compose/${scenario}.yaml`),
    resolve: (path) => `/bakeoff/compose/${path}`,
    read: (path) => textOf(plan, `bakeoff/compose/${path}`),
    buildable: () => true,
  })
  expect([spec.requests.length, spec.golden.length]).toEqual([1, 1])
  for (const name of targets) {
    const folder = `/shop/bakeoff/targets/${name}`
    const target = parseTarget({
      name,
      folder,
      file: `targets/${name}/target.yaml`,
      yaml: textOf(plan, `bakeoff/targets/${name}/target.yaml`),
      dockerfile: null,
      lookAt: ({ context, stage }) => ({ context: `${folder}/${context}`, dockerfile: `FROM x AS ${stage ?? 'x'}\n` }),
    })
    expect(target.scenarios).toEqual([scenario])
  }
}

describe('the parsers of the project accept', () => {
  it.each(Object.keys(IN_EACH_LANGUAGE))('what is written for a service in %s', (language) =>
    accept(plannedFor({ 'services/orders': IN_EACH_LANGUAGE[language] as Readonly<Record<string, string>> })),
  )

  it('what is written for all of them at once, and for an image', () => {
    const { services } = findServices(repositoryOf(IN_EACH_LANGUAGE))
    accept(planned([...services, serviceOfImage('registry.example:5000/shop/orders:1')]))
  })

  it('the requests and answers of a scenario', () => {
    const plan = plannedFor({ a: IN_EACH_LANGUAGE.node as Readonly<Record<string, string>> })
    expect(requestLine.parse(JSON.parse(textOf(plan, 'bakeoff/compose/orders/requests.ndjson'))).path).toBe('/ping')
    expect(goldenLine.parse(JSON.parse(textOf(plan, 'bakeoff/compose/orders/golden.ndjson'))).status).toBe(200)
  })

  it('what is written for any folder, name, library, port and stage', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    const word = fc.stringMatching(/^[A-Za-z0-9][\w.-]*$/)
    const service = fc.record({
      name: fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/),
      folder: fc.oneof(
        fc.constant('.'),
        text.filter((path) => !/[\0/]/.test(path)),
      ),
      language: fc.constantFrom('go', 'node', 'unknown'),
      stack: fc.array(text, { maxLength: 3 }),
      image: fc.oneof(
        fc.record({ kind: fc.constant('own' as const), dockerfile: text, stage: fc.option(word) }),
        fc.record({
          kind: fc.constant('draft' as const),
          draft: fc.record({
            language: fc.constantFrom(
              'go' as const,
              'node' as const,
              'python' as const,
              'rust' as const,
              'elixir' as const,
              'java' as const,
            ),
            manifest: fc.constantFrom('pom.xml', 'build.gradle'),
            named: fc.option(text),
            start: fc.option(text),
            application: fc.constant(null),
          }),
        }),
      ),
      port: fc.option(fc.integer({ min: 1, max: 65_535 })),
      health: fc.constantFrom(null, '/healthz'),
    })
    fc.assert(fc.property(fc.array(service, { minLength: 1, maxLength: 4 }), (services) => accept(planned(services))))
  })
})
