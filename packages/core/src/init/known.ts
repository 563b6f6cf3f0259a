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

/** What a library that serves HTTP is called in a stack; null: it is none that is known. */
export function serverCalled(library: string): string | null {
  return Object.hasOwn(SERVERS, library) ? (SERVERS[library] as string) : null
}

/** Images, by the last part of their names, that keep data for services or pass it on. */
const STORES: ReadonlySet<string> = new Set([
  ...['postgres', 'postgis', 'pgvector', 'timescaledb', 'mysql', 'mariadb', 'mongo', 'mongodb', 'redis', 'valkey'],
  ...['redis-stack', 'redis-stack-server', 'memcached', 'dragonfly', 'rabbitmq', 'kafka', 'cp-kafka', 'redpanda'],
  ...['zookeeper', 'nats', 'elasticsearch', 'opensearch', 'clickhouse', 'clickhouse-server', 'cassandra', 'minio'],
  ...['localstack', 'qdrant'],
])
/** Images that stand around services, and that none needs to answer. */
const TOOLS: ReadonlySet<string> = new Set([
  ...['nginx', 'traefik', 'caddy', 'haproxy', 'envoy', 'grafana', 'prometheus', 'jaeger', 'all-in-one', 'kibana'],
  ...['adminer', 'pgadmin4', 'mailhog', 'mailpit', 'vault', 'consul', 'etcd', 'keycloak', 'otel-collector'],
])

/** Whether an image is known as a database, a queue and the like. */
export function isStore(image: string): boolean {
  return STORES.has(lastPartOfImage(image).toLowerCase())
}

/** Whether an image is known as one that is no target: a store, a proxy or a tool. */
export function isSurrounding(image: string): boolean {
  return isStore(image) || TOOLS.has(lastPartOfImage(image).toLowerCase())
}

/** `orders-node` of `registry.example:5000/shop/orders-node:1.2`. */
export function lastPartOfImage(image: string): string {
  return (
    image
      .replace(/@.*$/, '')
      .replace(/:[^:/]*$/, '')
      .split('/')
      .at(-1) ?? ''
  )
}
