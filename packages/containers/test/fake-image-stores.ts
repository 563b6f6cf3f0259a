import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ImageAnswer } from '../src/client/answers.js'
import type { EngineClient } from '../src/client/client.js'
import type { ImageEngine } from '../src/site/move-image.js'
import { clientOf, engineError } from './fake-engine.js'

export interface StoredImage {
  readonly layers: readonly string[]
  readonly settings: NonNullable<ImageAnswer['Config']> & { readonly Cmd?: readonly string[] }
}

/** An engine that keeps images, saves them as a stream, and loads what another one saved. */
export class FakeImageStore implements ImageEngine {
  readonly name: string
  readonly images = new Map<string, StoredImage>()
  /** ids by `name:tag` */
  readonly tags = new Map<string, string>()
  /** names that were saved here, in order */
  readonly saved: string[] = []
  /** how many are saved at this moment, and at most until now */
  readonly atOnce = { now: 0, most: 0 }
  /** as containerd's store does: the same image has another id here */
  readonly hasOwnIds: boolean
  /** what loading ends with */
  refuses: string | null = null
  /** how saving ends before its end */
  breaks: Error | null = null
  /** what loading makes of an image */
  changes: (image: StoredImage) => StoredImage = (image) => image

  constructor(name: string, { hasOwnIds = false } = {}) {
    this.name = name
    this.hasOwnIds = hasOwnIds
  }

  /** @returns its id */
  put(image: StoredImage, ...tags: string[]): string {
    const id = this.#idOf(image)
    this.images.set(id, image)
    for (const tag of tags) this.tags.set(tag, id)
    return id
  }

  get client(): EngineClient {
    return clientOf({
      getImage: (reference: string) => ({
        inspect: async () => {
          const id = this.#find(reference)
          const { layers, settings } = this.images.get(id) as StoredImage
          return { Id: id, RootFS: { Layers: layers }, Config: settings }
        },
        tag: async ({ repo, tag }: { repo: string; tag: string }) =>
          void this.tags.set(`${repo}:${tag}`, this.#find(reference)),
      }),
      getImages: async ({ names }: { names: readonly string[] }) => this.#save(names[0] as string),
      loadImage: (tar: Readable, { abortSignal }: { abortSignal: AbortSignal }) => this.#load(tar, abortSignal),
    })
  }

  #save(reference: string): Readable {
    const image = this.images.get(this.#find(reference)) as StoredImage
    this.saved.push(reference)
    const text = JSON.stringify({ image, tag: reference.startsWith('sha256:') ? null : reference })
    const { breaks, atOnce } = this
    atOnce.most = Math.max(atOnce.most, ++atOnce.now)
    async function* parts() {
      try {
        for (let at = 0; at < text.length; at += 16) {
          await new Promise((resolve) => setImmediate(resolve))
          if (breaks && at > 16) throw breaks
          yield Buffer.from(text.slice(at, at + 16))
        }
      } finally {
        atOnce.now--
      }
    }
    return Readable.from(parts())
  }

  /** As dockerode does: the answer comes when the whole tar was sent. One that ends in the middle is waited for until the call is aborted. */
  #load(tar: Readable, abortSignal: AbortSignal): Promise<Readable> {
    return new Promise((resolve, reject) => {
      let text = ''
      abortSignal.addEventListener('abort', () => reject(abortSignal.reason))
      tar.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      tar.on('end', () => resolve(Readable.from([`${JSON.stringify(this.#loaded(text))}\n`])))
    })
  }

  #loaded(text: string): object {
    if (this.refuses !== null) return { error: this.refuses }
    const { image, tag } = JSON.parse(text) as { image: StoredImage; tag: string | null }
    const id = this.put(this.changes(image), ...(tag === null ? [] : [tag]))
    return { stream: tag === null ? `Loaded image ID: ${id}\n` : `Loaded image: ${tag}\n` }
  }

  #idOf(image: StoredImage): string {
    const text = JSON.stringify(image) + (this.hasOwnIds ? this.name : '')
    return `sha256:${createHash('sha256').update(text).digest('hex')}`
  }

  #find(reference: string): string {
    const id = this.tags.get(reference) ?? reference
    if (!this.images.has(id)) throw engineError(404, `No such image: ${reference}`)
    return id
  }
}
