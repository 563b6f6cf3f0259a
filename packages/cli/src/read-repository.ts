/** Reads as much of a repository as tells its services: manifests, Dockerfiles, the docker-compose file and small sources. */
import { type Dirent, readdirSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { readInside } from '@bakeoff/containers'
import {
  COMPOSE_FILES,
  DOCKERFILES,
  MANIFESTS,
  type NamedService,
  type Repository,
  type RepositoryFolder,
  readNamedServices,
  type Unreadable,
} from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { LEFT_OUT } from './target-files.js'

export interface ReadRepository extends Repository {
  readonly unreadable: readonly Unreadable[]
  /** the docker-compose file; null: there is none that can be read */
  readonly compose: { readonly file: string; readonly text: string } | null
  /** null: there is none */
  readonly dockerignore: string | null
}

/** Folders in which no service of the repository's own lies. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  ...LEFT_OUT,
  ...['bakeoff', 'build', 'coverage', 'docs', 'examples', 'fixtures', 'out', 'test', 'tests', 'testdata', 'vendor'],
  'venv',
])
/** Services lie at `services/orders` or `apps/backend/orders`; a repository may be large. */
const DEEPEST = 3
const MOST_FOLDERS = 2000
const SOURCE = /\.(?:py|go|rs|exs?|[cm]?[jt]s|java|kt)$|^application\.(?:ya?ml|properties)$/
/** What tells a port or a health check is small, and near. */
const DEEPEST_SOURCE = 8
const MOST_SOURCES = 300
const SOURCE_BYTES = 256 * 1024

/** @throws BakeoffError BAD_SPEC for what is no folder, or cannot be read */
export function readRepository(root: string): ReadRepository {
  const unreadable: Unreadable[] = []
  const read = (path: string): string | null => {
    try {
      return readInside(root, path)
    } catch (error) {
      unreadable.push({ file: path, why: reasonOf(error, path) })
      return null
    }
  }
  const compose = COMPOSE_FILES.map((file) => ({ file, text: read(file) })).find(({ text }) => text !== null)
  const named = compose ? readNamedServices(compose.text as string) : []
  if (typeof named === 'string') unreadable.push({ file: compose?.file as string, why: named })
  const services = typeof named === 'string' ? [] : named
  return {
    name: basename(root),
    folders: foldersOf(root).flatMap((path) => readFolder(root, path, { read, services })),
    named: services,
    unreadable,
    compose: compose && typeof named !== 'string' ? { file: compose.file, text: compose.text as string } : null,
    dockerignore: read('.dockerignore'),
  }
}

/** The folders that may be services, those that are not deep first. */
function foldersOf(root: string): string[] {
  const found = ['.']
  for (let index = 0; index < found.length && found.length < MOST_FOLDERS; index++) {
    const path = found[index] as string
    if (path !== '.' && path.split('/').length >= DEEPEST) continue
    for (const entry of entriesOf(root, path)) {
      if (entry.isDirectory() && isLookedInto(entry)) found.push(posix.join(path, entry.name))
    }
  }
  return found
}

function isLookedInto({ name }: Dirent): boolean {
  return !name.startsWith('.') && !PASSED_OVER.has(name)
}

interface Reading {
  /** from the repository; null where there is no such file, or it cannot be read */
  read(path: string): string | null
  readonly services: readonly NamedService[]
}

/** A folder with what tells whether it is a service; none where nothing does. */
function readFolder(root: string, path: string, { read, services }: Reading): RepositoryFolder[] {
  const named = services.flatMap(({ build }) => (build?.folder === path ? build.dockerfile : []))
  const entries = new Set(entriesOf(root, path).map(({ name }) => name))
  const files = new Map<string, string>()
  for (const name of new Set([...MANIFESTS, ...DOCKERFILES, ...named])) {
    // A Dockerfile that a docker-compose file names may lie deeper.
    if (!entries.has(name) && !name.includes('/')) continue
    const text = read(posix.join(path, name))
    if (text !== null) files.set(name, text)
  }
  if (files.size === 0) return []
  readSources(root, path, files)
  return [{ path, files }]
}

/** Adds small sources by their paths in the folder. What cannot be read is passed over: it would only have been a hint. */
function readSources(root: string, folder: string, files: Map<string, string>): void {
  const waiting = ['.']
  let count = 0
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    for (const entry of entriesOf(root, posix.join(folder, path))) {
      const inside = posix.join(path, entry.name)
      if (entry.isDirectory() && isLookedInto(entry) && inside.split('/').length <= DEEPEST_SOURCE) waiting.push(inside)
      if (!entry.isFile() || !SOURCE.test(entry.name) || files.has(inside)) continue
      if (count++ >= MOST_SOURCES) continue
      try {
        files.set(inside, readInside(root, posix.join(folder, inside), SOURCE_BYTES) ?? '')
      } catch (error) {
        if (!(error instanceof BakeoffError)) throw error
      }
    }
  }
}

function entriesOf(root: string, path: string): Dirent[] {
  try {
    return readdirSync(join(root, path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (cause) {
    if (path !== '.') return [] // one that cannot be read, within a repository that can
    throw new BakeoffError('BAD_SPEC', `${root} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
      hint: 'Name the folder of a repository, or go there and leave it out.',
    })
  }
}

function reasonOf(error: unknown, path: string): string {
  if (!(error instanceof BakeoffError)) throw error
  return error.message.replace(`${path} `, '')
}
