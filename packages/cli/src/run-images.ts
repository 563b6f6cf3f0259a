import type { StoredFingerprint } from '@bakeoff/model'
import { type BuiltImages, buildImages, type ImageSource, type Ports } from '@bakeoff/runner'
import { withImages } from './fingerprints.js'
import type { RunFolder } from './run-folder.js'

export interface RunImages {
  /** what the run has by now; of these none is built */
  readonly given: BuiltImages
  /** grows with what is built, and is written before any of it is measured. Null: the run keeps none */
  readonly fingerprint: StoredFingerprint | null
  readonly folder: Pick<RunFolder, 'writeFingerprint'>
  readonly ports: Ports
  readonly signal: AbortSignal
}

/** The images of a run as its blocks come to them: those that are given, and the others built when it is their turn. */
export function imagesOfRun({ given, fingerprint, folder, ports, signal }: RunImages): ImageSource {
  let stored = fingerprint
  return async (requests) => {
    const missing = requests.filter(({ name }) => !given.has(name))
    const built = await buildImages(missing, ports, signal)
    if (stored !== null && missing.length > 0) {
      stored = withImages(stored, built)
      folder.writeFingerprint(stored)
    }
    const found = requests.flatMap(({ name }) => {
      const image = given.get(name)
      return image ? [[name, image] as const] : []
    })
    return new Map([...found, ...built])
  }
}
