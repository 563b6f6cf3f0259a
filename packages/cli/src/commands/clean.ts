import { type Engine, ensureEngine, holdEngine, type Leftover, removeBuiltImages, sweep } from '@bakeoff/containers'
import { BakeoffError } from '@bakeoff/model'
import type { Invocation } from '../invocation.js'
import type { Terminal } from '../terminal.js'
import { lockFolderFrom } from '../workbench.js'
import type { AddCommand } from './shared/command.js'

export const addClean: AddCommand = (program, invocation) =>
  program
    .command('clean')
    .description('remove what killed runs left on the engine')
    .option('--images', 'also every image that was built')
    .option('--all', 'also what runs on other machines or in other containers left; asks first')
    .option('--yes', 'do not ask')
    .action(({ images = false, all = false, yes = false }: Partial<CleanOptions>) =>
      clean(invocation, { images, all, yes }),
    )

export interface CleanOptions {
  /** also remove the images that were built */
  readonly images: boolean
  /** also remove what runs on other machines and in other containers left */
  readonly all: boolean
  /** remove without asking */
  readonly yes: boolean
}

/**
 * Removes what killed runs left on the engine. What a run on this machine uses is never removed.
 *
 * @throws ENGINE_HELD when images are to go and a run needs them, BAD_SPEC when the user has to be asked and cannot be
 */
export async function clean({ project, terminal, stop }: Invocation, options: CleanOptions): Promise<void> {
  const { signal } = stop
  const engine = await ensureEngine({ say: terminal.say, ask: terminal.ask, env: process.env, signal })
  if (!options.images) return cleanContainers(engine, options, terminal)
  // Between two repetitions a run has no container, so no container keeps its images from being removed.
  const { giveBack } = await holdEngine(engine.facts, {
    root: project.root,
    ...lockFolderFrom(process.env),
  })
  try {
    await cleanContainers(engine, options, terminal)
    const images = await removeBuiltImages(engine.client, 'targets and services')
    terminal.print(`removed ${images.length} images`)
  } finally {
    await giveBack()
  }
}

async function cleanContainers({ client }: Engine, options: CleanOptions, terminal: Terminal): Promise<void> {
  const { removed, left } = await sweep(client)
  for (const { kind, name } of removed) terminal.print(`removed ${kind} ${name}`)
  const foreign = left.filter(({ ownerState }) => ownerState === 'elsewhere')
  for (const each of left) terminal.print(`left ${each.kind} ${each.name}: ${whyLeft(each)}`)
  if (removed.length === 0 && left.length === 0) terminal.print('No run left anything behind.')
  if (foreign.length === 0) return
  if (!options.all) {
    terminal.say('If nothing runs there any more: npm run clean -- --all')
    return
  }
  if (!options.yes && !(await mayRemove(foreign, terminal))) {
    terminal.print('removed none of them')
    return
  }
  const swept = await sweep(client, { everything: true })
  for (const { kind, name } of swept.removed) terminal.print(`removed ${kind} ${name}`)
}

function whyLeft({ ownerState, owner: { pid, host } }: Leftover): string {
  if (ownerState === 'alive') return `a run is using it (process ${pid})`
  if (ownerState === 'dead') return 'the engine does not release it'
  const where = host === '' ? '' : ` (process ${pid} on ${host})`
  return `a run on another machine or in another container made it${where}, and cannot be asked from here`
}

async function mayRemove(foreign: readonly Leftover[], terminal: Terminal): Promise<boolean> {
  const what = foreign.length === 1 ? 'the one' : `the ${foreign.length}`
  if (terminal.ask) {
    return terminal.ask(`Remove ${what} that other machines or containers made? A run that goes on there would fail.`)
  }
  throw new BakeoffError('BAD_SPEC', `--all would remove ${what} listed above that other machines or containers made`, {
    hint: 'If nothing runs there any more: npm run clean -- --all --yes',
  })
}
