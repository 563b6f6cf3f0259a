/** Programs of the system that the lab is made with. Plain Node without dependencies, as all of scripts/lab. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** `su` without a dash leaves the folders of root's tools out of the PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/**
 * @param {string} name
 * @returns {string | null} its absolute path
 */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/**
 * The path of a program that the lab cannot do without.
 *
 * @param {string} name
 * @param {string} debianPackage
 */
export function needProgram(name, debianPackage) {
  const found = findProgram(name)
  if (found === null)
    throw new Error(`the lab needs ${name}, and there is none: on Debian, apt-get install ${debianPackage}`)
  return found
}

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<string>} what it wrote to standard output
 */
export async function run(program, args) {
  const path = needProgram(program, PACKAGES[program] ?? program)
  try {
    const { stdout } = await promisify(execFile)(path, args, { maxBuffer: 16 * 2 ** 20 })
    return stdout
  } catch (error) {
    const said = `${error.stderr ?? ''}`.trim() || error.message
    throw new Error(`\`${[program, ...args].join(' ')}\` failed: ${said}`, { cause: error })
  }
}

const PACKAGES = { ip: 'iproute2', tc: 'iproute2', umount: 'mount', 'ssh-keygen': 'openssh-client' }
