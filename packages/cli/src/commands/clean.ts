import { ensureEngine, removeBuiltImages, sweep } from '@bakeoff/containers'
import type { Terminal } from '../terminal.js'

/** Removes what killed runs left on the engine; with `images`, the images that were built as well. */
export async function clean(
  options: { readonly images: boolean },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { docker } = await ensureEngine({ say: terminal.say, ask: terminal.ask, env: process.env, signal })
  const { removed, left } = await sweep(docker)
  for (const { kind, name } of removed) terminal.print(`removed ${kind} ${name}`)
  for (const { kind, name, ownerState } of left)
    terminal.print(
      `left ${kind} ${name}: ${ownerState === 'alive' ? 'a run is using it' : 'it belongs to another machine, or the engine does not let go of it'}`,
    )
  if (removed.length === 0 && left.length === 0) terminal.print('Nothing is left of any run.')
  if (!options.images) return
  const images = await removeBuiltImages(docker, 'targets and services')
  terminal.print(`removed ${images.length} images`)
}
