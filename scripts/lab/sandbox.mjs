/**
 * What the lab's programs are started in: a folder, a control group and a name for network namespaces, all of which are taken down when
 * it is closed, or when its owner dies.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeGroup } from './cgroups.mjs'
import { findProgram } from './commands.mjs'
import { boot, PREFIX, SANDBOXES, startedOf, stateOf, sweep, takeDown } from './take-down.mjs'

/** @returns {string | null} why there can be no lab on this machine; null: there can be one */
export function whyNoLab() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'the lab needs Linux and root'
  const missing = ['ip', 'nsenter', 'taskset'].filter((name) => findProgram(name) === null)
  return missing.length > 0 ? `the lab needs ${missing.join(', ')} (on Debian: iproute2, util-linux)` : null
}

/**
 * @typedef {object} StartOptions
 * @property {string} [group]      a group of processes that can be ended on its own
 * @property {string} [namespace]  a network namespace of the sandbox
 * @property {string} [hostname]   what the program takes for the name of its machine
 * @property {readonly number[]} [cores]
 * @property {string} [log]        the file that both of its outputs go to; without it they are lost
 */

/** A sandbox; close it, or hold it with `await using`. */
export class Sandbox {
  /** `bakeoff-lab-1a2b3c`: its folder, its control group, and how its network namespaces begin */
  name
  /** @type {string} */
  folder
  #watcher

  /** @param {string} name @param {import('node:child_process').ChildProcess | null} watcher null: nobody's, until it is taken down by hand */
  constructor(name, watcher) {
    this.name = name
    this.folder = join(SANDBOXES, name)
    this.#watcher = watcher
  }

  /**
   * Opens a sandbox, and sweeps away those of dead owners first.
   *
   * @param {object} [options]
   * @param {boolean} [options.owned] false: it outlives this process, until it is taken down by hand
   * @param {readonly string[]} [options.kept] folders outside of it that its engines use, and which stay
   * @returns {Promise<Sandbox>}
   */
  static async open({ owned = true, kept = [] } = {}) {
    const why = whyNoLab()
    if (why !== null) throw new Error(why)
    await sweep()
    const name = `${PREFIX}${randomBytes(3).toString('hex')}`
    const folder = join(SANDBOXES, name)
    const owner = owned ? { pid: process.pid, started: startedOf(process.pid) } : null
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(join(folder, 'state.json'), JSON.stringify({ name, boot: boot(), owner, kept }))
    return new Sandbox(name, owned ? await watch(name) : null)
  }

  /**
   * One that is there already.
   *
   * @param {string} name
   */
  static of(name) {
    if (stateOf(name) === null) throw new Error(`there is no lab ${name}`)
    return new Sandbox(name, null)
  }

  /** @param {string} name @returns {string} the name of a network namespace of this sandbox */
  namespace(name) {
    return `${this.name}-${name}`
  }

  /**
   * Starts a program in a session of its own. It ends with the sandbox.
   *
   * @param {readonly string[]} command a path and arguments
   * @param {StartOptions} [options]
   * @returns {import('node:child_process').ChildProcess & { pid: number }}
   */
  start(command, { group = 'programs', namespace, hostname, cores, log } = {}) {
    const inNamespace = namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${this.namespace(namespace)}`]
    const called =
      hostname === undefined ? [] : ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', hostname]
    const onCores = cores === undefined ? [] : ['taskset', '-c', cores.join(',')]
    const output = log === undefined ? 'ignore' : openSync(log, 'a')
    const child = spawn(
      'sh',
      // It is in the group before it begins, so all of its children are. Every step takes the place of the one before: the child is the program.
      ['-c', 'echo $$ > "$1" && shift && exec "$@"', 'sh', makeGroup(`${this.name}/${group}`)].concat(
        inNamespace,
        called,
        onCores,
        command,
      ),
      { cwd: '/', detached: true, stdio: ['ignore', output, output] },
    )
    if (output !== 'ignore') closeSync(output)
    child.on('error', () => undefined) // there is no sh: the caller sees that it has no pid
    child.unref()
    return child
  }

  /** Takes everything down. */
  async close() {
    await takeDown(this.name)
    const watcher = this.#watcher
    this.#watcher = null
    if (watcher === null || watcher.exitCode !== null || watcher.signalCode !== null) return
    watcher.ref()
    watcher.stdin.end('goodbye\n')
    await once(watcher, 'exit')
  }

  async [Symbol.asyncDispose]() {
    await this.close()
  }
}

/** Starts the watcher, and waits until it watches. */
async function watch(name) {
  const program = join(dirname(fileURLToPath(import.meta.url)), 'watcher.mjs')
  const child = spawn(process.execPath, [program, name], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => undefined) // it was killed: the next start sweeps
  await once(child.stdout, 'data')
  for (const held of [child, child.stdin, child.stdout]) held.unref()
  return child
}
