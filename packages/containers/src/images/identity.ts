import { baseName } from '../base/names.js'
import { type BuildContext, readContext } from '../building/context.js'
import { type DockerfileFacts, readDockerfile } from '../building/dockerfile.js'
import { cacheKey } from '../building/key.js'
import { platformOf } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { once } from './once.js'
import { type Buildable, folderOfImage, type ImageFolders, isOurs } from './references.js'

/** A recipe: what a folder says about its image. */
export interface Recipe {
  readonly context: BuildContext
  readonly dockerfile: DockerfileFacts
  /** the stage that is built; null: the last one */
  readonly stage: string | null
  /** addresses of registries that its Dockerfile declares */
  readonly registries: Readonly<Record<string, string>>
}

/** The identity of an image, which tells it from all others. */
export interface Identity {
  readonly key: string
  /** id of the bakeoff/base that the image or an image it is built with starts from; null: none */
  readonly baseId: string | null
}

/** The folders of a project, as recipes for one engine. */
export class Recipes {
  readonly #folders: ImageFolders
  readonly #registries: Readonly<Record<string, string>>
  readonly #platform: () => Promise<string>

  constructor(client: EngineClient, folders: ImageFolders, registries: Readonly<Record<string, string>>) {
    this.#folders = folders
    this.#registries = registries
    this.#platform = once(() => platformOf(client))
  }

  async of({ folder, dockerfile: path, stage }: Buildable): Promise<Recipe> {
    const context = await readContext(folder, new Map(), path)
    const dockerfile = readDockerfile(context.dockerfile, stage)
    const registries = Object.fromEntries(
      Object.entries(this.#registries).filter(([name]) => dockerfile.args.includes(name)),
    )
    return { context, dockerfile, stage: stage ?? null, registries }
  }

  /**
   * The identity of the image that a recipe makes. Bakeoff's images that its Dockerfile names count by their keys, all others by their ids, so
   * an image that is here, or was pulled, does not need the images that it was built with.
   *
   * @param idOf asked for images that no folder makes, and for the base image; null when it is not here
   * @returns    null when one of them is not here
   */
  async identify(recipe: Recipe, idOf: (name: string) => Promise<string | null>): Promise<Identity | null> {
    const references: { name: string; id: string }[] = []
    let baseId: string | null = null
    for (const name of recipe.dockerfile.images) {
      const isFolders = name !== baseName && isOurs(name)
      const below = isFolders
        ? await this.identify(await this.of({ folder: folderOfImage(this.#folders, name) }), idOf)
        : null
      const id = isFolders ? (below?.key ?? null) : await idOf(name)
      if (id === null) return null
      baseId ??= name === baseName ? id : (below?.baseId ?? null)
      references.push({ name, id })
    }
    const { context, registries, stage } = recipe
    const { dockerfilePath: dockerfile } = context
    const parts = {
      contextDigest: context.digest,
      references,
      buildArgs: registries,
      platform: await this.#platform(),
      // Left out where it is as usual, so that keys of before hold.
      ...(dockerfile === 'Dockerfile' && stage === null ? {} : { built: { dockerfile, stage } }),
    }
    return { key: cacheKey(parts), baseId }
  }
}
