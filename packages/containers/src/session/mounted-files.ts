import type { Readable } from 'node:stream'
import type { MountedFiles } from '@bakeoff/runner/ports'
import { pack } from 'tar-stream'

/** The files as a tar. All may read them: which user a container has is its image's matter. */
export function tarOf({ texts }: MountedFiles): Readable {
  const tar = pack()
  for (const [name, text] of Object.entries(texts)) tar.entry({ name, mode: 0o444 }, text)
  tar.finalize()
  return tar as unknown as Readable
}
