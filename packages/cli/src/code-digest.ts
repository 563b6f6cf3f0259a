import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Packages whose code plans or measures. The report only draws; images have keys of their own. */
const MEASURING = ['model', 'core', 'runner', 'containers', 'load', 'cli']

/**
 * sha256 of the program's code that plans and measures, as it runs, and of what it is installed with. Unlike a commit it
 * sees changes that were not committed, and does not see those that measure nothing.
 */
export function codeDigest(): string {
  const here = dirname(fileURLToPath(import.meta.url)) // packages/cli/dist, or src under test
  const packages = join(here, '../..')
  const hash = createHash('sha256')
  const add = (path: string, name: string) => hash.update(`${name}\0`).update(readFileSync(path)).update('\0')
  for (const name of MEASURING) {
    const folder = join(packages, name, basename(here))
    for (const file of codeFiles(folder)) add(join(folder, file), `${name}/${file}`)
  }
  const lock = join(packages, '../package-lock.json')
  if (existsSync(lock)) add(lock, 'package-lock.json')
  return hash.digest('hex')
}

/** Without the folder of the load agent's image, which has a key of its own. */
function codeFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !/^image[\\/]/.test(file) && /(?<!\.d)\.[cm]?[jt]s$/.test(file))
    .sort()
}
