import { createHash } from 'node:crypto'
import { createReadStream, type Dirent } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BakeoffError } from '@bakeoff/model'
import dockerignore from '@balena/dockerignore'
import { pack as tarPack } from 'tar-stream'
import { readInside } from '../read-inside.js'

/** One entry of a build context: file, folder or link. `path` is relative to the context with forward slashes. */
export type ContextEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly executable: boolean
      readonly bytes: number
      readonly from: string | Buffer
    }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }

/** A build context: a folder as a builder gets it, sorted by path, filtered, with owner, modes and times that are always the same. */
export interface BuildContext {
  readonly folder: string
  readonly entries: readonly ContextEntry[]
  /** sha256 over all entries and their contents, hexadecimal */
  readonly digest: string
  /** the Dockerfile's text */
  readonly dockerfile: string
  /** its path, relative to the context */
  readonly dockerfilePath: string
}

/**
 * Files that are never part of a context, even if .dockerignore allows them: credentials, what changes with every commit, and what
 * Bakeoff itself writes while it builds.
 */
const NEVER_SENT = new Set(['.npmrc', '.netrc', '.docker', '.git', '.bakeoff'])

/** The time of all files. It is later than 1980, since ZIP files, and with them Python wheels, have no earlier time. */
const modified = new Date('2020-01-01T00:00:00Z')

/**
 * Reads a folder as a build context, as `.dockerignore` says, or the file beside another Dockerfile that Docker takes in its place.
 *
 * @param extra          files to add or to put in place of the folder's own, by their path in the context
 * @param dockerfilePath relative to the folder
 * @throws BakeoffError BAD_SPEC when there is no Dockerfile, or a link leaves the folder: also when that link is the Dockerfile itself
 */
export async function readContext(
  folder: string,
  extra: ReadonlyMap<string, Buffer> = new Map(),
  dockerfilePath = 'Dockerfile',
): Promise<BuildContext> {
  const dockerfile = readInside(folder, dockerfilePath)
  if (dockerfile === null)
    throw new BakeoffError('BAD_SPEC', `${folder} has no ${dockerfilePath} that can be read`, {
      hint: 'Every image is built from a folder with a Dockerfile.',
    })
  const rules = readInside(folder, `${dockerfilePath}.dockerignore`) ?? readInside(folder, '.dockerignore') ?? ''
  const entries: ContextEntry[] = []
  await walk({ root: folder, rules: ignoreRules(rules), dockerfilePath }, '', entries)
  for (const [path, content] of extra)
    entries.push({ kind: 'file', path, executable: false, bytes: content.length, from: content })
  const all = withFolders(entries, new Set(extra.keys()))
  return { folder, entries: all, digest: await digestOf(all), dockerfile, dockerfilePath }
}

/** The context with another text for its Dockerfile. The digest stays that of the folder. */
export function withDockerfile(context: BuildContext, text: string): BuildContext {
  const from = Buffer.from(text)
  const entries = context.entries.map((entry) =>
    entry.kind === 'file' && entry.path === context.dockerfilePath ? { ...entry, bytes: from.length, from } : entry,
  )
  return { ...context, entries, dockerfile: text }
}

/** The context as a tar stream. An error while reading destroys the stream with that error. */
export function packContext(context: BuildContext): Readable {
  const tar = tarPack()
  const write = async (): Promise<void> => {
    for (const entry of context.entries) {
      const header = { name: entry.path, mtime: modified, uid: 0, gid: 0 }
      if (entry.kind === 'folder') tar.entry({ ...header, type: 'directory', mode: 0o755 })
      else if (entry.kind === 'link') tar.entry({ ...header, type: 'symlink', linkname: entry.to, mode: 0o777 })
      else if (entry.bytes === 0 || Buffer.isBuffer(entry.from)) {
        tar.entry({ ...header, mode: modeOf(entry) }, Buffer.isBuffer(entry.from) ? entry.from : Buffer.alloc(0))
      } else
        await pipeline(createReadStream(entry.from), tar.entry({ ...header, mode: modeOf(entry), size: entry.bytes }))
    }
    tar.finalize()
  }
  write().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))))
  return tar as unknown as Readable
}

interface IgnoreRules {
  ignores(path: string): boolean
  /** whether something below an ignored folder could be included again */
  mayLetIn(folder: string): boolean
}

function ignoreRules(text: string): IgnoreRules {
  // A CommonJS module with a `default` of its own.
  const filter = dockerignore.default({ ignorecase: false }).add(text).createFilter()
  const exceptions = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.startsWith('!'))
    .map((line) =>
      line
        .slice(1)
        .trim()
        .replace(/^\.?\//, '')
        .replace(/\/$/, '')
        .split('/'),
    )
  return {
    ignores: (path) => !filter(path),
    mayLetIn: (folder) => {
      const parts = folder.split('/')
      return exceptions.some(
        (exception) => exception[0] === '**' || parts.every((part, index) => overlaps(exception, index, part)),
      )
    },
  }
}

/** Whether the exception's part at this depth can match the folder's; past its end everything below is included. */
function overlaps(exception: readonly string[], index: number, part: string): boolean {
  const pattern = exception[index]
  return (
    pattern === undefined || /[*?[\\]/.test(pattern) || exception.slice(0, index).includes('**') || pattern === part
  )
}

/** A folder that becomes a context. */
interface Walk {
  readonly root: string
  readonly rules: IgnoreRules
  readonly dockerfilePath: string
}

async function walk(within: Walk, folder: string, into: ContextEntry[]): Promise<void> {
  const { root, rules, dockerfilePath } = within
  for (const item of await readdir(join(root, folder), { withFileTypes: true })) {
    if (NEVER_SENT.has(item.name)) continue
    const path = folder === '' ? item.name : `${folder}/${item.name}`
    const ignored = rules.ignores(path)
    if (item.isDirectory()) {
      if (!ignored) into.push({ kind: 'folder', path })
      const hasDockerfile = dockerfilePath.startsWith(`${path}/`)
      if (!ignored || hasDockerfile || rules.mayLetIn(path)) await walk(within, path, into)
    } else if (!ignored || path === dockerfilePath) {
      const entry = await readEntry(root, path, item)
      if (entry !== null) into.push(entry)
    }
  }
}

/** The entry of a file, folder or link; null for what no image can hold: sockets, pipes and devices. */
async function readEntry(root: string, path: string, item: Dirent): Promise<ContextEntry | null> {
  const full = join(root, path)
  if (item.isSymbolicLink()) return { kind: 'link', path, to: insideLink(root, path, await readlink(full)) }
  if (!item.isFile()) return null
  const { mode, size } = await lstat(full)
  // Windows keeps no executable bit; Docker's own client sends everything as executable there.
  const executable = process.platform === 'win32' || (mode & 0o100) !== 0
  return { kind: 'file', path, executable, bytes: size, from: full }
}

function insideLink(root: string, path: string, to: string): string {
  const target = relative(root, resolve(root, path, '..', to))
  if (isAbsolute(to) || target === '..' || target.startsWith(`..${sep}`) || isAbsolute(target)) {
    throw new BakeoffError('BAD_SPEC', `${join(root, path)} is a link to ${to}, outside the build context`, {
      hint: 'Copy the file into the folder, or list the link in .dockerignore.',
    })
  }
  return to.split(sep).join('/')
}

/** Adds the parents that files need (an ignored folder with an exception in it), puts extras first, and sorts. */
function withFolders(entries: readonly ContextEntry[], extras: ReadonlySet<string>): ContextEntry[] {
  const byPath = new Map<string, ContextEntry>()
  for (const entry of entries) {
    const parts = entry.path.split('/')
    for (let depth = 1; depth < parts.length; depth++) {
      const path = parts.slice(0, depth).join('/')
      if (!byPath.has(path)) byPath.set(path, { kind: 'folder', path })
    }
    if (!byPath.has(entry.path) || extras.has(entry.path)) byPath.set(entry.path, entry)
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) // by code unit: the same in every locale
}

async function digestOf(entries: readonly ContextEntry[]): Promise<string> {
  const hash = createHash('sha256')
  for (const entry of entries) {
    hash.update(`${entry.kind}\0${entry.path}\0`)
    if (entry.kind === 'link') hash.update(`${entry.to}\0`)
    if (entry.kind === 'file') {
      hash.update(`${modeOf(entry)}\0${entry.bytes}\0`)
      if (Buffer.isBuffer(entry.from)) hash.update(entry.from)
      else for await (const chunk of createReadStream(entry.from)) hash.update(chunk as Buffer)
    }
  }
  return hash.digest('hex')
}

function modeOf(file: { readonly executable: boolean }): number {
  return file.executable ? 0o755 : 0o644
}
