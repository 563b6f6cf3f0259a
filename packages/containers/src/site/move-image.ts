import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BakeoffError } from '@bakeoff/model'
import { imageLabels, keyTag } from '../building/labels.js'
import { withTag } from '../building/lookup.js'
import type { ImageAnswer } from '../client/answers.js'
import type { EngineClient } from '../client/client.js'
import { diskFull, EngineRefusal, statusOf, translated } from '../client/errors.js'
import { isOurs } from '../images/references.js'
import { isSameImage } from './same-image.js'

/** An engine by the name of its host. */
export interface ImageEngine {
  readonly name: string
  readonly client: EngineClient
}

/** An image that is to be on another engine too. */
export interface Move {
  readonly from: ImageEngine
  readonly to: ImageEngine
  /** as it was asked for: `bakeoff/target/go-chi`, `redis:7` */
  readonly name: string
  /** its id on the engine that has it */
  readonly id: string
}

/**
 * Copies an image from one engine to another as a stream, without a file between, unless it is there already.
 *
 * @param onMove called when it is not there
 * @returns its id on the other engine
 * @throws BakeoffError ENGINE_LOST, ENGINE_FAILED, OUT_OF_RESOURCES, ABORTED
 */
export async function moveImage(
  { from, to, name, id }: Move,
  signal: AbortSignal,
  onMove: () => void = () => undefined,
): Promise<string> {
  const original = await from.client.images.inspect(id)
  const reference = await referenceOf(from.client, original, name)
  const names = reference === null ? [id] : [id, reference]
  const there = await sameImageOn(to.client, original, names)
  if (there !== null) return there
  onMove()
  const loaded = await copy(from, to, reference ?? id, signal)
  const moved = await sameImageOn(to.client, original, [...names, ...loaded])
  if (moved !== null) return moved
  throw new BakeoffError(
    'ENGINE_FAILED',
    `${name} is another image on ${to.name} than on ${from.name} after it was moved there`,
    {
      hint: `Its layers or settings differ. Compare on both: docker image inspect ${reference ?? id}`,
    },
  )
}

/** The id of this very image on an engine, under one of these names; null: it has none. */
export async function sameImageOn(
  client: EngineClient,
  original: ImageAnswer,
  names: readonly string[],
): Promise<string | null> {
  for (const name of names) {
    const found = await client.images.inspect(name).catch((error: unknown) => {
      if (statusOf(error) === 404) return null
      throw error
    })
    if (found !== null && isSameImage(original, found)) return found.Id
  }
  return null
}

/** The name by which an image travels, so that it has one where it arrives; null: it has none, as one that is pinned by digest. */
async function referenceOf(client: EngineClient, { Id, Config }: ImageAnswer, name: string): Promise<string | null> {
  const key = Config?.Labels?.[imageLabels.key]
  if (isOurs(name) && key !== undefined) {
    const tag = keyTag(key) // a later build may have taken `latest`, and this tag may be gone to save space
    const repo = name.replace(/:[^/]+$/, '')
    await client.images.tag(Id, { repo, tag })
    return `${repo}:${tag}`
  }
  if (name.includes('@')) return null
  const named = await client.images.inspect(withTag(name)).catch(() => null)
  return named?.Id === Id ? withTag(name) : null
}

/** @returns the names and ids that the other engine reports as loaded */
async function copy(from: ImageEngine, to: ImageEngine, reference: string, signal: AbortSignal): Promise<string[]> {
  const loaded: string[] = []
  const broken = new AbortController()
  const either = AbortSignal.any([signal, broken.signal])
  const tar = new PassThrough()
  const saving = (async () => {
    const saved: Readable = await from.client.images.save([reference], either)
    await pipeline(saved, tar, { signal: either })
  })().catch((error: unknown) => {
    broken.abort() // the other engine would wait for the rest for ever
    return { error }
  })
  try {
    for await (const { stream: said } of to.client.images.load(tar, either)) {
      const name = /^Loaded image(?: ID)?: (\S+)/.exec(said ?? '')?.[1]
      if (name !== undefined) loaded.push(name)
    }
  } catch (error) {
    broken.abort()
    const failed = await saving
    const isOfSource = failed !== undefined && !isConsequence(failed.error)
    throw isOfSource
      ? problem(`saving ${reference} on ${from.name}`, failed.error, signal)
      : problem(`loading ${reference} on ${to.name}`, error, signal)
  }
  const failed = await saving
  if (failed !== undefined) throw problem(`saving ${reference} on ${from.name}`, failed.error, signal)
  return loaded
}

/** Whether an end of the source only follows from that of the other side. */
function isConsequence(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown }
  return name === 'AbortError' || code === 'ABORTED' || code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

function problem(doing: string, error: unknown, signal: AbortSignal): unknown {
  const told = translated(error, doing, signal)
  if (!(told instanceof EngineRefusal)) return told
  return (
    diskFull(`${doing} failed`, told) ??
    new BakeoffError('ENGINE_FAILED', `the engine failed while ${doing}: ${told.message}`, {
      hint: 'Try again; `npm run hosts -- check` shows whether the engines work.',
      cause: told,
    })
  )
}
