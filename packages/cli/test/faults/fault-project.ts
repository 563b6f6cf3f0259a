import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkout } from '../helpers/project.js'

const TRUTH = 'packages/load/test/truth'

/** A project of three small scenarios whose rates are known, since every answer comes after the same time. */
export interface FaultProject extends Disposable {
  readonly root: string
  /** what `--target` takes, for each scenario of the list of faults */
  readonly targets: Readonly<Record<'plain' | 'served' | 'balanced', string>>
  /** name of the image of a target that no other project has; null: all have it */
  readonly image: string | null
}

/**
 * Copies the project to a temporary folder.
 *
 * @param token makes its target one that nobody has built yet, which takes two seconds; null: the one that all share
 */
export function makeFaultProject(token: string | null): FaultProject {
  const root = mkdtempSync(join(tmpdir(), 'bakeoff-fault-project-'))
  cpSync(fileURLToPath(new URL('./project', import.meta.url)), root, { recursive: true })
  for (const part of ['base', 'toolchains', 'runtimes', 'null-server', 'caddy'])
    cpSync(join(checkout, 'compose', part), join(root, 'compose', part), { recursive: true })
  for (const folder of ['targets/truth', 'compose/store'])
    cpSync(join(checkout, TRUTH), join(root, folder), { recursive: true })
  const store = join(root, 'compose/store/Dockerfile')
  writeFileSync(store, readFileSync(store, 'utf8').replace('FROM scratch', 'FROM bakeoff/base')) // it has a shell for the health check
  const name = token === null ? 'truth' : `truth-${token}`
  if (token !== null) {
    renameSync(join(root, 'targets/truth'), join(root, 'targets', name))
    const dockerfile = join(root, 'targets', name, 'Dockerfile')
    writeFileSync(
      dockerfile,
      readFileSync(dockerfile, 'utf8').replace('\nFROM scratch', `\nRUN sleep 2 && echo ${token}\n\nFROM scratch`),
    )
  }
  return {
    root,
    targets: { plain: `${name}/single`, balanced: `${name}/balanced`, served: 'relay' },
    image: token === null ? null : `bakeoff/target/${name}`,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
