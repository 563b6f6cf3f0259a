import type { ImageFacts } from '@bakeoff/model'
import type { ContainerHost, ImageEvent, ImageRequest } from '@bakeoff/runner/ports'
import type { EngineClient } from '../client/client.js'
import { UnderWay } from '../images/once.js'
import { Semaphore } from '../images/semaphore.js'
import { type ImageEngine, moveImage, sameImageOn } from './move-image.js'

/** How many images travel at once. More would share the same way out of the machine that built them. */
const MOVES_AT_ONCE = 2

type Images = Pick<ContainerHost, 'ensureImage' | 'lookUpImage' | 'findImage'>
type Report = (event: ImageEvent) => void

export interface SiteImagesOptions {
  /** the engines of the site */
  readonly engines: readonly ImageEngine[]
  /** the name of the host on which everything is built */
  readonly maker: string
  /** the images of that host */
  readonly images: Images
}

/**
 * The images of several engines: built once, on the maker, and moved from there, since two builds are two programs. Callers know an
 * image by its id on the maker; what its id is on another engine is known here.
 */
export class SiteImages implements Images {
  readonly maker: string
  readonly #engines: ReadonlyMap<string, EngineClient>
  readonly #images: Images
  readonly #underWay = new UnderWay()
  readonly #places = new Semaphore(MOVES_AT_ONCE)
  /** ids on other hosts, by `host id` */
  readonly #ids = new Map<string, string>()
  /** names of images, by id, as they were asked for */
  readonly #names = new Map<string, string>()

  constructor({ engines, maker, images }: SiteImagesOptions) {
    this.maker = maker
    this.#engines = new Map(engines.map(({ name, client }) => [name, client]))
    this.#images = images
  }

  /** As the port says; the image is then on all hosts of the request. */
  async ensureImage(
    request: ImageRequest,
    signal: AbortSignal,
    onEvent: Report = () => undefined,
  ): Promise<ImageFacts> {
    const facts = this.#known(await this.#images.ensureImage(request, signal, onEvent))
    const moves = (request.hosts ?? []).map((host) => this.idOn(host, facts.id, signal, onEvent))
    await Promise.allSettled(moves) // no move is left to itself when another fails
    await Promise.all(moves)
    return facts
  }

  /** As the port says, of the maker: hosts that miss it get it when they need it, since moving an image does not change it. */
  async lookUpImage(request: ImageRequest): Promise<ImageFacts | null> {
    const facts = await this.#images.lookUpImage(request)
    return facts && this.#known(facts)
  }

  /** As the port says. An image that only another host still has is moved back to the maker. */
  async findImage(name: string, id: string): Promise<ImageFacts | null> {
    const facts = (await this.#images.findImage(name, id)) ?? (await this.#broughtBack(name, id))
    return facts && this.#known(facts)
  }

  /**
   * The id that an image of the maker has on a host. It is moved there when it is missing.
   *
   * @throws BakeoffError ENGINE_LOST, ENGINE_FAILED, OUT_OF_RESOURCES, ABORTED
   */
  async idOn(host: string, id: string, signal: AbortSignal, report: Report = () => undefined): Promise<string> {
    if (host === this.maker) return id
    const key = `${host} ${id}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    return this.#underWay.share(key, () =>
      this.#places.run(async () => {
        const name = this.#names.get(id) ?? id
        const move = { from: this.#engine(this.maker), to: this.#engine(host), name, id }
        const there = await moveImage(move, signal, () => report({ state: 'moving', image: name, to: host }))
        this.#ids.set(key, there)
        return there
      }),
    )
  }

  #known(facts: ImageFacts): ImageFacts {
    this.#names.set(facts.id, facts.name)
    return facts
  }

  async #broughtBack(name: string, id: string): Promise<ImageFacts | null> {
    const to = this.#engine(this.maker)
    for (const host of this.#engines.keys()) {
      if (host === this.maker) continue
      const from = this.#engine(host)
      const original = await from.client.images.inspect(id).catch(() => null)
      if (original === null) continue
      const { signal } = new AbortController()
      const there = await this.#places.run(() => moveImage({ from, to, name, id: original.Id }, signal))
      // Under another id it would not be the image that was asked for.
      if ((await sameImageOn(to.client, original, [id])) === there) return this.#images.findImage(name, id)
    }
    return null
  }

  #engine(name: string): ImageEngine {
    const client = this.#engines.get(name)
    if (client === undefined) throw new Error(`there is no host ${name} in this site`)
    return { name, client }
  }
}
