import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProject, type Project } from '../../src/project.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const repository = join(here, '../../../..')

/** A project whose targets misbehave in a known way, each variant in another. Disposing removes its folder and reports. */
export interface FaultyProject extends AsyncDisposable {
  readonly project: Project
  /** an environment variable names it: the engine is shared with whoever else runs something on this machine */
  readonly lockFolder: string
}

/** Makes it in a temporary folder of its own: the base image and the null server are the repository's. */
export async function makeFaultyProject(): Promise<FaultyProject> {
  const folder = await mkdtemp(join(tmpdir(), 'bakeoff-faulty-'))
  const root = join(folder, 'project')
  await mkdir(root)
  for (const part of ['compose', 'targets', 'matrix.yaml'])
    await cp(join(here, part), join(root, part), { recursive: true })
  for (const image of ['base', 'toolchains', 'runtimes', 'null-server'])
    await cp(join(repository, 'compose', image), join(root, 'compose', image), { recursive: true })
  await cp(join(repository, 'packages/load/test/servers'), join(root, 'targets/faulty'), { recursive: true })
  for (const folder of ['targets/truth', 'compose/store'])
    await cp(join(repository, 'packages/load/test/truth'), join(root, folder), { recursive: true })
  return {
    project: findProject({ BAKEOFF_ROOT: root, BAKEOFF_REPORTS: join(folder, 'reports') }),
    lockFolder: join(folder, 'locks'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
