import { isPort } from '../recorded/compose-ports.js'
import type { NamedService } from './compose-file.js'
import { isSurrounding, lastPartOfImage, serverCalled } from './known.js'
import { basesOf, languageOfDockerfile, languageOfImage, UNKNOWN_LANGUAGE } from './languages.js'
import { type Language, MANIFESTS, type Manifest, readManifest, type Unreadable } from './manifests.js'
import { healthPathIn, pythonApplicationIn, type Sources, standardServersIn, writtenPortIn } from './source-signs.js'

/** A service that a repository holds, as far as its files tell. */
export interface FoundService {
  /** what its target is called: lower-case letters, digits and hyphens */
  readonly name: string
  /** from the repository, with `/`; `.` for the repository itself, and for an image */
  readonly folder: string
  readonly language: string
  /** the libraries among its own that serve HTTP; empty where none is known */
  readonly stack: readonly string[]
  readonly image: FoundImage
  /** where it listens, when a file says so; null: PORT is to say it */
  readonly port: number | null
  /** a path in its sources that looks like a health check; null: none */
  readonly health: string | null
}

/** What the image of a service is made of. */
export type FoundImage =
  | { readonly kind: 'as-it-is'; readonly image: string }
  | { readonly kind: 'own'; readonly dockerfile: string; readonly stage: string | null }
  | { readonly kind: 'draft'; readonly draft: Draft }

/** What a Dockerfile is drafted of. */
export interface Draft {
  readonly language: Language
  /** the file that told the language */
  readonly manifest: string
  /** what the manifest calls it; null: it does not */
  readonly named: string | null
  readonly start: string | null
  /** of a Python service, as servers take it: `main:app` */
  readonly application: string | null
}

/** What a repository holds, as far as it was read. */
export interface Repository {
  /** the name of its folder */
  readonly name: string
  readonly folders: readonly RepositoryFolder[]
  /** of its docker-compose file; empty without one */
  readonly named: readonly NamedService[]
}

/** A folder of a repository that may be a service. */
export interface RepositoryFolder {
  /** from the repository, with `/`; `.` for the repository itself */
  readonly path: string
  /** manifests, Dockerfiles and sources, by their paths in the folder */
  readonly files: Sources
}

export interface Found {
  readonly services: readonly FoundService[]
  readonly unreadable: readonly Unreadable[]
}

/** The Dockerfile that init drafts, beside the manifest: a service may get one of its own later. */
export const DRAFT = 'Dockerfile.bakeoff'
/** By which a Dockerfile is found; what init drafted once, and its user corrected, first. */
export const DOCKERFILES = [DRAFT, 'Dockerfile'] as const

/**
 * The services of a repository: every folder with a manifest and either a library that serves or a Dockerfile, every folder with a Dockerfile that
 * exposes a port, and images of the docker-compose file that are no databases and the like. Where there is none, the one folder that has a manifest, if it is one.
 */
export function findServices({ name, folders, named }: Repository): Found {
  const unreadable: Unreadable[] = []
  const found = folders.flatMap((folder) => serviceIn(folder, { repository: name, named, unreadable }) ?? [])
  const serving = found.filter(({ stack, image }) => stack.length > 0 || image.kind !== 'draft')
  const images = named.flatMap((one) => imageOf(one, named) ?? [])
  const services = [...(serving.length + images.length > 0 ? serving : found.length === 1 ? found : []), ...images]
  return { services: unique(services), unreadable }
}

/** A service that is an image, as its user names it. */
export function serviceOfImage(image: string): FoundService {
  return {
    name: asName(lastPartOfImage(image)),
    folder: '.',
    language: languageOfImage(image),
    stack: [],
    image: { kind: 'as-it-is', image },
    port: null,
    health: null,
  }
}

interface Surroundings {
  /** the name of the repository */
  readonly repository: string
  readonly named: readonly NamedService[]
  readonly unreadable: Unreadable[]
}

function serviceIn({ path, files }: RepositoryFolder, surroundings: Surroundings): FoundService | null {
  const manifest = manifestIn(path, files, surroundings.unreadable)
  const named = builtIn(path, surroundings.named)[0]
  const own = dockerfileIn(files, named)
  const exposed = own === null ? null : exposedIn(files.get(own.dockerfile) as string)
  const port = named?.port ?? exposed ?? (manifest === null ? null : writtenPortIn(files))
  if (
    manifest === null &&
    (own === null || port === null || !isService(files.get(own.dockerfile), named, surroundings))
  )
    return null
  const language = manifest?.language ?? languageOfDockerfile(files.get(own?.dockerfile ?? '') ?? '')
  const folderName = path === '.' ? surroundings.repository : (path.split('/').at(-1) as string)
  const draft = manifest && {
    language: manifest.language,
    manifest: manifest.file,
    named: manifest.name,
    start: manifest.start,
    application: manifest.language === 'python' ? pythonApplicationIn(files) : null,
  }
  return {
    name: asName(manifest?.name ?? (manifest ? folderName : (named?.name ?? folderName))),
    folder: path,
    language,
    stack: manifest === null ? [] : stackOf(manifest, files),
    image: own ? { kind: 'own', ...own } : { kind: 'draft', draft: draft as Draft },
    port,
    health: healthPathIn(files),
  }
}

/** The services of a docker-compose file that are built from a folder, such as `web` and a worker beside it: those that publish ports first. */
export function builtIn(folder: string, named: readonly NamedService[]): NamedService[] {
  return named.filter(({ build }) => build?.folder === folder).sort((a, b) => Number(b.publishes) - Number(a.publishes))
}

/** Whether a Dockerfile without a manifest is that of a service, and not of a database that others wait for. */
function isService(dockerfile = '', named: NamedService | undefined, { named: all }: Surroundings): boolean {
  return !isSurrounding(basesOf(dockerfile).at(-1) ?? '') && !(named && isAwaited(named.name, all))
}

function isAwaited(name: string, all: readonly NamedService[]): boolean {
  return all.some(({ waitsFor }) => waitsFor.includes(name))
}

/** The libraries that serve; what the language brings along for it where there is none. */
function stackOf({ libraries, language }: Manifest, files: Sources): string[] {
  const servers = [...new Set(libraries.flatMap((library) => serverCalled(library) ?? []))]
  return servers.length > 0 ? servers : standardServersIn(language, files)
}

/** What the manifests of a folder say together: the first of them tells the language, and others of that language have libraries too. */
function manifestIn(path: string, files: Sources, unreadable: Unreadable[]): (Manifest & { file: string }) | null {
  const read = MANIFESTS.filter((file) => files.has(file)).flatMap((file) => {
    const manifest = readManifest(file, files.get(file) as string)
    if (typeof manifest !== 'string') return [{ ...manifest, file }]
    unreadable.push({ file: path === '.' ? file : `${path}/${file}`, why: manifest })
    return []
  })
  const [first] = read
  if (first === undefined) return null
  const alike = read.filter(({ language }) => language === first.language)
  return { ...first, libraries: alike.flatMap(({ libraries }) => libraries) }
}

/** The Dockerfile of a folder, which a docker-compose file may name; null: there is none. */
function dockerfileIn(
  files: Sources,
  named: NamedService | undefined,
): { readonly dockerfile: string; readonly stage: string | null } | null {
  const build = named?.build
  if (build && files.has(build.dockerfile)) return { dockerfile: build.dockerfile, stage: build.stage }
  const dockerfile = DOCKERFILES.find((name) => files.has(name))
  return dockerfile === undefined ? null : { dockerfile, stage: null }
}

/** An image of a docker-compose file that is published, that no other service waits for, and that is not known as a database and the like. */
function imageOf({ name, image, port, publishes }: NamedService, all: readonly NamedService[]): FoundService | null {
  if (image === null || image.includes('$') || !publishes || isAwaited(name, all) || isSurrounding(image)) return null
  return { ...serviceOfImage(image), name: asName(name), port }
}

/** A text as the name of a target; `service` where nothing of it is left. */
export function asName(text: string): string {
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
  return isPort(port) ? port : null
}

/** Two services of one name, as `orders` in Go and in Java, have their languages in their names; what is still the same has a number. */
export function unique(services: readonly FoundService[]): FoundService[] {
  const names = new Set<string>()
  return services.map((one) => {
    const isShared = services.filter(({ name }) => name === one.name).length > 1
    const isTold = one.language === UNKNOWN_LANGUAGE || one.name.split('-').includes(one.language)
    const told = isShared && !isTold ? `${one.name}-${one.language}` : one.name
    let name = told
    for (let number = 2; names.has(name); number++) name = `${told}-${number}`
    names.add(name)
    return { ...one, name }
  })
}
