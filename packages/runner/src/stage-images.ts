import type { ImageFacts } from '@bakeoff/model'
import type { Built, BuiltImages } from './build-images.js'
import type { ImageRequest } from './ports.js'

/**
 * The source of a run's images. It is asked before a block is measured, for images that the run does not have yet, and never while something is
 * measured. Rejects with an error that ends the run.
 */
export type ImageSource = (requests: readonly ImageRequest[]) => Promise<BuiltImages>

/** The images of a run, which grow from block to block. An image that could not be had is not tried again within the run. */
export class StageImages {
  readonly #built: Map<string, Built>

  constructor(built: BuiltImages) {
    this.#built = new Map(built)
  }

  /** The requests that were not made yet. */
  missing(requests: readonly ImageRequest[]): ImageRequest[] {
    return requests.filter(({ name }) => !this.#built.has(name))
  }

  add(images: BuiltImages): void {
    for (const [name, built] of images) this.#built.set(name, built)
  }

  /** @throws the error that kept the image from being built */
  of(name: string): ImageFacts {
    const built = this.#built.get(name)
    if (!built) throw new Error(`${name} was not asked for`)
    if ('error' in built) throw built.error
    return built.facts
  }

  /**
   * Checks that images are there; to be called before work that needs them.
   *
   * @throws the error that kept the first missing image from being built
   */
  need(...names: readonly string[]): void {
    for (const name of names) this.of(name)
  }
}
