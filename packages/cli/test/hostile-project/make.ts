import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from '../helpers/project.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const repository = join(here, '../../../..')

export type HostileProject = Pick<TestProject, 'root' | 'reports' | 'environment'> & Disposable

/**
 * A project of one target, each variant of which attacks in another way, in a temporary folder of its own.
 *
 * @param port      that the test listens on at every address of this machine
 * @param addresses of this machine
 */
export function makeHostileProject(port: number, addresses: readonly string[]): HostileProject {
  const folder = mkdtempSync(join(tmpdir(), 'bakeoff-hostile-'))
  const root = join(folder, 'project')
  const reports = join(folder, 'reports')
  for (const part of ['compose', 'targets', 'matrix.yaml'])
    cpSync(join(here, part), join(root, part), { recursive: true })
  for (const image of ['base', 'toolchains', 'runtimes', 'null-server'])
    cpSync(join(repository, 'compose', image), join(root, 'compose', image), { recursive: true })
  const target = join(root, 'targets/hostile/target.yaml')
  const surroundings = `HOST_PORT: "${port}", HOST_ADDRESSES: "${addresses.join(' ')}"`
  writeFileSync(target, readFileSync(target, 'utf8').replace('ATTACK: reaches', `ATTACK: reaches, ${surroundings}`))
  return {
    root,
    reports,
    environment: { BAKEOFF_ROOT: root, BAKEOFF_REPORTS: reports, BAKEOFF_LOCK_FOLDER: join(folder, 'locks') },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
