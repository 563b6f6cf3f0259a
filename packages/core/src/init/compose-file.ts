import { parse } from 'yaml'

/** What a docker-compose file says of one service, as far as finding it needs. Nothing is refused here: what is not understood is passed over. */
export interface NamedService {
  readonly name: string
  readonly image: string | null
  readonly build: NamedBuild | null
  /** the first port inside of the container that is published or exposed; null: none is */
  readonly port: number | null
  readonly publishes: boolean
  /** names of the services that it waits for */
  readonly waitsFor: readonly string[]
}

export interface NamedBuild {
  /** from the folder of the file, with `/`; `.` for that folder */
  readonly folder: string
  readonly dockerfile: string
  /** the stage; null: the last one */
  readonly stage: string | null
}

/** By which a docker-compose file is found, the usual names first. */
export const COMPOSE_FILES = ['docker-compose.yml', 'docker-compose.yaml', 'compose.yaml', 'compose.yml'] as const

/** The services of a docker-compose file; the reason as a text where it cannot be read. */
export function readNamedServices(text: string): NamedService[] | string {
  let services: unknown
  try {
    services = membersOf(parse(text, { merge: true })).services
  } catch (error) {
    return (error as Error).message.split('\n', 1)[0] as string
  }
  return Object.entries(membersOf(services)).map(([name, service]) => namedService(name, membersOf(service)))
}

type Members = Readonly<Record<string, unknown>>

function namedService(name: string, { image, build, ports, expose, depends_on }: Members): NamedService {
  const published = portsIn(ports)
  return {
    name,
    image: build === undefined && typeof image === 'string' ? image : null,
    build: namedBuild(build),
    port: [...published, ...portsIn(expose)][0] ?? null,
    publishes: published.length > 0,
    waitsFor: Array.isArray(depends_on) ? depends_on.map(String) : Object.keys(membersOf(depends_on)),
  }
}

function namedBuild(build: unknown): NamedBuild | null {
  if (build === undefined || build === null) return null
  const { context = '.', dockerfile, target } = typeof build === 'string' ? { context: build } : membersOf(build)
  const folder = folderOf(String(context))
  if (folder === null) return null
  return {
    folder,
    dockerfile: typeof dockerfile === 'string' ? dockerfile.replace(/^\.\//, '') : 'Dockerfile',
    stage: typeof target === 'string' ? target : null,
  }
}

/** `services/orders` of `./services/orders/`; null for what does not lie below the folder of the file. */
function folderOf(context: string): string | null {
  const parts = context.split('/').filter((part) => part !== '' && part !== '.')
  if (context.startsWith('/') || context.includes('$') || context.includes(':') || parts.includes('..')) return null
  return parts.join('/') || '.'
}

/** The ports inside of containers: 3000 of `3000`, `"8080:3000"`, `"127.0.0.1:8080:3000/tcp"` and `{ target: 3000 }`. */
function portsIn(ports: unknown): number[] {
  if (!Array.isArray(ports)) return []
  return ports
    .map((one) => {
      const inside = typeof one === 'object' ? membersOf(one).target : one
      return Number(/(\d+)(?:\/\w+)?$/.exec(String(inside))?.[1])
    })
    .filter(isPort)
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536
}

function membersOf(value: unknown): Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Members) : {}
}
