/** Several hosts on one machine, to try out what docs/several-machines.md says: `node scripts/lab.mjs --help`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ask } from './lab/engine-api.mjs'
import { coresIn, Lab, labs } from './lab/lab.mjs'
import { stateOf, sweep, takeDown } from './lab/take-down.mjs'

const USAGE = `node scripts/lab.mjs up [options]     start a lab; it stays until it is taken down
node scripts/lab.mjs up [options] -- COMMAND   start a lab, run the command, and take the lab down
node scripts/lab.mjs status           the labs of this machine
node scripts/lab.mjs down [NAME]      take down this lab, or all that were started by hand

  --hosts N       how many hosts: 3
  --cores LIST    of each host, with commas between: 0,1,0-1; default: one each, in turns
  --mtu N         of the network between the hosts: 1500
  --keep FOLDER   where engines keep their images for the next lab; default: they have none to begin with
  --images NAMES  images of this machine's engine that the first host gets, from where a run moves them; with commas between,
                  * stands for anything: 'bakeoff/*'
  --fleet         hosts.yaml names a fleet of benches of one host each, in place of one bench of all hosts
  --file FILE     where hosts.yaml is written; default: in the lab's folder

It needs Linux, root and dockerd (docker.io), and starts nothing outside of network namespaces and control groups of its own.`

const OPTIONS = /** @type {const} */ ({
  hosts: { type: 'string', default: '3' },
  cores: { type: 'string' },
  mtu: { type: 'string', default: '1500' },
  keep: { type: 'string' },
  images: { type: 'string' },
  fleet: { type: 'boolean', default: false },
  file: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
})

const COMMANDS = { up, status, down }

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

async function main(args) {
  const end = args.indexOf('--')
  const [own, command] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)]
  const { values, positionals } = parseArgs({ args: own, options: OPTIONS, allowPositionals: true })
  const [name = 'help', ...rest] = positionals
  if (values.help || !(name in COMMANDS)) {
    process.stdout.write(`${USAGE}\n`)
    return values.help || name === 'help' ? 0 : 2
  }
  return COMMANDS[name](values, rest, command)
}

async function up(values, _, command) {
  const lab = await Lab.up({ ...labOptions(values), owned: command.length > 0 })
  try {
    await bringImages(lab, values.images)
    const fleet = values.fleet ? { fleet: lab.hosts.map(({ name }) => name) } : {}
    const file = lab.writeHosts({ ...fleet, ...(values.file ? { file: resolve(values.file) } : {}) })
    process.stdout.write(`${describe(lab)}\nhosts.yaml: ${file}\n`)
  } catch (error) {
    await lab.down()
    throw error
  }
  return command.length > 0 ? runIn(lab, command) : 0
}

/** The lab waits for the end of its command, which a terminal's Ctrl-C reaches as well. */
async function runIn(lab, [program, ...args]) {
  const child = spawn(program, args, { stdio: 'inherit' })
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code] = await Promise.race([once(child, 'exit'), once(child, 'error').then(([error]) => [say(error.message)])])
  await lab.down()
  return code ?? 1
}

function say(line) {
  process.stderr.write(`${line}\n`)
  return 1
}

async function status() {
  const swept = await sweep()
  for (const name of swept) process.stdout.write(`${name}: its owner was dead, it is taken down\n`)
  const all = labs()
  for (const name of all) process.stdout.write(`${describe(Lab.of(name))}\n${await statesOf(Lab.of(name))}\n`)
  if (all.length === 0) process.stdout.write('There is no lab: node scripts/lab.mjs up\n')
  return 0
}

async function down(_, [name]) {
  await sweep()
  const wanted = name === undefined ? labs().filter((one) => stateOf(one)?.owner === null) : [name]
  for (const one of wanted) {
    const owner = Lab.of(one).sandbox && stateOf(one)?.owner
    if (owner) throw new Error(`${one} belongs to process ${owner.pid}, and ends with it`)
    await takeDown(one)
    process.stdout.write(`${one} is taken down\n`)
  }
  return 0
}

function labOptions({ hosts, cores, mtu, keep }) {
  return {
    hosts: wholeNumber('--hosts', hosts, 1, 9),
    mtu: wholeNumber('--mtu', mtu, 576, 65_535),
    ...(cores ? { cores: cores.split(',').map((list) => coresIn(list)) } : {}),
    ...(keep ? { keep } : {}),
  }
}

function wholeNumber(option, text, least, most) {
  const number = Number(text)
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Error(`${option} is ${text}: write a whole number from ${least} to ${most}`)
  return number
}

async function bringImages(lab, patterns) {
  if (patterns === undefined) return
  const all = (await ask('/var/run/docker.sock', '/images/json')).flatMap(({ RepoTags }) => RepoTags ?? [])
  const found = patterns.split(',').flatMap((pattern) => {
    const like = new RegExp(`^${pattern.replaceAll(/[.+?^$()[\]{}|\\]/g, '\\$&').replaceAll('*', '.*')}(:latest)?$`)
    const names = all.filter((name) => like.test(name))
    if (names.length === 0) throw new Error(`no image of this machine's engine is called ${pattern}`)
    return names
  })
  const [{ name: first }] = lab.hosts
  process.stdout.write(`Copying ${found.length} images to ${first} …\n`)
  await lab.bring(found, { to: [first] })
}

function describe(lab) {
  const { owner } = stateOf(lab.name) ?? {}
  const rows = lab.hosts.map(({ name, address, cores, socket }) => `  ${name}  ${address}  cores ${cores}  ${socket}`)
  return [`${lab.name}${owner ? ` of process ${owner.pid}` : ''}`, ...rows].join('\n')
}

async function statesOf(lab) {
  const states = lab.hosts.map(async ({ name, socket }) => {
    const info = await ask(socket, '/info', { timeoutMs: 3_000 }).catch(() => null)
    return info === null
      ? `${name} does not answer`
      : `${name} has ${info.Containers} containers, ${info.Images} images`
  })
  return `  ${(await Promise.all(states)).join('; ')}`
}
