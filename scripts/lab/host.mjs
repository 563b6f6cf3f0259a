/** A host of the lab: an engine with a network namespace, cores, a name and folders of its own. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limitCores, signal } from './cgroups.mjs'
import { needProgram } from './commands.mjs'
import { ask } from './engine-api.mjs'
import { startedOf } from './take-down.mjs'

/**
 * @typedef {object} HostFacts what is written down of a host
 * @property {string} name
 * @property {string} address  IPv4, on the lab's network
 * @property {string} socket   of its engine
 * @property {number[]} cores
 * @property {string} data     the engine's data root
 */

/** Networks that engines have by themselves, and those that Swarm makes. */
const OWN_NETWORKS = ['bridge', 'host', 'none', 'docker_gwbridge', 'ingress']

export class LabHost {
  /** @type {HostFacts} */
  facts
  /** @type {import('./network.mjs').Cable} */
  cable
  #sandbox
  #folder

  /**
   * @param {import('./sandbox.mjs').Sandbox} sandbox
   * @param {HostFacts} facts
   * @param {import('./network.mjs').Cable} cable
   */
  constructor(sandbox, facts, cable) {
    this.facts = facts
    this.cable = cable
    this.#sandbox = sandbox
    this.#folder = join(sandbox.folder, facts.name)
  }

  /** Starts the engine and its containerd, and waits until it answers. */
  async start() {
    mkdirSync(join(this.#folder, 'exec/containerd'), { recursive: true })
    mkdirSync(this.facts.data, { recursive: true })
    // Of an earlier lab, whose swarm and networks are gone with it. Images stay.
    if (!this.facts.data.startsWith(this.#sandbox.folder))
      for (const stale of ['swarm', 'network']) rmSync(join(this.facts.data, stale), { recursive: true, force: true })
    limitCores(this.#containers.slice(1), this.facts.cores)
    const containerd = this.#run('containerd', this.#containerdCommand())
    const dockerd = this.#run('dockerd', this.#dockerdCommand())
    await this.#untilItAnswers([containerd, dockerd])
    for (const { Id } of await this.#all()) await this.ask(`/containers/${Id}?force=1`, { method: 'DELETE' })
  }

  /** Starts an engine that was killed. Containers that went on without it are its own again, and it stops them, as everywhere. */
  async startAgain() {
    for (const file of ['dockerd.pid', 'docker.sock']) rmSync(join(this.#folder, file), { force: true })
    const containerd = this.#run('containerd', this.#containerdCommand())
    const dockerd = this.#run('dockerd', this.#dockerdCommand())
    await this.#untilItAnswers([containerd, dockerd])
  }

  /** SIGKILL to the engine and its containerd. Containers go on without them. */
  async kill() {
    const pids = this.#pids()
    for (const pid of pids) signal(pid, 'SIGKILL')
    while (pids.some((pid) => startedOf(pid) !== null)) await sleep(10)
  }

  /** SIGSTOP to the engine and its containerd: they keep their connections and answer nothing. */
  freeze() {
    for (const pid of this.#pids()) signal(pid, 'SIGSTOP')
  }

  thaw() {
    for (const pid of this.#pids()) signal(pid, 'SIGCONT')
  }

  /** Asks the engine, see `ask`. */
  ask(/** @type {string} */ path, /** @type {import('./engine-api.mjs').Question} */ question = {}) {
    return ask(this.facts.socket, path, question)
  }

  /** @returns {Promise<string[]>} names of all its containers, running or not */
  async containers() {
    const known = (await this.#all()).map(async ({ Names, Id }) =>
      Names.length > 0 || (await this.#knows(Id)) ? [(Names[0] ?? Id).replace(/^\//, '')] : [],
    )
    return (await Promise.all(known)).flat().sort()
  }

  /** An engine that removed a container while it started may list it, without a name, until it starts again (seen with 20.10). */
  #knows(id) {
    return this.ask(`/containers/${id}/json`).then(
      () => true,
      (error) => {
        if (error.message.includes(': 404 ')) return false
        throw error
      },
    )
  }

  /** @returns {Promise<string[]>} names of networks that were made in it */
  async networks() {
    const all = await this.ask('/networks')
    return all
      .map(({ Name }) => Name)
      .filter((name) => !OWN_NETWORKS.includes(name))
      .sort()
  }

  /** What the engine and its containerd have logged last. */
  log(/** @type {number} */ lines = 30) {
    return ['containerd', 'dockerd']
      .flatMap((name) =>
        readFileSync(join(this.#folder, `${name}.log`), 'utf8')
          .trimEnd()
          .split('\n')
          .slice(-lines),
      )
      .join('\n')
  }

  #all() {
    return this.ask('/containers/json?all=1')
  }

  get #containers() {
    return `/${this.#sandbox.name}/containers/${this.facts.name}`
  }

  #pids() {
    return ['dockerd', 'containerd'].map((name) => Number(readFileSync(join(this.#folder, `${name}.started`), 'utf8')))
  }

  #run(name, command) {
    const { name: host, cores } = this.facts
    const log = join(this.#folder, `${name}.log`)
    const where = { group: `engine-${host}`, namespace: host, hostname: host, cores, log }
    const child = this.#sandbox.start(command, where)
    writeFileSync(join(this.#folder, `${name}.started`), String(child.pid))
    return child
  }

  /** One of its own: dockerd would take that of the machine, where one runs. */
  #containerdCommand() {
    const state = join(this.#folder, 'exec/containerd')
    const config = join(this.#folder, 'containerd.toml')
    writeFileSync(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
    return [
      ...[needProgram('containerd', 'containerd'), '--config', config, '--log-level', 'warn'],
      ...['--root', join(this.facts.data, 'containerd'), '--state', state, '--address', join(state, 'containerd.sock')],
    ]
  }

  #dockerdCommand() {
    const dockerd = needProgram('dockerd', 'docker.io')
    const file = (rest) => join(this.#folder, rest)
    writeFileSync(file('daemon.json'), JSON.stringify(this.#configOf(dockerd)))
    return [
      ...[dockerd, '--config-file', file('daemon.json'), '--host', `unix://${this.facts.socket}`],
      ...['--data-root', this.facts.data, '--exec-root', file('exec'), '--pidfile', file('dockerd.pid')],
      ...['--containerd', file('exec/containerd/containerd.sock'), '--log-level', 'warn'],
      // Its containers under the lab's group; systemd's names would not lie in one place.
      ...['--cgroup-parent', this.#containers, '--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ]
  }

  /** The id of an old engine comes from a key in /etc, which all would share. New ones have it in their data root, and refuse the setting. */
  #configOf(dockerd) {
    const config = { 'deprecated-key-path': join(this.#folder, 'key.json') }
    const file = join(this.#folder, 'validate.json')
    writeFileSync(file, JSON.stringify(config))
    const { stdout, stderr } = spawnSync(dockerd, ['--validate', '--config-file', file], { encoding: 'utf8' })
    return `${stdout}${stderr}`.includes("don't match any configuration option") ? {} : config
  }

  async #untilItAnswers(children) {
    for (const until = Date.now() + 60_000; ; await sleep(50)) {
      const info = await this.ask('/info', { timeoutMs: 5_000 }).catch((error) => error)
      if (!(info instanceof Error)) return
      if (children.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null) || Date.now() > until)
        throw new Error(`the engine of ${this.facts.name} does not answer (${info.message}):\n${this.log()}`)
    }
  }
}
