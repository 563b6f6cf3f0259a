import { parse } from 'yaml'
import { portsIn } from '../recorded/compose-ports.js'
import { type Json, mapOf } from '../recorded/schema-values.js'

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
    services = mapOf(parse(text, { merge: true, logLevel: 'error' })).services
  } catch (error) {
    return (error as Error).message.split('\n', 1)[0] as string
  }
  return Object.entries(mapOf(services)).map(([name, service]) => namedService(name, mapOf(service)))
}

function namedService(name: string, { image, build, ports, expose, depends_on }: Json): NamedService {
  const published = portsIn(ports)
  return {
    name,
    image: build === undefined && typeof image === 'string' ? image : null,
    build: namedBuild(build),
    port: [...published, ...portsIn(expose)][0] ?? null,
    publishes: published.length > 0,
    waitsFor: Array.isArray(depends_on) ? depends_on.map(String) : Object.keys(mapOf(depends_on)),
  }
}

function namedBuild(build: unknown): NamedBuild | null {
  if (build === undefined || build === null) return null
  const { context = '.', dockerfile, target } = typeof build === 'string' ? { context: build } : mapOf(build)
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
