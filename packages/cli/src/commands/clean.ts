import {
  type Engine,
  ensureEngine,
  holdEngine,
  isReached,
  type Leftover,
  needIdle,
  reachHosts,
  removeBuiltImages,
  type Swept,
  sweep,
} from '@bakeoff/containers'
import { BakeoffError } from '@bakeoff/model'
import { exitCodes } from '../exit.js'
import { readHosts } from '../hosts-file.js'
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
    .option('--hosts <file>', 'on the machines that this file names, in place of this one')
    .action(({ images = false, all = false, yes = false, hosts }: Partial<CleanOptions>) =>
      clean(invocation, { images, all, yes, hosts }),
    )

export interface CleanOptions {
  /** also remove the images that were built */
  readonly images: boolean
  /** also remove what runs on other machines and in other containers left */
  readonly all: boolean
  /** remove without asking */
  readonly yes: boolean
  /** the file that names the machines; default: the engine of this one */
  readonly hosts?: string | undefined
}

/** An engine that is cleaned. */
interface Place {
  /** of the host; null: the engine of this machine */
  readonly name: string | null
  readonly engine: Engine
}

/**
 * Removes what killed runs left on the engine, or on those of hosts. What a run on this machine uses is never removed. A host that cannot be
 * reached keeps no other from being cleaned.
 *
 * @throws ENGINE_HELD when images are to go and a run needs them, BAD_SPEC when the user has to be asked and cannot be
 */
export async function clean(invocation: Invocation, options: CleanOptions): Promise<void> {
  const { terminal, stop } = invocation
  const { signal } = stop
  if (options.hosts === undefined) {
    const engine = await ensureEngine({ say: terminal.say, ask: terminal.ask, env: process.env, signal })
    return cleanPlaces([{ name: null, engine }], options, invocation)
  }
  await using reached = await reachHosts(readHosts(options.hosts, terminal).hosts, signal)
  const places = reached.hosts.filter(isReached).map(({ spec: { name }, engine }) => ({ name, engine }))
  if (places.length > 0) await cleanPlaces(places, options, invocation)
  const missing = reached.hosts.flatMap((host) => (isReached(host) ? [] : [host.problem]))
  for (const { message } of missing) terminal.print(`not cleaned: ${message}`)
  if (missing.length > 0) invocation.leave(exitCodes.environment)
}

async function cleanPlaces(
  places: readonly Place[],
  options: CleanOptions,
  { project, terminal }: Invocation,
): Promise<void> {
  if (!options.images) return cleanContainers(places, options, terminal)
  // Between two repetitions a run has no container, so no container keeps its images from being removed.
  const held: Awaited<ReturnType<typeof holdEngine>>[] = []
  try {
    for (const { name, engine } of places) {
      if (name !== null) await needIdle(name, engine.client)
      held.push(await holdEngine(engine.facts, { root: project.root, ...lockFolderFrom(process.env) }))
    }
    await cleanContainers(places, options, terminal)
    for (const { name, engine } of places) {
      const images = await removeBuiltImages(engine.client, 'targets and services')
      terminal.print(`${prefixOf(name)}removed ${images.length} images`)
    }
  } finally {
    for (const { giveBack } of held) await giveBack()
  }
}

async function cleanContainers(places: readonly Place[], options: CleanOptions, terminal: Terminal): Promise<void> {
  const swept = await sweepAll(places)
  tellRemoved(swept, terminal)
  for (const { place, left } of swept)
    for (const each of left) terminal.print(`${prefixOf(place.name)}left ${each.kind} ${each.name}: ${whyLeft(each)}`)
  if (swept.every(({ removed, left }) => removed.length === 0 && left.length === 0))
    terminal.print('No run left anything behind.')
  const foreign = swept.flatMap(({ left }) => left.filter(({ ownerState }) => ownerState === 'elsewhere'))
  if (foreign.length === 0) return
  if (!options.all) {
    terminal.say('If nothing runs there any more: npm run clean -- --all')
    return
  }
  if (!options.yes && !(await mayRemove(foreign, terminal))) {
    terminal.print('removed none of them')
    return
  }
  tellRemoved(await sweepAll(places, { everything: true }), terminal)
}

interface SweptPlace extends Swept {
  readonly place: Place
}

/** All at once: the overlay of a testbed goes when the containers of all hosts have. */
function sweepAll(places: readonly Place[], options: Parameters<typeof sweep>[1] = {}): Promise<SweptPlace[]> {
  return Promise.all(places.map(async (place) => ({ place, ...(await sweep(place.engine.client, options)) })))
}

function tellRemoved(swept: readonly SweptPlace[], terminal: Terminal): void {
  for (const { place, removed } of swept)
    for (const { kind, name } of removed) terminal.print(`${prefixOf(place.name)}removed ${kind} ${name}`)
}

const prefixOf = (name: string | null) => (name === null ? '' : `${name}: `)

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
