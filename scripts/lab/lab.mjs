/**
 * The lab: several hosts on one machine. Each is a dockerd in a network namespace, joined with the others by a bridge in another; what
 * asks them stays in the root namespace and reaches them by unix sockets, which namespaces of the network do not hide.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ask, copyImages } from './engine-api.mjs'
import { LabHost } from './host.mjs'
import { hostsYaml } from './hosts-yaml.mjs'
import { Cable, makeSwitch, SWITCH } from './network.mjs'
import { Sandbox } from './sandbox.mjs'
import { startSshd } from './sshd.mjs'
import { sandboxes, stateOf, sweep } from './take-down.mjs'

export { whyNoLab } from './sandbox.mjs'

/**
 * @typedef {object} LabOptions
 * @property {number} [hosts]   default 3; they are called h1, h2, …
 * @property {readonly (readonly number[])[]} [cores] of each host; default: one each, in turns
 * @property {number} [mtu]     of the network between them; default 1500
 * @property {string} [keep]    a folder for the engines' images that outlives the lab; default: they end with it
 * @property {boolean} [owned]  default true: the lab ends with this process; false: when it is taken down by hand
 */

export class Lab {
  /** @type {Sandbox} */
  sandbox
  #hosts

  /** @param {Sandbox} sandbox @param {readonly LabHost[]} hosts */
  constructor(sandbox, hosts) {
    this.sandbox = sandbox
    this.#hosts = new Map(hosts.map((host) => [host.facts.name, host]))
  }

  /**
   * Starts a lab, and takes it down again when it does not come up.
   *
   * @param {LabOptions} [options]
   * @returns {Promise<Lab>}
   */
  static async up({ hosts = 3, cores, mtu = 1500, keep, owned = true } = {}) {
    const kept = keep === undefined ? [] : [resolve(keep)]
    await sweep() // a dead owner's lab uses no folder any more
    for (const folder of kept) refuseShared(folder)
    const sandbox = await Sandbox.open({ owned, kept })
    const facts = Array.from({ length: hosts }, (_, index) => factsOf(sandbox, index + 1, cores?.[index], kept[0]))
    const lab = Lab.#of(sandbox, facts)
    try {
      writeFileSync(join(sandbox.folder, 'lab.json'), JSON.stringify(facts))
      await makeSwitch(sandbox, mtu)
      for (const { cable } of lab.#hosts.values()) await cable.lay(mtu)
      await Promise.all([...lab.#hosts.values()].map((host) => host.start()))
      return lab
    } catch (error) {
      await sandbox.close()
      throw error
    }
  }

  /**
   * A lab that another process has started.
   *
   * @param {string} name
   */
  static of(name) {
    return Lab.#of(Sandbox.of(name), factsIn(name) ?? [])
  }

  static #of(sandbox, facts) {
    return new Lab(
      sandbox,
      facts.map((one, index) => new LabHost(sandbox, one, new Cable(sandbox, one.name, index + 1))),
    )
  }

  /** `bakeoff-lab-1a2b3c`; everything of the lab is called so, or begins with it */
  get name() {
    return this.sandbox.name
  }

  /** @returns {import('./host.mjs').HostFacts[]} */
  get hosts() {
    return [...this.#hosts.values()].map(({ facts }) => facts)
  }

  /** @param {string} name @returns {LabHost} */
  host(name) {
    const host = this.#hosts.get(name)
    if (host === undefined) throw new Error(`the lab has no host ${name}, only ${[...this.#hosts.keys()].join(', ')}`)
    return host
  }

  /** Takes the host's cable out of the switch. */
  pullCable(/** @type {string} */ host) {
    return this.host(host).cable.pull()
  }

  plugIn(/** @type {string} */ host) {
    return this.host(host).cable.plugIn()
  }

  /** Lets no more than `rate` (tc's way to write it: `100mbit`) through the host's cable, in each direction. */
  limit(/** @type {string} */ host, /** @type {string} */ rate) {
    return this.host(host).cable.limit(rate)
  }

  unlimit(/** @type {string} */ host) {
    return this.host(host).cable.unlimit()
  }

  /** Kills the host's engine; its containers go on. */
  killEngine(/** @type {string} */ host) {
    return this.host(host).kill()
  }

  /** Starts an engine that was killed; it stops the containers that it finds. */
  startEngine(/** @type {string} */ host) {
    return this.host(host).startAgain()
  }

  /** Stops the host's engine in the middle of what it does; its containers go on. */
  freeze(/** @type {string} */ host) {
    this.host(host).freeze()
  }

  thaw(/** @type {string} */ host) {
    this.host(host).thaw()
  }

  /** Names of all containers of a host, running or not. */
  containersOf(/** @type {string} */ host) {
    return this.host(host).containers()
  }

  /** Names of the networks of a host that neither the engine nor Swarm makes by itself. */
  networksOf(/** @type {string} */ host) {
    return this.host(host).networks()
  }

  /**
   * Starts a server for `ssh://` on a host. Clients reach it by the host's cable: `ssh` of its `binFolder` and configuration goes through
   * the switch. One folder and configuration serves all hosts of the lab; the host's name is the alias.
   *
   * @param {string} host
   * @param {{ forwarding?: boolean }} [options]
   */
  startSshd(host, { forwarding = true } = {}) {
    const { address } = this.host(host).facts
    return startSshd({
      sandbox: this.sandbox,
      name: host,
      forwarding,
      where: { namespace: host, address, from: SWITCH },
    })
  }

  /**
   * Copies images of another engine into hosts that do not have them yet.
   *
   * @param {readonly string[]} images names with tags
   * @param {{ from?: string, to?: readonly string[] }} [options] the socket of the engine that has them, and hosts; default: the usual one,
   *   and all hosts
   */
  async bring(images, { from = '/var/run/docker.sock', to = [...this.#hosts.keys()] } = {}) {
    const copying = to.map(async (name) => {
      const { socket } = this.host(name).facts
      const missing = []
      for (const image of images) if (!(await isSame(image, from, socket))) missing.push(image)
      if (missing.length > 0) await copyImages(from, socket, missing)
    })
    await Promise.all(copying)
  }

  /**
   * The text of hosts.yaml.
   *
   * @param {import('./hosts-yaml.mjs').HostsFile} [file]
   */
  hostsYaml(file = {}) {
    return hostsYaml(this.hosts, file)
  }

  /**
   * Writes hosts.yaml.
   *
   * @param {import('./hosts-yaml.mjs').HostsFile & { file?: string }} [options] `file`: default one in the lab's folder
   * @returns {string} its path
   */
  writeHosts({ file = join(this.sandbox.folder, 'hosts.yaml'), ...rest } = {}) {
    writeFileSync(file, this.hostsYaml(rest))
    return file
  }

  /** Takes the lab down. */
  down() {
    return this.sandbox.close()
  }

  async [Symbol.asyncDispose]() {
    await this.down()
  }
}

/** Names of all labs of this machine that have hosts. */
export function labs() {
  return sandboxes().filter((name) => factsIn(name) !== null)
}

function factsIn(name) {
  try {
    return JSON.parse(readFileSync(join(Sandbox.of(name).folder, 'lab.json'), 'utf8'))
  } catch {
    return null
  }
}

/** @returns {import('./host.mjs').HostFacts} */
function factsOf(sandbox, number, cores, keep) {
  const name = `h${number}`
  const folder = join(sandbox.folder, name)
  const all = coresHere()
  return {
    name,
    address: new Cable(sandbox, name, number).address,
    socket: join(folder, 'docker.sock'),
    cores: [...(cores ?? [all[(number - 1) % all.length]])],
    data: keep === undefined ? join(folder, 'data') : join(keep, name),
  }
}

/** The cores that this process may use. */
function coresHere() {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return coresIn(list)
}

/**
 * @param {string} list as the kernel writes it: `0-2,5`
 * @returns {number[]}
 */
export function coresIn(list) {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    if (!(first <= last)) throw new Error(`${list} is no list of cores: write 0, 0-1 or 0,2`)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

function refuseShared(folder) {
  const user = sandboxes().find((name) => stateOf(name)?.kept.includes(folder))
  if (user !== undefined) throw new Error(`${folder} is in use by ${user}: see node scripts/lab.mjs status`)
}

async function isSame(image, from, to) {
  const [one, other] = await Promise.all([from, to].map((socket) => layersOf(socket, image)))
  if (one === null) throw new Error(`there is no image ${image} at ${from}`)
  return one === other
}

/** Ids differ between kinds of image stores; layers do not. */
async function layersOf(socket, image) {
  return ask(socket, `/images/${encodeURIComponent(image)}/json`).then(
    ({ RootFS, Config }) => JSON.stringify([RootFS.Layers, Config.Labels]),
    () => null,
  )
}
