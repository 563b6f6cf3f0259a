/** The files of another commit, for `--against`: taken out of git into a folder of the project, and read as the project is. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { join, posix, relative, resolve, sep } from 'node:path'
import { type BrokenPart, type OtherCommit, wantedContext, wantedServiceFolders } from '@bakeoff/core'
import { BakeoffError, type PlannedAgainst } from '@bakeoff/model'
import { execaSync } from 'execa'
import { type Project, readParts } from './project.js'
import { LEFT_OUT } from './target-files.js'

/** What is taken of a commit. */
const FOLDERS = ['targets', 'compose'] as const
/** Folders that images of both commits are built on, always today's. */
const SHARED = [
  'compose/base',
  'compose/toolchains',
  'compose/runtimes',
  'compose/caddy',
  'compose/null-server',
] as const
/** What is no part of a folder elsewhere that a target is built from. Unlike a target's own it may keep files under any name. */
const NOT_OF_CONTEXTS: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__', '.venv'])
/** How long the files of a commit that is not used any more are kept. They can be taken out again at any time. */
const KEPT_MS = 7 * 24 * 3_600_000

/**
 * Reads the targets and services of another commit.
 *
 * @throws BakeoffError BAD_SPEC where there is no git, no checkout or no such commit
 */
export function openOtherCommit({ root }: Pick<Project, 'root'>, ref: string): OtherCommit {
  const commit = commitOf(root, ref)
  const whole = bringFiles(root, { ref, commit })
  const there = resolve(whole, must(root, 'rev-parse', '--show-prefix'))
  const broken: BrokenPart[] = []
  const { scenarios, targets } = readParts({ root: there, repository: whole }, broken)
  const builds = scenarios.flatMap(({ services }) => services.flatMap(({ build }) => build ?? []))
  const contexts = targets.flatMap(({ imageFrom }) => (imageFrom?.kind === 'build' ? imageFrom.context : []))
  const folders = [...targets.map(({ folder }) => folder), ...builds].map((folder) => relative(there, folder))
  const isUnchanged = (folder: string, leftOut = LEFT_OUT) => {
    const [here, then] = [digestOf(join(root, folder), leftOut), digestOf(join(there, folder), leftOut)]
    return here !== null && here === then
  }
  // What has the other commit's own files in it is never the same.
  const elsewhere = contexts
    .map((context) => relative(there, context))
    .filter((one) => !isAround(join(root, one), there))
  return {
    ref,
    commit,
    root: there,
    targets,
    scenarios,
    broken,
    unchanged: new Set([
      ...folders.filter((folder) => isUnchanged(folder)),
      ...elsewhere.filter((folder) => isUnchanged(folder, NOT_OF_CONTEXTS)),
    ]),
    shared: SHARED.filter((folder) => existsSync(join(there, folder)) && !isUnchanged(folder)),
  }
}

function isAround(folder: string, inside: string): boolean {
  const way = relative(folder, inside)
  return way !== '..' && !way.startsWith(`..${sep}`)
}

/**
 * Puts the files of a commit into their folder where they are not there any more, for a run that goes on or is measured again.
 *
 * @throws BakeoffError BAD_SPEC when git does not have the commit any more
 */
export function bringBack(
  { root }: Pick<Project, 'root'>,
  { ref, commit }: Pick<PlannedAgainst, 'ref' | 'commit'>,
): void {
  if (existsSync(folderOf(root, commit))) return
  commitOf(root, commit, ref)
  bringFiles(root, { ref, commit })
}

/** @param name as the user knows it */
function commitOf(root: string, ref: string, name = ref): string {
  const inside = git(root, 'rev-parse', '--is-inside-work-tree')
  if (inside.exitCode === undefined) {
    throw new BakeoffError('BAD_SPEC', `--against ${name} takes files out of git, and git cannot be started`, {
      hint: 'Install git, or compare with an earlier run instead: --baseline RUN',
    })
  }
  if (inside.stdout !== 'true') {
    throw new BakeoffError('BAD_SPEC', `--against ${name}: ${root} is not a git checkout: ${lastLine(inside.stderr)}`, {
      hint: 'Work in a clone of the repository, or compare with an earlier run instead: --baseline RUN',
    })
  }
  const found = git(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)
  if (found.exitCode === 0) return found.stdout
  const isShallow = git(root, 'rev-parse', '--is-shallow-repository').stdout === 'true'
  throw new BakeoffError('BAD_SPEC', `--against ${name}: there is no such commit in ${root}`, {
    hint: isShallow
      ? `This is a shallow clone, as CI makes them. Get the commit first: git fetch --depth=1 origin ${name}, and name FETCH_HEAD; or clone with the whole history`
      : 'To see which there are: git branch --all, git log --oneline. One of another repository: git fetch first',
  })
}

/** The folder with the files of a commit. It lies in the project, since images are only built from there. */
function folderOf(root: string, commit: string): string {
  return join(root, '.bakeoff', 'against', commit)
}

/** Takes the files of a commit out of git, laid out as in its repository, unless they are there. A commit does not change, so several programs may share them. */
function bringFiles(root: string, { ref, commit }: Pick<PlannedAgainst, 'ref' | 'commit'>): string {
  const folder = folderOf(root, commit)
  const all = join(root, '.bakeoff', 'against')
  mkdirSync(all, { recursive: true })
  removeOld(all)
  if (existsSync(folder)) {
    const now = new Date()
    utimesSync(folder, now, now)
    return folder
  }
  const half = mkdtempSync(join(all, 'half-'))
  try {
    checkOut(root, { ref, commit }, half)
    try {
      renameSync(half, folder)
    } catch (error) {
      if (!existsSync(folder)) throw error // another program was faster
    }
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
  return folder
}

/**
 * Writes the folders of a commit, by an index of its own: the checkout and its index stay as they are. Folders elsewhere that its targets
 * and services are built from come after, once it is known which.
 */
function checkOut(root: string, { ref, commit }: Pick<PlannedAgainst, 'ref' | 'commit'>, into: string): void {
  const prefix = must(root, 'rev-parse', '--show-prefix')
  const there = FOLDERS.filter((name) => git(root, 'cat-file', '-e', `${commit}:${prefix}${name}`).exitCode === 0)
  if (!there.includes('targets')) {
    throw new BakeoffError(
      'BAD_SPEC',
      `--against ${ref}: commit ${commit.slice(0, 8)} has no folder ${prefix}targets`,
      {
        hint: 'Name a commit that has targets: git log --oneline -- targets',
      },
    )
  }
  const top = must(root, 'rev-parse', '--show-toplevel')
  const write = (paths: readonly string[]) => {
    const index = join(into, '.index')
    for (const path of paths) {
      const at = path === '.' ? [commit] : [`--prefix=${path}/`, `${commit}:${path}`]
      mustWith(index, root, 'read-tree', ...at)
    }
    mustWith(index, top, 'checkout-index', '--all', '--force', `--prefix=${into}/`)
    rmSync(index)
  }
  const parts = there.map((name) => `${prefix}${name}`)
  write(parts)
  const contexts = [
    ...contextsIn(join(into, prefix, 'targets'), `${prefix}targets`),
    ...serviceFoldersIn(join(into, prefix, 'compose'), `${prefix}compose`),
  ]
  const isThere = (path: string) => path === '.' || git(root, 'cat-file', '-e', `${commit}:${path}`).exitCode === 0
  const more = contexts.filter(isThere)
  const all = outermost([...parts, ...more])
  if (all.some((path) => !parts.includes(path))) write(all)
}

/** The folders within the repository that targets are built from, relative to it. */
function contextsIn(targets: string, place: string): string[] {
  return readdirSync(targets).flatMap((name) => {
    const file = join(targets, name, 'target.yaml')
    const context = existsSync(file) ? wantedContext(readFileSync(file, 'utf8')) : null
    return context === null ? [] : withinRepository(posix.join(place, name, context))
  })
}

/** The same for the services of its scenarios. */
function serviceFoldersIn(compose: string, place: string): string[] {
  if (!existsSync(compose)) return []
  return readdirSync(compose, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .flatMap(({ name }) => wantedServiceFolders(readFileSync(join(compose, name), 'utf8')))
    .flatMap((folder) => withinRepository(posix.join(place, folder)))
}

/** The path, without a slash at its end; nothing when it leads out. */
function withinRepository(written: string): string[] {
  const path = written.replace(/\/$/, '')
  return path === '..' || path.startsWith('../') ? [] : [path]
}

/** The paths of which none lies within another one. */
function outermost(paths: readonly string[]): string[] {
  const isWithin = (path: string, other: string) => path !== other && (other === '.' || path.startsWith(`${other}/`))
  return [...new Set(paths)].filter((path) => !paths.some((other) => isWithin(path, other)))
}

/** Removes the files of commits that were not used for long, and what a killed program left half done. */
function removeOld(all: string): void {
  for (const name of readdirSync(all)) {
    const folder = join(all, name)
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > KEPT_MS) rmSync(folder, { recursive: true, force: true })
  }
}

/** A digest of all files of a folder with their names and whether they can be executed; null: there is no such folder. */
function digestOf(folder: string, leftOut: ReadonlySet<string>): string | null {
  if (!existsSync(folder)) return null
  const hash = createHash('sha256')
  const add = (path: string) => {
    const names = readdirSync(join(folder, path)).sort()
    for (const name of names.filter((each) => !leftOut.has(each))) {
      const place = path === '' ? name : `${path}/${name}`
      const whole = join(folder, place)
      const facts = lstatSync(whole)
      if (facts.isDirectory()) add(place)
      else if (facts.isSymbolicLink()) hash.update(`${place}\0link\0${readlinkSync(whole)}\0`)
      else if (facts.isFile())
        hash.update(`${place}\0${facts.mode & 0o100 ? 'program' : 'file'}\0${facts.size}\0`).update(readFileSync(whole))
    }
  }
  add('')
  return hash.digest('hex')
}

/** What git says. `exitCode` undefined: it could not be started. */
interface Said {
  readonly exitCode?: number | undefined
  readonly stdout: string
  readonly stderr: string
}

function git(cwd: string, ...args: string[]): Said {
  return execaSync('git', args, { cwd, reject: false })
}

function must(cwd: string, ...args: string[]): string {
  return succeeded(args, git(cwd, ...args))
}

function mustWith(index: string, cwd: string, ...args: string[]): void {
  succeeded(args, execaSync('git', args, { cwd, reject: false, env: { GIT_INDEX_FILE: index } }))
}

function succeeded(args: readonly string[], { exitCode, stdout, stderr }: Said): string {
  if (exitCode === 0) return stdout
  throw new BakeoffError('BAD_SPEC', `git ${args[0]} failed: ${lastLine(stderr)}`, {
    hint: 'Is the repository whole? git fsck tells. A partial clone fetches what it lacks when it has a network.',
  })
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it says nothing'
}
