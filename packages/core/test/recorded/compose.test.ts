import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { parseScenario, readCompose, scenarioText } from '../../src/index.js'

const read = (
  text: string,
  {
    targetService = null,
    folder = '',
    repository = '',
  }: { targetService?: string | null; folder?: string | null; repository?: string } = {},
) => readCompose('docker-compose.yml', text, { targetService, folder, repository })

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof BakeoffError) return error.message
    throw error
  }
  throw new Error('nothing was wrong')
}

const ORDINARY = `version: "3.9"
x-common: &common
  restart: unless-stopped
  environment:
    LOG_LEVEL: info
services:
  api:
    <<: *common
    build: .
    ports: ["127.0.0.1:3000:8000"]
    environment:
      - DATABASE_URL=postgres://app:app@db:5432/app
      - PORT=8000
    depends_on:
      migrate: { condition: service_completed_successfully }
      cache: { condition: service_started }
    healthcheck: { test: "curl -f http://localhost:8000/healthz || exit 1" }
  db:
    image: postgres:17
    environment: { POSTGRES_PASSWORD: "\${DB_PASSWORD:-app}", POSTGRES_USER: app }
    volumes: ["data:/var/lib/postgresql/data"]
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U $$POSTGRES_USER"]
      interval: 1m30s
      retries: 5
    deploy: { resources: { limits: { cpus: "0.5", memory: 512M } } }
    shm_size: 128m
  cache: { image: "redis:8", command: redis-server --save "" , expose: [6379] }
  migrate:
    build: { context: ./migrations }
    depends_on: { db: { condition: service_healthy } }
  web: { image: nginx, depends_on: [api] }
  mailhog: { image: mailhog, profiles: [dev] }
volumes: { data: {} }
`

it('has members that are merged from elsewhere, on any level, and its own before them', () => {
  const { services } = read(`x-env: &env { LOG_LEVEL: info, REGION: eu }
x-limits: &limits { limits: { cpus: "2", memory: 1g } }
services:
  api:
    image: me/api
    ports: [3000]
    environment: { <<: *env, LOG_LEVEL: warn }
    deploy: { resources: { <<: *limits } }
`)
  expect(services.target).toMatchObject({ environment: { LOG_LEVEL: 'warn', REGION: 'eu' }, cpus: 2, mem_limit: '1g' })
})

describe('an ordinary docker-compose file', () => {
  const { services, target, notes } = read(ORDINARY)

  it('has a target in the place of the service that is measured', () => {
    expect(services.target).toEqual({
      image: '${TARGET_IMAGE}',
      cpus: 1,
      mem_limit: '1g',
      environment: { DATABASE_URL: 'postgres://app:app@db:5432/app' },
      depends_on: { migrate: { condition: 'service_completed_successfully' }, cache: { condition: 'service_started' } },
    })
    expect(target).toEqual({
      service: 'api',
      image: null,
      build: { folder: '.', dockerfile: null, stage: null },
      port: 8000,
      health: '/healthz',
    })
  })

  it('has the services that it needs, in the form of a scenario', () => {
    expect(Object.keys(services)).toEqual(['target', 'db', 'cache', 'migrate'])
    expect(services.db).toEqual({
      image: 'postgres:17',
      cpus: 0.5,
      mem_limit: '512M',
      environment: { POSTGRES_PASSWORD: 'app', POSTGRES_USER: 'app' },
      healthcheck: { test: ['CMD-SHELL', 'pg_isready -U $$POSTGRES_USER'], interval: '90s', retries: 5 },
      read_only: false,
      tmpfs: ['/var/lib/postgresql/data'],
      shm_size: '128m',
    })
    expect(services.cache).toMatchObject({ command: 'redis-server --save ""' })
    expect(services.migrate).toMatchObject({
      build: '../migrations',
      depends_on: { db: { condition: 'service_healthy' } },
    })
  })

  it.each([
    'api: PORT is left out, since every run sets it.',
    'api: restart is left out, since a run does without.',
    'web is left out: it waits for api.',
    'mailhog is left out: it belongs to a profile, and api does not wait for it.',
    'db: ${DB_PASSWORD:-app} has its default, "app".',
    'db: /var/lib/postgresql/data is memory (tmpfs) in place of a volume, and empty at every start.',
    'cache: cpus: 1 and mem_limit: 1g is written, since the file has no such limit. Set what it is to have.',
  ])('says what it changed: %s', (note) => expect(notes).toContain(note))

  it('makes a scenario that is read', () => {
    const yaml = scenarioText({ name: 'orders', summary: 's', answeredBy: null, services, ignore: [], secrets: [] })
    const spec = parseScenario({
      id: 'orders',
      file: 'compose/orders.yaml',
      yaml,
      resolve: (path) => path,
      read: (path) => (path.endsWith('requests.ndjson') ? '{"path":"/"}\n' : '{"status":200,"body":"x"}\n'),
      buildable: () => true,
    })
    expect(spec.services.map(({ name }) => name)).toEqual(['db', 'cache', 'migrate'])
    expect(spec.services[0]?.healthcheck).toMatchObject({
      test: ['CMD-SHELL', 'pg_isready -U $POSTGRES_USER'],
      intervalMs: 90_000,
    })
    expect(spec.services[1]?.command).toEqual(['redis-server', '--save', ''])
  })
})

describe('the service that is measured', () => {
  it.each([
    {
      because: 'it is named',
      text: 'services: { a: { image: x }, b: { image: y } }',
      targetService: 'b',
      service: 'b',
    },
    {
      because: 'it is the only one with ports',
      text: 'services: { a: { image: x, ports: ["80"] }, b: { image: y } }',
      targetService: null,
      service: 'a',
    },
    {
      because: 'no other waits for it',
      text: 'services: { a: { image: x, ports: ["80"], depends_on: [b] }, b: { image: y, ports: ["5432"] } }',
      targetService: null,
      service: 'a',
    },
  ])('is found since $because', ({ text, targetService, service }) =>
    expect(read(text, { targetService }).target.service).toBe(service),
  )

  it.each([
    {
      text: 'services: { a: { image: x }, b: { image: y } }',
      targetService: null,
      says: 'docker-compose.yml:1:1: no service publishes ports, so it is open',
    },
    {
      text: 'services: { a: { image: x, ports: ["1"] }, b: { image: y, ports: ["2"] } }',
      targetService: null,
      says: 'a and b publish ports',
    },
    { text: 'services: { api: { image: x } }', targetService: 'apo', says: 'Did you mean "api"?' },
    {
      text: 'services: { api: { image: x } }',
      targetService: 'constructor',
      says: 'there is no service "constructor"',
    },
    { text: 'services: {}', targetService: null, says: 'no service publishes ports' },
    { text: 'nothing: 1', targetService: null, says: 'services is missing' },
  ])('is asked for: $says', ({ text, targetService, says }) =>
    expect(messageOf(() => read(text, { targetService }))).toContain(says),
  )
})

describe('what is not read is refused with its place and the form to write', () => {
  const service = (member: string) =>
    `services:\n  api: { image: x, ports: ["80"] }\n  db:\n    image: y\n    ${member}\n`
  it.each([
    { member: 'entrypoint: [x]', says: [':5:5: services.db: entrypoint is not read', 'write `command`'] },
    { member: 'env_file: .env', says: [':5:5: services.db: env_file is not read', 'environment: { KEY: value }'] },
    { member: 'privileged: true', says: [':5:5: services.db: privileged is not read'] },
    { member: 'cap_add: [ALL]', says: ['cap_add is not read'] },
    { member: 'extends: { service: z }', says: ['Write the members of the other service out.'] },
    { member: 'environment: [A]', says: [':5:19: services.db: environment: A has no value', 'Write A=value'] },
    { member: 'environment: { A: "${B}" }', says: [':5:23: services.db: ${B} is not replaced', '${B:-value}'] },
    { member: 'environment: { A: "${B:?no}" }', says: ['${B:?no} is not replaced'] },
    { member: 'command: echo $HOME', says: [':5:14: services.db: $HOME is not replaced'] },
    {
      member: 'volumes: ["./init.sql:/docker-entrypoint-initdb.d/init.sql:ro"]',
      says: [
        ':5:15: services.db: a file of the host (./init.sql)',
        'COPY init.sql /docker-entrypoint-initdb.d/init.sql',
      ],
    },
    { member: 'volumes: [{ type: bind, source: /etc, target: /x }]', says: ['a file of the host (/etc)'] },
    {
      member: 'build: { context: ./db, dockerfile: Dockerfile.dev }',
      says: ['a build by Dockerfile.dev is not read', 'Call that file Dockerfile'],
    },
    { member: 'build: { context: ./db, args: { A: 1 } }', says: ['build.args is not read'] },
    { member: 'build: /srv/db', says: ['a build from "/srv/db" is not read'] },
    { member: 'build: https://example.com/x.git', says: ['a build from "https://example.com/x.git" is not read'] },
    { member: 'build: ../../elsewhere', says: ['lies outside of the repository'] },
    { member: 'deploy: { replicas: 3 }', says: ['several replicas are not read'] },
    { member: 'cpus: many', says: ['cpus is "many"'] },
    { member: 'mem_limit: much', says: ['its memory is "much"'] },
    {
      member: 'depends_on: { api2: { condition: ready } }',
      says: ['it waits for api2 by "ready"', 'service_started, service_healthy or service_completed_successfully'],
    },
    { member: 'healthcheck: { interval: 5s }', says: ['its healthcheck has no test'] },
    { member: 'healthcheck: { test: x, interval: soon }', says: [':5:39: services.db: "soon" is no duration'] },
    {
      member: 'networks: { default: { aliases: [pg] } }',
      says: ['aliases are not read', 'write db where others speak of it'],
    },
    { member: 'hostname: pg', says: ['hostname is not read'] },
  ])('$member', ({ member, says }) => {
    const message = messageOf(() => read(service(member), { folder: 'deploy' }))
    expect(message).toContain('docker-compose.yml:')
    for (const each of says) expect(message).toContain(each)
  })

  it.each(['my_db', 'Db', 'agent'])('a name that a scenario cannot have: %s', (name) => {
    const text = `services:\n  api: { image: x, ports: ["80"] }\n  ${name}: { image: y }\n`
    expect(messageOf(() => read(text))).toContain(`:3:3: a service cannot be called "${name}" here`)
  })

  it('a folder above the project, where that is the repository', () => {
    expect(messageOf(() => read(service('build: ../db'), { folder: '' }))).toContain('lies outside of the repository')
    expect(read(service('build: ../db'), { folder: '', repository: '..' }).services.db).toMatchObject({
      build: '../../db',
    })
  })

  it('a folder of a file that lies outside of the repository', () => {
    expect(messageOf(() => read('services: { api: { build: ., ports: ["80"] } }', { folder: null }))).toContain(
      'lies outside of the repository',
    )
  })

  it('aliases that explode', () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index, all) =>
      index === 0
        ? 'a: &a [x, x, x, x, x, x, x, x]'
        : `${name}: &${name} [${Array(8)
            .fill(`*${all[index - 1]}`)
            .join(', ')}]`,
    )
    expect(messageOf(() => read(levels.join('\n')))).toContain('aliases repeat more than')
  })
})
