/**
 * One start at a time installs and builds in a checkout: two `npm ci` in one folder remove each other's packages. Plain
 * Node without dependencies, like bootstrap.mjs.
 */
import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A holder in another container cannot be asked whether it lives. */
const BELIEVED_MS = 15 * 60_000

/**
 * Runs `work` alone. Waits for another process that holds the lock, and says for whom; one that is dead is not waited for.
 *
 * @param {string} file the lock
 * @param {(line: string) => void} say
 * @param {() => void} work
 */
export function alone(file, say, work) {
  const mine = JSON.stringify({ ...self(), since: new Date().toISOString() })
  mkdirSync(dirname(file), { recursive: true })
  for (let told = false; !create(file, mine); ) {
    const text = textOf(file)
    if (text === null) continue // given back in this moment
    const holder = parse(text)
    if (holder === null || !isAlive(holder, file)) {
      remove(file, text)
      continue
    }
    if (!told) say(`Process ${holder.pid} installs or builds here since ${holder.since}: waiting for it …`)
    told = true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250)
  }
  const giveBack = () => remove(file, mine)
  process.once('exit', giveBack) // what fails ends this process
  work()
  process.off('exit', giveBack)
  giveBack()
}

/** Creates the file with all its text, or not at all. */
function create(file, text) {
  const draft = `${file}.${process.pid}`
  rmSync(draft, { force: true })
  writeFileSync(draft, text, { flag: 'wx' })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Removes the lock that holds this text. Another that was put there meanwhile goes back. */
function remove(file, text) {
  const aside = `${file}.${process.pid}.aside`
  try {
    renameSync(file, aside)
    if (textOf(aside) !== text) linkSync(aside, file)
  } catch {
    // another process was faster
  }
  rmSync(aside, { force: true, recursive: true })
}

function isAlive(holder, file) {
  const here = self()
  if (holder.boot !== here.boot) return false
  if (holder.pidNamespace !== here.pidNamespace) return Date.now() - statSync(file).mtimeMs < BELIEVED_MS
  return startedOf(holder.pid) === holder.started
}

function self() {
  return {
    pid: process.pid,
    started: startedOf(process.pid),
    boot: textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? '',
    pidNamespace: linkAt('/proc/self/ns/pid'),
  }
}

/** Start time of a process: a number that is used again is not the same process. Null when there is none. */
function startedOf(pid) {
  if (process.platform === 'linux') {
    const stat = textOf(`/proc/${pid}/stat`)
    return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  }
  if (process.platform === 'win32') return isThere(pid) ? 'unknown' : null
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || null
}

function isThere(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Null: no start wrote it. */
function parse(text) {
  try {
    const holder = JSON.parse(text)
    const isHolder = Number.isInteger(holder?.pid) && holder.pid > 0 && /^[\dT:.Z-]{1,30}$/.test(holder.since)
    return isHolder ? holder : null
  } catch {
    return null
  }
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function linkAt(path) {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
