/**
 * Control groups of a sandbox. Everything that is started in it, and every container of its engines, lies under one group of the root, so
 * all of it is found there when it has to end: also what has lost its parent, or has a session and namespaces of its own.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The mounted hierarchies: one of version 2, or one for each controller of version 1.
 *
 * @returns {{ folder: string, version: 1 | 2, controllers: string[] }[]}
 */
export function hierarchies() {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const [type, , options = ''] = after.split(' ')
      const folder = before.split(' ')[4] ?? ''
      if (type === 'cgroup2') return [{ folder, version: 2, controllers: [] }]
      return type === 'cgroup' ? [{ folder, version: 1, controllers: options.split(',') }] : []
    })
}

/** The hierarchy that processes are put into and looked for in: engines put every container there too. */
function tracking() {
  const all = hierarchies()
  const found = all.find(({ controllers }) => controllers.includes('pids')) ?? all.find(({ version }) => version === 2)
  if (found === undefined) throw new Error('the lab needs control groups, and none are mounted in /sys/fs/cgroup')
  return found
}

/**
 * Makes a group and says which file takes the processes that go into it.
 *
 * @param {string} name from the root, `bakeoff-lab-1a2b3c/engine-h1`
 */
export function makeGroup(name) {
  const folder = join(tracking().folder, name)
  mkdirSync(folder, { recursive: true })
  return join(folder, 'cgroup.procs')
}

/**
 * Gives a group of containers its cores, and no others to what is in it. Where cgroups have version 2 that is the engine's own work, which
 * switches controllers on from the root down: there a container is held to its cores by the affinity that it inherits.
 *
 * @param {string} name
 * @param {readonly number[]} cores
 */
export function limitCores(name, cores) {
  const cpuset = hierarchies().find(({ controllers }) => controllers.includes('cpuset'))
  if (cpuset === undefined) return
  let folder = cpuset.folder
  for (const step of name.split('/')) {
    const parent = folder
    folder = join(folder, step)
    mkdirSync(folder, { recursive: true })
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (read(join(folder, file)).trim() === '') writeFileSync(join(folder, file), read(join(parent, file)))
  }
  writeFileSync(join(folder, 'cpuset.cpus'), cores.join(','))
}

/**
 * Processes of a group and of those below it.
 *
 * @param {string} name
 * @returns {number[]}
 */
export function processesOf(name) {
  return groupsOf(tracking().folder, name).flatMap((folder) =>
    read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number),
  )
}

/**
 * Kills a group and those below it, and waits until they are empty.
 *
 * @param {string} name
 * @param {number} withinMs
 */
export async function killGroup(name, withinMs = 10_000) {
  const until = Date.now() + withinMs
  for (;;) {
    thaw(name)
    const left = processesOf(name)
    if (left.length === 0) return
    if (Date.now() > until) throw new Error(`processes of ${name} do not end: ${left.join(', ')}`)
    for (const pid of left) signal(pid, 'SIGKILL')
    await sleep(20)
  }
}

/** A paused container takes no signal where its freezer has version 1. */
function thaw(name) {
  for (const { folder, version, controllers } of hierarchies()) {
    const [file, word] = version === 2 ? ['cgroup.freeze', '0'] : ['freezer.state', 'THAWED']
    if (version === 2 || controllers.includes('freezer'))
      for (const group of groupsOf(folder, name)) if (existsSync(join(group, file))) write(join(group, file), word)
  }
}

/**
 * Removes a group from every hierarchy, with those below it. A group stays busy for a moment after its last process.
 *
 * @param {string} name
 */
export async function removeGroup(name) {
  for (const until = Date.now() + 5_000; ; await sleep(50)) {
    const left = hierarchies().flatMap(({ folder }) => groupsOf(folder, name).reverse().filter(stays))
    if (left.length === 0) return
    if (Date.now() > until) throw new Error(`control groups cannot be removed: ${left.join(', ')}`)
  }
}

function stays(folder) {
  try {
    rmdirSync(folder)
    return false
  } catch (error) {
    return error.code !== 'ENOENT'
  }
}

/**
 * The names at the root that begin so, in any hierarchy.
 *
 * @param {string} beginning
 * @returns {string[]}
 */
export function groupsThatBegin(beginning) {
  const names = hierarchies().flatMap(({ folder }) => readdirSync(folder).filter((name) => name.startsWith(beginning)))
  return [...new Set(names)]
}

/** The group and all below it, parents first. */
function groupsOf(hierarchy, name) {
  const folder = join(hierarchy, name)
  return existsSync(folder) ? [folder, ...childrenOf(folder)] : []
}

function childrenOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .flatMap((child) => [child, ...childrenOf(child)])
  } catch {
    return [] // removed meanwhile
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 * @returns {boolean} whether there was such a process
 */
export function signal(pid, name) {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function write(file, text) {
  try {
    writeFileSync(file, text)
  } catch {
    // removed meanwhile
  }
}
