import type { ImageFacts } from '@bakeoff/model'
import type { Built, BuiltImages } from './build-images.js'
import type { ImageRequest } from './ports.js'

/**
 * Where a run's images come from: asked before a block is measured for what the run has not had yet, never while something is
 * measured. Rejects with what ends the run.
 */
export type ImageSource = (requests: readonly ImageRequest[]) => Promise<BuiltImages>

/** The images of a run, which grow from block to block. One that could not be had stays so within a run. */
export class StageImages {
  readonly #built: Map<string, Built>

  constructor(built: BuiltImages) {
    this.#built = new Map(built)
  }

  /** Those of the requests that were not asked for yet. */
  missing(requests: readonly ImageRequest[]): ImageRequest[] {
    return requests.filter(({ name }) => !this.#built.has(name))
  }

  add(images: BuiltImages): void {
    for (const [name, built] of images) this.#built.set(name, built)
  }

  /** @throws what kept the image from being built */
  of(name: string): ImageFacts {
    const built = this.#built.get(name)
    if (!built) throw new Error(`${name} was not asked for`)
    if ('error' in built) throw built.error
    return built.facts
  }

  /**
   * To be called before what is of no use without these images.
   *
   * @throws what kept the first that is missing from being built
   */
  need(...names: readonly string[]): void {
    for (const name of names) this.of(name)
  }
}
