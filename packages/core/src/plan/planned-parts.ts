/** The parts of a plan that are made from one part of the project: an entry from a variant of a target, a service from one of a scenario. */
import { createHash } from 'node:crypto'
import { posix, relative } from 'node:path'
import type {
  Caps,
  CoreAssignment,
  ImageFrom,
  PlannedEntry,
  PlannedScenario,
  PlannedService,
  ServiceSpec,
  VariantSpec,
} from '@bakeoff/model'
import { type Candidate, entryIdOf } from './select.js'

export function planEntry({ target, variant }: Candidate, scenario: PlannedScenario, root: string): PlannedEntry {
  return {
    id: entryIdOf(scenario.id, { target, variant }),
    scenario: scenario.id,
    target: target.name,
    variant: variant.name,
    variantSummary: variant.summary,
    language: target.language,
    stack: [...target.stack],
    summary: target.summary,
    requires: [...target.requires],
    ...(target.neverRun === undefined ? {} : { neverRun: target.neverRun }),
    folder: relative(root, target.folder),
    image: target.image ?? `bakeoff/target/${target.name}`,
    ...(target.imageFrom ? { imageFrom: within(root, target.imageFrom) } : {}),
    ...(target.reach ? { reach: target.reach } : {}),
    ...(target.tmpfs ? { tmpfs: [...target.tmpfs] } : {}),
    caps: scenario.targetCaps,
    replicas: variant.replicas,
    proxy: variant.proxy,
    command: variant.command === null ? null : [...variant.command],
    environment: { ...scenario.targetEnvironment, ...variant.env },
    readyTimeoutMs: target.readyTimeoutMs,
    role: variant.role,
    standIn: variant.standIn,
    ...(variant.services ? { services: withFolders(scenario.services, variant.services) } : {}),
  }
}

/** With its folder relative to the project. */
function within(root: string, from: ImageFrom): ImageFrom {
  return from.kind === 'build' ? { ...from, context: relative(root, from.context) || '.' } : from
}

/** Services of a scenario as a variant has them: those that it names are built from its folders, with everything else as it is there. */
function withFolders(
  services: readonly PlannedService[],
  folders: NonNullable<VariantSpec['services']>,
): PlannedService[] {
  return services.map((service) => {
    const folder = folders[service.name]
    if (folder === undefined) return service
    return { ...service, build: posix.join('compose', folder), image: posix.join('bakeoff', folder) }
  })
}

export function planService(service: ServiceSpec, cores: CoreAssignment, root: string): PlannedService {
  return {
    name: service.name,
    build: service.build === null ? null : relative(root, service.build),
    image: service.build === null ? (service.image as string) : imageOfFolder(service.build, root),
    caps: capsOf(service, cores.services[service.name] ?? []),
    requestedCpus: service.cpus,
    environment: { ...service.environment },
    command: service.command === null ? null : [...service.command],
    dependsOn: service.dependsOn.map((dependency) => ({ ...dependency })),
    healthcheck: service.healthcheck === null ? null : { ...service.healthcheck, test: [...service.healthcheck.test] },
    readOnly: service.readOnly,
    tmpfs: [...service.tmpfs],
    shmBytes: service.shmBytes,
    user: service.user,
  }
}

/** The name of the image of a folder: its path in compose/, and for one that lies elsewhere in the project letters of its path and a digest of it. */
function imageOfFolder(folder: string, root: string): string {
  const inCompose = relative(`${root}/compose`, folder)
  if (!inCompose.startsWith('..')) return `bakeoff/${inCompose}`
  const path = relative(root, folder)
  const letters = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return `bakeoff/elsewhere/${letters === '' ? '' : `${letters}-`}${createHash('sha256').update(path).digest('hex').slice(0, 8)}`
}

/** The caps of a service on these cores: by quota where there are more of them than it asks for, else the cores themselves. */
export function capsOf(service: ServiceSpec, cpuset: readonly number[]): Caps {
  const quotaCpus = service.quota && service.cpus < cpuset.length ? service.cpus : null
  return {
    cpus: quotaCpus ?? cpuset.length,
    cpuset: [...cpuset],
    quotaCpus,
    memoryBytes: service.memoryBytes,
  }
}
