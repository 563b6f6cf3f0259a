/** What a docker-compose file says that targets need, in the form of a scenario. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { surroundingsOf } from '../../src/init/index.js'

const taken = (text: string, targets: readonly string[] = []) => {
  const { lines, notes } = surroundingsOf({ file: 'docker-compose.yml', text, targets, repository: '..' })
  return { services: lines === null ? null : parse(`services:\n${lines}`).services, notes: notes.join('\n') }
}

const SHOP = `
services:
  web:
    build: .
    ports: ["8080:3000"]
    environment: { PORT: 3000, DATABASE_URL: "postgres://db/shop" }
    depends_on: { db: { condition: service_healthy } }
  db:
    image: postgres:17
    environment: [POSTGRES_HOST_AUTH_METHOD=trust]
    healthcheck: { test: [CMD, pg_isready] }
    depends_on: [seed]
  seed: { image: "shop/seed:1" }
  grafana: { image: "grafana/grafana:11", ports: ["3001:3000"] }
  lonely: { image: "redis:7" }
`

describe('the surroundings of targets', () => {
  it('are what the first target waits for, and what that waits for, with its environment', () => {
    const { services } = taken(SHOP, ['web'])
    expect(Object.keys(services)).toEqual(['target', 'db', 'seed'])
    expect(services.target).toMatchObject({
      image: '${TARGET_IMAGE}',
      environment: { DATABASE_URL: 'postgres://db/shop' },
      depends_on: { db: { condition: 'service_healthy' } },
    })
    expect(services.target).not.toHaveProperty('build')
    expect(services.db).toMatchObject({ image: 'postgres:17', environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' } })
  })

  it('are databases and the like where no service of the file is a target, healthy before it where that is checked', () => {
    const { services } = taken(SHOP)
    expect(services.target.depends_on).toMatchObject({
      db: { condition: 'service_healthy' },
      lonely: { condition: 'service_started' },
    })
    expect(Object.keys(services)).toEqual(['target', 'db', 'seed', 'lonely'])
  })

  it('are built from their folders, as seen from compose/ of the project', () => {
    const { services } = taken('services: { web: { build: ., depends_on: [db] }, db: { build: ./store } }', ['web'])
    expect(services.db.build).toBe('../../store')
  })

  it('are given to other targets too, which is told', () =>
    expect(taken(`${SHOP}\n  go: { build: ./go, depends_on: [db] }\n`, ['web', 'go']).notes).toContain(
      'What targets are given is that of web in docker-compose.yml',
    ))

  it.each([
    {
      because: 'mounts a file of this machine',
      service: '{ image: "postgres:17", volumes: ["./init.sql:/docker-entrypoint-initdb.d/init.sql"] }',
    },
    { because: 'needs a variable of the environment', service: '{ image: "postgres:${VERSION}" }' },
    { because: 'is built in a folder outside of the repository', service: '{ build: ../db }' },
    {
      because: 'is built by a file that is not called Dockerfile',
      service: '{ build: { context: db, dockerfile: D } }',
    },
    { because: 'has an entrypoint', service: '{ image: "postgres:17", entrypoint: [x] }' },
  ])('are without a service that $because, and say so', ({ service }) => {
    const { services, notes } = taken(`services:\n  web: { build: ., depends_on: [db] }\n  db: ${service}\n`, ['web'])
    expect(services).toBeNull()
    expect(notes).toContain('db of docker-compose.yml is not taken over: ')
  })

  it('have what a target is given, but for what comes of the environment of this machine, which is told', () => {
    const { services, notes } = taken(
      'services: { web: { build: ., env_file: .env, environment: { LEVEL: warn, TOKEN: "${TOKEN}", COST: "$$5" } } }',
      ['web'],
    )
    expect(services.target.environment).toEqual({ LEVEL: 'warn', COST: '$$5' })
    expect(notes).toContain('web of docker-compose.yml: env_file is not read')
    expect(notes).toContain('${TOKEN} is not replaced')
  })

  it('are none where the target waits for nothing', () =>
    expect(taken('services: { web: { build: . } }', ['web'])).toEqual({ services: null, notes: '' }))

  it.each(['services: {', 'services: [a]', 'version: 3'])('are none of a file that is none, as %s', (text) => {
    const { services, notes } = taken(text)
    expect(services).toBeNull()
    expect(notes).toContain('docker-compose.yml is not taken over: ')
  })
})
