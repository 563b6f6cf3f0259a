import { Readable } from 'node:stream'
import type { EngineClient } from '../src/client/client.js'
import { clientOf, engineError } from './fake-engine.js'

export interface FakeImage {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

/** Registries that engines of a test share: what was put there under `host/path:tag`. */
export class FakeRegistries {
  readonly images = new Map<string, FakeImage>()
  /** every question, in order */
  readonly asked: string[] = []
  /** what hosts say instead of an answer; `never` is nothing at all */
  readonly down = new Map<string, string | 'never'>()
}

let builds = 0

/** An engine with images, that builds by giving out new ids, and pulls from and pushes to fake registries. */
export class FakeImageEngine {
  /** by `name:tag` */
  readonly tags = new Map<string, FakeImage>()
  readonly built: string[] = []
  readonly registries: FakeRegistries

  constructor(registries = new FakeRegistries()) {
    this.registries = registries
  }

  put(reference: string, id: string, labels: Record<string, string> = {}): FakeImage {
    const image = { id, labels }
    this.tags.set(reference, image)
    return image
  }

  get client(): EngineClient {
    return clientOf({
      version: async () => ({ Os: 'linux', Arch: 'amd64' }),
      info: async () => ({ NCPU: 2, MemTotal: 8 * 1024 ** 3 }),
      listImages: async () => [],
      getImage: (reference: string) => ({
        inspect: async () => {
          const { id, labels } = this.#find(reference)
          return { Id: id, Size: 1, Architecture: 'amd64', Config: { Labels: labels } }
        },
        tag: async ({ repo, tag }: { repo: string; tag: string }) =>
          void this.tags.set(`${repo}:${tag}`, this.#find(reference)),
        remove: async () => {
          this.#find(reference)
          this.tags.delete(withTag(reference))
        },
        push: async ({ tag }: { tag: string }) => {
          const trouble = this.registries.down.get(hostOf(reference))
          if (trouble !== undefined) return events({ error: trouble })
          this.registries.images.set(`${reference}:${tag}`, this.#find(`${reference}:${tag}`))
          return events({ status: 'pushed' })
        },
      }),
      createImage: async (...given: { fromImage: string; abortSignal?: AbortSignal }[]) =>
        this.#pull(given.at(-1) as never),
      buildImage: async (tar: Readable, { t, labels = {} }: { t: string; labels?: Record<string, string> }) => {
        for await (const _chunk of tar) {
          // what it holds does not matter: the key is made of it elsewhere
        }
        if (!t.endsWith(':unlabelled')) this.built.push(t.replace(/:latest$/, ''))
        this.put(t, `sha256:${String(++builds).padStart(64, '0')}`, labels)
        return events({ stream: 'Step 1/1 : FROM x\n' })
      },
    })
  }

  async #pull({ fromImage, abortSignal }: { fromImage: string; abortSignal?: AbortSignal }): Promise<Readable> {
    this.registries.asked.push(fromImage)
    const trouble = this.registries.down.get(hostOf(fromImage))
    if (trouble === 'never') {
      await new Promise((_, reject) => abortSignal?.addEventListener('abort', () => reject(abortSignal.reason)))
    } else if (trouble !== undefined) throw engineError(500, trouble)
    const image = this.registries.images.get(fromImage)
    if (!image) throw engineError(404, `manifest for ${fromImage} not found: manifest unknown: manifest unknown`)
    this.tags.set(fromImage, image)
    return events({ status: 'Pulling' })
  }

  #find(reference: string): FakeImage {
    const found = this.tags.get(withTag(reference)) ?? [...this.tags.values()].find(({ id }) => id === reference)
    if (!found) throw engineError(404, `No such image: ${reference}`)
    return found
  }
}

function events(...list: object[]): Readable {
  return Readable.from(list.map((event) => Buffer.from(`${JSON.stringify(event)}\n`)))
}

function withTag(reference: string): string {
  return /:[^/]+$/.test(reference) ? reference : `${reference}:latest`
}

function hostOf(reference: string): string {
  return reference.split('/')[0] as string
}
