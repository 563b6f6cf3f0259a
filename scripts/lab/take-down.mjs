/**
 * The end of a sandbox: of its processes, mounts, network namespaces with what is in them, control groups, and its folder. Everything is
 * found by the sandbox's name, never by what its owner remembers, so that it can be done by its owner, its watcher, or a later start.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { killGroup, processesOf, removeGroup, signal } from './cgroups.mjs'
import { run } from './commands.mjs'

/** Folders of sandboxes, which are named as they are. */
export const SANDBOXES = '/var/lib/bakeoff/labs'
export const PREFIX = 'bakeoff-lab-'

/**
 * @typedef {object} SandboxState   state.json of its folder
 * @property {string} name          `bakeoff-lab-1a2b3c`
 * @property {string} boot          the start of the machine that it belongs to: after another one nothing of it is left but folders
 * @property {{ pid: number, started: string } | null} owner  null: until it is taken down by hand
 * @property {string[]} kept        folders outside of it that are in use and stay
 */

/**
 * Takes a sandbox down. Can be done again when it was interrupted.
 *
 * @param {string} name
 * @throws Error that names what is left
 */
export async function takeDown(name) {
  const folder = join(SANDBOXES, name)
  const state = stateOf(name)
  const sockets = shimSockets(folder)
  // Killed in the middle of it, an engine leaves half an image: with a folder that is kept it is asked to end.
  if (state !== null && state.kept.length > 0) await askToEnd(name)
  await killGroup(name)
  for (const socket of sockets) rmSync(socket, { force: true })
  for (const under of [folder, ...(state?.kept ?? [])]) await unmountAll(under)
  await deleteNamespaces(name)
  await removeGroup(name)
  // Through a mount that came back it would delete what is not the sandbox's.
  if (existsSync(folder)) await run('rm', ['-rf', '--one-file-system', folder])
}

/**
 * Takes down what dead owners left.
 *
 * @returns {Promise<string[]>} the names of those that were taken down
 */
export async function sweep() {
  const stale = sandboxes().filter((name) => isStale(name))
  for (const name of stale) await takeDown(name)
  return stale
}

/** @returns {string[]} names of every sandbox of this machine */
export function sandboxes() {
  mkdirSync(SANDBOXES, { recursive: true })
  return readdirSync(SANDBOXES).filter((name) => name.startsWith(PREFIX))
}

/**
 * @param {string} name
 * @returns {SandboxState | null} null: its owner did not come so far, or it is gone
 */
export function stateOf(name) {
  try {
    return JSON.parse(readFileSync(join(SANDBOXES, name, 'state.json'), 'utf8'))
  } catch {
    return null
  }
}

function isStale(name) {
  const state = stateOf(name)
  if (state === null) return isOld(join(SANDBOXES, name))
  if (state.boot !== boot()) return true
  return state.owner !== null && startedOf(state.owner.pid) !== state.owner.started
}

/** The state is written as soon as there is a folder. */
function isOld(folder) {
  const made = statSync(folder, { throwIfNoEntry: false })
  return made !== undefined && Date.now() - made.mtimeMs > 10_000
}

/** The start of this machine. */
export function boot() {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/**
 * @param {number} pid
 * @returns {string | null} when it started, in ticks since the start of the machine; null: no such process, or one that has ended
 */
export function startedOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

/**
 * The network namespaces of a sandbox.
 *
 * @param {string} name
 * @returns {Promise<string[]>}
 */
async function namespacesOf(name) {
  const lines = (await run('ip', ['netns', 'list'])).split('\n')
  return lines.map((line) => line.split(' ')[0]).filter((found) => found.startsWith(`${name}-`))
}

/** Another process may be sweeping as well: what counts is that none is left. */
async function deleteNamespaces(name) {
  for (let round = 0; ; round++) {
    const left = await namespacesOf(name)
    if (left.length === 0) return
    if (round === 5) throw new Error(`network namespaces cannot be deleted: ${left.join(', ')}`)
    for (const namespace of left) await run('ip', ['netns', 'del', namespace]).catch(() => undefined)
  }
}

/** Containers first: an engine waits ten seconds for each that does not hear it. */
async function askToEnd(name) {
  await killGroup(`${name}/containers`)
  for (const pid of processesOf(name)) {
    signal(pid, 'SIGCONT')
    signal(pid, 'SIGTERM')
  }
  for (const until = Date.now() + 15_000; processesOf(name).length > 0 && Date.now() < until; ) await sleep(50)
}

/** Sockets of containerd's shims, which lie outside of every folder that an engine can be given. */
function shimSockets(folder) {
  if (!existsSync(folder)) return []
  const hosts = readdirSync(folder).map((host) => join(folder, host, 'exec', 'containerd'))
  return hosts.flatMap((state) => addressesIn(join(state, 'io.containerd.runtime.v2.task', 'moby')))
}

function addressesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map((id) => join(folder, id, 'address'))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8').trim().replace('unix://', ''))
    .filter((path) => path.startsWith('/run/containerd/s/'))
}

/** Unmounts everything in a folder, the deepest first. */
async function unmountAll(folder) {
  for (let round = 0; ; round++) {
    const mounted = mountsIn(folder)
    if (mounted.length === 0) return
    if (round === 5) throw new Error(`still mounted: ${mounted.join(', ')}`)
    for (const path of mounted) await run('umount', ['-l', path]).catch(() => undefined) // gone with its parent, or next round
  }
}

/**
 * @param {string} folder
 * @returns {string[]} mount points in it, the last mounted first
 */
export function mountsIn(folder) {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8))),
    )
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .reverse()
}
