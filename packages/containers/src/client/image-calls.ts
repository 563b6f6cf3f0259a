import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { ImageAnswer, ListedImage } from './answers.js'
import { asking, working } from './asking.js'
import { isEngineGone, translated } from './errors.js'
import type { ProgressEvent } from './progress.js'

/** Which of Docker's two builders makes an image. */
export type Builder = 'classic' | 'buildkit'

/** The credentials that the engine shows to a registry. */
export interface RegistryAuth {
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly serveraddress: string
}

/** A request to the engine for a build. */
export interface BuildCall {
  readonly tag: string
  /** packs the context; called again when it has to be sent again */
  readonly pack: () => Readable
  readonly builder: Builder
  /** relative to the context; absent: `Dockerfile` */
  readonly dockerfile?: string | undefined
  /** absent: the last one */
  readonly stage?: string | undefined
  readonly buildArgs?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  /** the memory limit, which BuildKit does not have */
  readonly memoryBytes: number
  readonly signal: AbortSignal
}

/** A file tree that becomes an image. */
export interface ImportCall {
  readonly reference: string
  readonly tar: NodeJS.ReadableStream
  /** as in a Dockerfile: `CMD ["/bin/sh"]` */
  readonly changes: readonly string[]
  readonly signal: AbortSignal
}

export type Progress = AsyncGenerator<ProgressEvent, void, undefined>

/** dockerode's types do not know that it can export several images at once, nor that loading can be aborted. */
interface Exporting {
  getImages(options: { names: readonly string[]; abortSignal: AbortSignal }): Promise<Readable>
  loadImage(tar: Readable, options: { abortSignal: AbortSignal }): Promise<Readable>
}

/**
 * The builder version for BuildKit. dockerode opens a session, for credentials of registries, when this is the string that its types ask for. The engine
 * takes the context from the request's body and needs none.
 */
const WITHOUT_SESSION = { version: 2 as unknown as '2' }
const SENDS = 3

/** Images of an engine. A reference is a name with a tag, or an id. */
export class ImageCalls {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  /** @throws EngineRefusal with status 404 when there is no such image */
  inspect(reference: string): Promise<ImageAnswer> {
    return asking(`looking for ${reference}`, () => this.#docker.getImage(reference).inspect())
  }

  /** @param references as the engine's filter has them, `bakeoff/*` */
  list(references: readonly string[]): Promise<ListedImage[]> {
    return asking(`listing images of ${references.join(', ')}`, () =>
      this.#docker.listImages({ filters: { reference: [...references] } }),
    )
  }

  async tag(reference: string, as: { readonly repo: string; readonly tag: string }): Promise<void> {
    await asking(`naming ${reference}`, () => this.#docker.getImage(reference).tag(as))
  }

  /** Removes a name of an image; the engine removes an image with its last name. */
  async remove(reference: string): Promise<void> {
    await asking(`removing ${reference}`, () => this.#docker.getImage(reference).remove())
  }

  build(call: BuildCall): Progress {
    const { tag, pack, builder, dockerfile, stage, buildArgs, labels, memoryBytes, signal } = call
    const options: Docker.ImageBuildOptions = {
      t: tag,
      ...(dockerfile === undefined || dockerfile === 'Dockerfile' ? {} : { dockerfile }),
      ...(stage === undefined ? {} : { target: stage }),
      ...(buildArgs ? { buildargs: { ...buildArgs } } : {}),
      ...(labels ? { labels: { ...labels } } : {}),
      ...(builder === 'buildkit' ? WITHOUT_SESSION : {}),
      memory: memoryBytes,
      memswap: memoryBytes, // memory and swap together: no swap
      rm: true,
      forcerm: true, // a failed or stopped build leaves no container behind
      abortSignal: signal,
    }
    return working(`building ${tag}`, () => this.#send(pack, options), signal)
  }

  pull(reference: string, auth: RegistryAuth | null, signal: AbortSignal): Progress {
    const options = { fromImage: reference, abortSignal: signal }
    return working(
      `pulling ${reference}`,
      () => (auth === null ? this.#docker.createImage(options) : this.#docker.createImage(auth, options)),
      signal,
    )
  }

  push(
    reference: { readonly repo: string; readonly tag: string },
    auth: RegistryAuth | null,
    signal: AbortSignal,
  ): Progress {
    const { repo, tag } = reference
    // Without any credentials the engine refuses to push at all.
    const authconfig = (auth ?? { username: '', password: '' }) as Docker.AuthConfig
    return working(
      `pushing ${repo}:${tag}`,
      () => this.#docker.getImage(repo).push({ tag, abortSignal: signal, authconfig }),
      signal,
    )
  }

  import({ reference, tar, changes, signal }: ImportCall): Progress {
    // Name and tag together: Podman 4 ignores a separate tag.
    const options = { repo: reference, changes: [...changes], abortSignal: signal }
    return working(`importing ${reference}`, () => this.#docker.importImage(tar, options), signal)
  }

  /** One tar with all these images. */
  save(references: readonly string[], signal: AbortSignal): Promise<Readable> {
    return asking(
      'saving images',
      () => (this.#docker as unknown as Exporting).getImages({ names: references, abortSignal: signal }),
      signal,
    )
  }

  load(tar: Readable, signal: AbortSignal): Progress {
    return working(
      'loading images',
      () => (this.#docker as unknown as Exporting).loadImage(tar, { abortSignal: signal }),
      signal,
    )
  }

  /**
   * Sends the context; the output follows. An engine may refuse a context before it has read it, as when its disk is full, and its
   * answer can be lost with the connection that it closes (RFC 9112, 9.6). An engine that answers a ping is not gone: it is asked again.
   */
  async #send(pack: () => Readable, options: Docker.ImageBuildOptions): Promise<NodeJS.ReadableStream> {
    for (let sent = 1; ; sent++) {
      const tar = pack()
      try {
        const output = await this.#docker.buildImage(tar, options)
        output.once('close', () => tar.destroy()) // BuildKit may still read it while it writes
        return output
      } catch (error) {
        tar.destroy()
        const isOver = sent === SENDS || options.abortSignal?.aborted
        if (isOver || !isEngineGone(translated(error, 'building')) || !(await this.#answers())) throw error
      }
    }
  }

  #answers(): Promise<boolean> {
    return this.#docker.ping().then(
      () => true,
      () => false,
    )
  }
}
