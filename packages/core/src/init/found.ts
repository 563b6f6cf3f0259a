import { type Language, MANIFESTS, readManifest } from './manifests.js'

/** A service that a repository holds, as far as its files tell. */
export interface FoundService {
  /** what its target is called: lower-case letters, digits and hyphens */
  readonly name: string
  /** relative to the repository; `.` for the repository itself */
  readonly folder: string
  readonly language: Language
  /** the libraries among its own that serve HTTP; empty where none is known */
  readonly stack: readonly string[]
  /** how it is started, where a manifest says */
  readonly start: string | null
  readonly hasDockerfile: boolean
  /** where it listens, when its Dockerfile says */
  readonly port: number | null
  /** a path in its sources that looks like a health check; null: none */
  readonly health: string | null
}

/** A folder of a repository, with the texts of its small files by their names. */
export interface RepositoryFolder {
  /** relative to the repository; `.` for the repository itself */
  readonly path: string
  readonly files: ReadonlyMap<string, string>
}

/** Libraries that serve HTTP, by what they are called in a stack. */
const SERVERS: Readonly<Record<string, string>> = {
  fastapi: 'FastAPI',
  flask: 'Flask',
  django: 'Django',
  starlette: 'Starlette',
  litestar: 'Litestar',
  aiohttp: 'aiohttp',
  uvicorn: 'uvicorn',
  gunicorn: 'gunicorn',
  granian: 'Granian',
  fastify: 'Fastify',
  express: 'Express',
  koa: 'Koa',
  hono: 'Hono',
  '@hapi/hapi': 'hapi',
  '@nestjs/core': 'Nest',
  'github.com/gin-gonic/gin': 'Gin',
  'github.com/labstack/echo/v4': 'Echo',
  'github.com/go-chi/chi/v5': 'chi',
  'github.com/gofiber/fiber/v2': 'Fiber',
  'github.com/gofiber/fiber/v3': 'Fiber',
  'github.com/valyala/fasthttp': 'fasthttp',
  axum: 'axum',
  'actix-web': 'Actix Web',
  hyper: 'hyper',
  rocket: 'Rocket',
  warp: 'warp',
  phoenix: 'Phoenix',
  plug_cowboy: 'Cowboy',
  bandit: 'Bandit',
  'spring-boot-starter-web': 'Spring Boot',
  'spring-boot-starter-webflux': 'Spring WebFlux',
  'quarkus-rest': 'Quarkus',
  'micronaut-http-server-netty': 'Micronaut',
  'helidon-webserver': 'Helidon',
  javalin: 'Javalin',
  'vertx-web': 'Vert.x',
}

/** Paths that services answer while they are well, the usual ones first. */
const HEALTH_PATHS = ['/healthz', '/health', '/readyz', '/ready', '/livez', '/live', '/ping', '/status']

/**
 * The services of a repository: every folder with a manifest and either a library that serves or a Dockerfile; where there is none
 * the one folder that has a manifest, if it is one.
 */
export function findServices(folders: readonly RepositoryFolder[]): FoundService[] {
  const found = folders.flatMap((folder) => serviceIn(folder) ?? [])
  const serving = found.filter(({ stack, hasDockerfile }) => stack.length > 0 || hasDockerfile)
  return unique(serving.length > 0 ? serving : found.length === 1 ? found : [])
}

function serviceIn({ path, files }: RepositoryFolder): FoundService | null {
  const file = MANIFESTS.find((name) => files.has(name))
  const manifest = file === undefined ? null : readManifest(file, files.get(file) as string)
  if (manifest === null) return null
  const dockerfile = files.get('Dockerfile')
  return {
    name: asName(manifest.name ?? path.split('/').at(-1) ?? ''),
    folder: path,
    language: manifest.language,
    stack: manifest.libraries.flatMap((library) => SERVERS[library] ?? []),
    start: manifest.start,
    hasDockerfile: dockerfile !== undefined,
    port: dockerfile === undefined ? null : exposedIn(dockerfile),
    health: healthIn(files),
  }
}

/** A text as the name of a target; `service` where nothing of it is left. */
function asName(text: string): string {
  return (
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'service'
  )
}

/** The port that the last stage of a Dockerfile exposes. */
function exposedIn(dockerfile: string): number | null {
  const last = dockerfile.split(/^FROM /im).at(-1) as string
  const port = Number(/^EXPOSE\s+(\d+)/im.exec(last)?.[1])
  return port > 0 && port < 65_536 ? port : null
}

function healthIn(files: ReadonlyMap<string, string>): string | null {
  const texts = [...files.values()]
  return HEALTH_PATHS.find((path) => texts.some((text) => new RegExp(`["'\`]${path}["'\`]`).test(text))) ?? null
}

/** Two services of one name, as `orders` in Go and in Java, have their languages in their names; what is still the same has a number. */
function unique(services: readonly FoundService[]): FoundService[] {
  const count = (name: string, among: readonly FoundService[]) => among.filter((one) => one.name === name).length
  const told = services.map((one) =>
    count(one.name, services) > 1 && !one.name.includes(one.language)
      ? { ...one, name: `${one.name}-${one.language}` }
      : one,
  )
  return told.map((one, index) => {
    const before = count(one.name, told.slice(0, index))
    return before === 0 ? one : { ...one, name: `${one.name}-${before + 1}` }
  })
}
