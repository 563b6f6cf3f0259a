/** Which services a repository holds, told by its files alone. */
import { describe, expect, it } from 'vitest'
import { findServices, readNamedServices, serviceOfImage } from '../../src/init/index.js'
import { IN_EACH_LANGUAGE, repositoryOf } from './repositories.js'

const only = (files: Readonly<Record<string, string>>) => {
  const { services } = findServices(repositoryOf({ 'services/orders': files }))
  expect(services).toHaveLength(1)
  return services[0]
}
const DOCKERFILE = 'FROM golang:1.24 AS build\nEXPOSE 1\nFROM debian\nEXPOSE 3000/tcp\n'

describe('a service', () => {
  it.each([
    { language: 'go', name: 'orders', stack: ['chi'], port: null, health: '/healthz' },
    { language: 'rust', name: 'orders-api', stack: ['axum'], port: 3000, health: null },
    { language: 'elixir', name: 'orders', stack: ['Bandit'], port: 4000, health: '/health' },
    { language: 'java', name: 'orders', stack: ['Spring Boot'], port: 9090, health: null },
    { language: 'python', name: 'orders', stack: ['FastAPI'], port: null, health: '/health' },
    { language: 'node', name: 'orders', stack: ['Fastify'], port: 3000, health: '/ping' },
  ])('in $language has its name, libraries that serve, port and health check', ({ language, ...facts }) => {
    const found = only(IN_EACH_LANGUAGE[language] as Readonly<Record<string, string>>)
    expect(found).toMatchObject({ language, ...facts, folder: 'services/orders', image: { kind: 'draft' } })
  })

  it.each([
    {
      because: 'by the standard library of Go',
      files: { 'go.mod': 'module a\n', 'a.go': 'http.ListenAndServe(":8080", nil)' },
      is: { stack: ['net/http'], port: 8080 },
    },
    {
      because: 'by that of Node',
      files: { 'package.json': '{"main":"a.js"}', 'a.js': 'createServer().listen(5000)' },
      is: { stack: ['node:http'], port: 5000, image: { draft: { start: 'node a.js' } } },
    },
    {
      because: 'by requirements.txt',
      files: { 'requirements.txt': 'Flask==3.1\ngunicorn\n', 'shop/web.py': 'web = Flask(__name__)' },
      is: { stack: ['Flask', 'gunicorn'], image: { draft: { application: 'shop.web:web' } } },
    },
    {
      because: 'by two manifests of Python',
      files: { 'pyproject.toml': '[tool.ruff]\n', 'requirements.txt': 'litestar\n' },
      is: { stack: ['Litestar'] },
    },
    {
      because: "by Poetry's table",
      files: { 'pyproject.toml': '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nstarlette = "^0.45"\n' },
      is: { stack: ['Starlette'] },
    },
    {
      because: 'by Gradle',
      files: { 'build.gradle.kts': 'implementation("io.javalin:javalin:6.4.0")' },
      is: { language: 'java', stack: ['Javalin'], image: { draft: { manifest: 'build.gradle.kts' } } },
    },
    {
      because: 'in Go, whose package.json is for tools',
      files: { 'package.json': '{}', 'go.mod': 'module a\n' },
      is: { language: 'go' },
    },
    {
      because: 'with a Dockerfile of its own',
      files: { 'go.mod': 'module a\n', Dockerfile: DOCKERFILE },
      is: { image: { kind: 'own', dockerfile: 'Dockerfile', stage: null }, port: 3000 },
    },
    {
      because: 'with a Dockerfile alone',
      files: { Dockerfile: DOCKERFILE },
      is: { language: 'go', name: 'orders', port: 3000 },
    },
    {
      because: 'with a Dockerfile of an unknown language',
      files: { Dockerfile: 'FROM scratch\nEXPOSE 80\n' },
      is: { language: 'unknown' },
    },
    {
      because: 'whose draft was made before',
      files: { 'go.mod': 'module a\n', 'Dockerfile.bakeoff': 'FROM x\n' },
      is: { image: { kind: 'own', dockerfile: 'Dockerfile.bakeoff' } },
    },
    {
      because: 'by a library that has the name of a member of every object',
      files: { 'package.json': '{"dependencies":{"constructor":"1"}}' },
      is: { stack: [] },
    },
  ])('is found $because', ({ files, is }) => expect(only(files)).toMatchObject(is))

  it.each([
    { because: 'reads PORT', text: 'const port = process.env.PORT ?? 3000; app.listen(3000)', port: null },
    { because: 'has a constant of that name', text: 'const PORT = 3000\napp.listen(PORT)', port: 3000 },
    { because: 'only asks a database', text: 'connect({ port: 5432 })', port: null },
    { because: 'says a port that is none', text: 'app.listen(99999)', port: null },
  ])('has the port $port where it $because', ({ text, port }) =>
    expect(only({ 'package.json': '{}', 'a.js': text })?.port).toBe(port),
  )
})

describe('a repository', () => {
  const serving = { 'package.json': '{"dependencies":{"express":"5"}}' }

  it('has every service that serves, and no package beside them', () => {
    const { services } = findServices(
      repositoryOf({
        'apps/a': serving,
        'packages/tools': { 'package.json': '{}' },
        'apps/b': { 'go.mod': 'module b\n', Dockerfile: DOCKERFILE },
      }),
    )
    expect(services.map(({ name, folder }) => [name, folder])).toEqual([
      ['a', 'apps/a'],
      ['b', 'apps/b'],
    ])
  })

  it('is itself the service, by the name of its folder', () =>
    expect(findServices(repositoryOf({ '.': serving })).services).toMatchObject([{ name: 'shop', folder: '.' }]))

  it.each([
    { because: 'nothing in it says what it is', folders: {} },
    {
      because: 'it has two packages, and neither serves',
      folders: { a: { 'package.json': '{}' }, b: { 'package.json': '{}' } },
    },
    { because: 'its Dockerfile exposes nothing', folders: { a: { Dockerfile: 'FROM debian\n' } } },
    { because: 'its Dockerfile makes a database', folders: { a: { Dockerfile: 'FROM postgres:17\nEXPOSE 5432\n' } } },
  ])('has no service where $because', ({ folders }) => expect(findServices(repositoryOf(folders)).services).toEqual([]))

  it('does not count a workspace, whose dependencies are those of its members', () => {
    const { services } = findServices(
      repositoryOf({
        '.': { 'Cargo.toml': '[workspace]\n[workspace.dependencies]\naxum = "0.8"\n' },
        api: IN_EACH_LANGUAGE.rust as Record<string, string>,
      }),
    )
    expect(services.map(({ folder }) => folder)).toEqual(['api'])
  })

  it.each([
    { files: ['{"name":"orders"}', 'module x/orders\n'], names: ['orders-node', 'orders-go'] },
    { files: ['{"name":"orders"}', null], names: ['orders'] },
  ])('tells services of one name apart by their languages: $names', ({ files: [node, go], names }) => {
    const folders = {
      a: { 'package.json': node as string, Dockerfile: DOCKERFILE },
      ...(go ? { b: { 'go.mod': go, Dockerfile: DOCKERFILE } } : {}),
    }
    expect(findServices(repositoryOf(folders)).services.map(({ name }) => name)).toEqual(names)
  })

  it('numbers services of one name and one language', () => {
    const orders = { 'package.json': '{"name":"orders"}', Dockerfile: DOCKERFILE }
    const { services } = findServices(repositoryOf({ a: orders, b: orders, c: orders }))
    expect(services.map(({ name }) => name)).toEqual(['orders-node', 'orders-node-2', 'orders-node-3'])
  })

  it.each([
    { because: 'ends in the middle', text: '{"name":', why: /JSON/ },
    { because: 'is a list', text: '[]', why: /no JSON object/ },
  ])('tells of a package.json that $because', ({ text, why }) => {
    const { services, unreadable } = findServices(repositoryOf({ '.': serving, 'apps/b': { 'package.json': text } }))
    expect(services).toHaveLength(1)
    expect(unreadable).toEqual([{ file: 'apps/b/package.json', why: expect.stringMatching(why) }])
  })
})

describe('a docker-compose file', () => {
  const named = readNamedServices(`
x-common: &common { restart: always }
services:
  web:
    <<: *common
    build: { context: ./services/orders, dockerfile: ./Dockerfile.prod, target: runtime }
    ports: ["127.0.0.1:8080:3000/tcp"]
    depends_on: { db: { condition: service_healthy } }
  go: { image: shop/orders-go:1, ports: [{ target: 8081, published: 80 }] }
  db: { image: postgres:17, ports: ["5432:5432"] }
  worker: { image: shop/worker:1 }
  other: { image: "\${IMAGE}", ports: [80] }
`)
  if (typeof named === 'string') throw new Error(named)

  it('names images and builds, ports inside of containers, and who waits for whom', () =>
    expect(named).toMatchObject([
      {
        name: 'web',
        image: null,
        build: { folder: 'services/orders', dockerfile: 'Dockerfile.prod', stage: 'runtime' },
        port: 3000,
        waitsFor: ['db'],
      },
      { name: 'go', image: 'shop/orders-go:1', build: null, port: 8081, publishes: true },
      { name: 'db', port: 5432 },
      { name: 'worker', publishes: false },
      { name: 'other' },
    ]))

  it('gives the Dockerfile, stage and port of a service, and images that are published and no databases', () => {
    const folders = {
      'services/orders': { 'package.json': '{"name":"orders"}', 'Dockerfile.prod': 'FROM node AS runtime\n' },
    }
    expect(findServices(repositoryOf(folders, named)).services).toMatchObject([
      { name: 'orders', port: 3000, image: { kind: 'own', dockerfile: 'Dockerfile.prod', stage: 'runtime' } },
      { name: 'go', port: 8081, image: { kind: 'as-it-is', image: 'shop/orders-go:1' } },
    ])
  })

  it('builds several services from one folder, of which the one that publishes ports is the service', () => {
    const services = readNamedServices(
      'services: { worker: { build: { context: ., target: worker } }, web: { build: { context: ., target: web }, ports: ["80:3000"] } }',
    )
    if (typeof services === 'string') throw new Error(services)
    const folders = { '.': { 'go.mod': 'module orders\n', Dockerfile: 'FROM x AS web\nFROM x AS worker\n' } }
    expect(findServices(repositoryOf(folders, services)).services).toMatchObject([
      { name: 'orders', port: 3000, image: { stage: 'web' } },
    ])
  })

  it('builds databases too, which others wait for', () => {
    const services = readNamedServices(
      'services: { web: { build: web, ports: [80], depends_on: [db] }, db: { build: db, ports: [1] } }',
    )
    if (typeof services === 'string') throw new Error(services)
    const folders = { web: { Dockerfile: 'FROM x\n' }, db: { Dockerfile: 'FROM y\n' } }
    expect(findServices(repositoryOf(folders, services)).services.map(({ name }) => name)).toEqual(['web'])
  })

  it.each([
    { build: './services/orders/', folder: 'services/orders' },
    { build: '.', folder: '.' },
    { build: '../elsewhere', folder: undefined },
    { build: '/srv/orders', folder: undefined },
    { build: 'https://example.com/orders.git', folder: undefined },
    { build: '{ context: a, dockerfile: 3 }', folder: 'a' },
  ])('builds $folder where it says $build', ({ build, folder }) =>
    expect(readNamedServices(`services: { a: { build: ${build} } }`)).toMatchObject([
      { build: folder === undefined ? null : { folder } },
    ]),
  )

  it.each(['services: {', '- a\n', 'services: 3', '', 'a: &a [*a]'])('that is none, as %s, breaks nothing', (text) => {
    const services = readNamedServices(text)
    expect(typeof services === 'string' || services.length === 0).toBe(true)
  })
})

it.each([
  { image: 'orders-node:latest', name: 'orders-node', language: 'node' },
  { image: 'registry.example:5000/shop/orders_go:1.2', name: 'orders-go', language: 'go' },
  { image: 'shop/orders@sha256:0123', name: 'orders', language: 'unknown' },
  { image: 'mcr.microsoft.com/dotnet/aspnet:9.0', name: 'aspnet', language: 'csharp' },
])('the image $image is called $name, in $language', ({ image, name, language }) =>
  expect(serviceOfImage(image)).toMatchObject({ name, language, image: { kind: 'as-it-is', image } }),
)
