/** OpenSSH's server with keys, users and a port of its own, for ways to an engine by `ssh://`. */

import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { killGroup } from './cgroups.mjs'
import { needProgram, run } from './commands.mjs'
import { Sandbox } from './sandbox.mjs'

/** A server that listens, with a client's configuration that reaches it. */
export class Sshd {
  /** a name of the client's configuration, without user and port */
  alias
  /** @type {string} IPv4 */
  address
  /** @type {number} */
  port
  /** who logs in */
  user = userInfo().username
  /** @type {string} `ssh://user@address:port` */
  url
  /** @type {string} a folder with an `ssh` that uses the client's configuration: put it in front of the PATH */
  binFolder
  /** @type {string} the client's configuration, for `ssh -F` */
  configFile
  /** @type {string} */
  knownHostsFile
  /** @type {string} */
  identityFile
  /** @type {string} what the server has logged */
  logFile
  #sandbox
  #closes
  #group
  #command
  #start
  #hostKey
  #authorised
  #starts = 0

  /** @param {object} parts */
  constructor(parts) {
    Object.assign(this, parts.shown)
    this.url = `ssh://${this.user}@${this.address}:${this.port}`
    this.#sandbox = parts.sandbox
    this.#closes = parts.closes
    this.#group = parts.group
    this.#command = parts.command
    this.#start = parts.start
    this.#hostKey = parts.hostKey
    this.#authorised = parts.authorised
  }

  /** Writes what the client knows of the server's key: the right one, none (an unknown host), or another (a changed one). */
  know(/** @type {'the host' | 'no host' | 'another key'} */ what) {
    const key = { 'the host': this.#hostKey.right, 'no host': null, 'another key': this.#hostKey.other }[what]
    const names = `${this.alias},[${this.address}]:${this.port},${this.address}`
    writeFileSync(this.knownHostsFile, key === null ? '' : `${names} ${key}\n`)
  }

  /** Whether the server takes the client's key. */
  admit(/** @type {boolean} */ yes) {
    writeFileSync(this.#authorised.file, yes ? `${this.#authorised.key}\n` : '')
  }

  /** Starts it again after `stop`, on the same port and with the same keys. */
  async start() {
    this.#starts++
    this.#sandbox.start(this.#command, this.#start)
    await this.#untilListening()
  }

  /** Kills the server and its connections. */
  async stop() {
    await killGroup(`${this.#sandbox.name}/${this.#group}`)
  }

  async close() {
    await (this.#closes ? this.#sandbox.close() : this.stop())
  }

  async [Symbol.asyncDispose]() {
    await this.close()
  }

  /** Its log says so, once for each start: a namespace that it listens in cannot be asked from here. */
  async #untilListening() {
    for (const until = Date.now() + 20_000; ; await sleep(50)) {
      const log = textOf(this.logFile)
      if (log.split('Server listening on').length > this.#starts) return
      if (Date.now() > until) throw new Error(`sshd does not listen at ${this.address}:${this.port}:\n${log}`)
    }
  }
}

/**
 * Starts a server in the root namespace at 127.0.0.1, or in a namespace of a lab.
 *
 * @param {object} [options]
 * @param {Sandbox} [options.sandbox]    of a lab; without it the server has one of its own
 * @param {string} [options.name]        the alias
 * @param {boolean} [options.forwarding] false: the server refuses to forward, as some administrators have it
 * @param {{ namespace: string, address: string, from: string }} [options.where] a namespace of the sandbox, the address to listen at, and
 *   the namespace that clients connect from: their packets take its way
 * @returns {Promise<Sshd>}
 */
export async function startSshd({ sandbox, name = 'bakeoff-lab', forwarding = true, where } = {}) {
  const program = needProgram('sshd', 'openssh-server')
  const own = sandbox ?? (await Sandbox.open())
  const folder = join(own.folder, `sshd-${name}`)
  const client = join(own.folder, 'ssh')
  for (const made of [folder, join(client, 'bin'), join(client, 'hosts')])
    mkdirSync(made, { recursive: true, mode: 0o700 })
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }) // where it separates its privileges; Debian makes it at its service's start
  const keys = await makeKeys(folder)
  const address = where?.address ?? '127.0.0.1'
  const port = where ? 22 : await freePort()
  const file = (/** @type {string} */ rest) => join(folder, rest)
  writeFileSync(file('sshd_config'), serverConfig({ file, address, port, forwarding }))
  const from = where && own.namespace(where.from)
  writeFileSync(join(client, 'hosts', name), clientConfig({ file, name, address, port, from }))
  writeClient(client)
  const group = `sshd-${name}`
  const sshd = new Sshd({
    shown: {
      ...{ alias: name, address, port, binFolder: join(client, 'bin'), configFile: join(client, 'config') },
      ...{ knownHostsFile: file('known_hosts'), identityFile: file('id'), logFile: file('log') },
    },
    ...{ sandbox: own, closes: sandbox === undefined, group },
    command: [program, '-D', '-e', '-f', file('sshd_config')],
    start: { group, log: file('log'), ...(where ? { namespace: where.namespace, hostname: name } : {}) },
    hostKey: { right: keys.host, other: keys.other },
    authorised: { file: file('authorized_keys'), key: keys.client },
  })
  sshd.know('the host')
  sshd.admit(true)
  await sshd.start()
  return sshd
}

async function makeKeys(folder) {
  const made = {}
  for (const [key, name] of Object.entries({ host: 'host_key', other: 'other_host_key', client: 'id' })) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bakeoff-lab', '-f', join(folder, name)])
    made[key] = readFileSync(join(folder, `${name}.pub`), 'utf8').trim()
  }
  return made
}

function serverConfig({ file, address, port, forwarding }) {
  return `ListenAddress ${address}:${port}
HostKey ${file('host_key')}
AuthorizedKeysFile ${file('authorized_keys')}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
AllowStreamLocalForwarding ${forwarding ? 'yes' : 'no'}
AllowTcpForwarding ${forwarding ? 'yes' : 'no'}
`
}

/** One `ssh` and one configuration, which every server of the sandbox adds to. A user's own configuration is not read. */
function writeClient(folder) {
  writeFileSync(join(folder, 'config'), `Include ${join(folder, 'hosts/*')}\n`)
  const program = join(folder, 'bin/ssh')
  writeFileSync(program, `#!/bin/sh\nexec ${needProgram('ssh', 'openssh-client')} -F ${join(folder, 'config')} "$@"\n`)
  chmodSync(program, 0o755)
}

/** What a user has in ~/.ssh/config for this server. */
function clientConfig({ file, name, address, port, from }) {
  const pipe = join(dirname(fileURLToPath(import.meta.url)), 'pipe.mjs')
  const way = from ? [`  ProxyCommand nsenter --net=/run/netns/${from} ${process.execPath} ${pipe} %h %p`] : []
  return [
    `Host ${name}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    `  User ${userInfo().username}`,
    `Host ${name} ${address}`,
    `  IdentityFile ${file('id')}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${file('known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null',
    ...way,
    '',
  ].join('\n')
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
