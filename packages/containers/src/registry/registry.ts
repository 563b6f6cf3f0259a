import { aborted, BakeoffError } from '@bakeoff/model'
import { imageLabels, keyTag } from '../building/labels.js'
import { type LocalImage, localImage } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { EngineRefusal } from '../client/errors.js'
import type { RegistryAuth } from '../client/image-calls.js'
import { hideInAddresses } from '../redact.js'
import { PullFailed, type PullOptions, pullImage } from './pull.js'
import { type AuthWorld, registryAuth } from './registry-auth.js'
import { asItIsPlaceOf, nameAndTag, type RegistryPlace, repositoryOf } from './registry-name.js'

/** The answer of a registry for one tag. */
export type Fetched =
  /** the engine has the image under the registry's name until `release`, and after that only if it has another name */
  | { readonly kind: 'here'; readonly image: LocalImage; release(): Promise<void> }
  | { readonly kind: 'absent' }
  /** the registry does not answer, or refuses this user */
  | { readonly kind: 'unreachable'; readonly why: string }

/**
 * Asks a registry for a tag.
 *
 * @throws BakeoffError ABORTED, ENGINE_LOST, OUT_OF_RESOURCES; the errors of `registryAuth`
 */
export type Fetch = (
  repository: string,
  tag: string,
  signal: AbortSignal,
  options?: Pick<PullOptions, 'onAnswer'>,
) => Promise<Fetched>

/** A registry as one process knows it. */
export interface Registry {
  readonly place: RegistryPlace
  readonly fetch: Fetch
}

/** How long a registry may take to answer. The limit is short, since its images can also be built. */
const ANSWER_MS = 8_000

/** @param answerMs how long the registry may take until its first answer */
export function registryAt(
  client: EngineClient,
  place: RegistryPlace,
  world?: AuthWorld,
  answerMs = ANSWER_MS,
): Registry & { readonly auth: AuthOf } {
  const auth = authOf(place, world)
  return {
    place,
    auth,
    fetch: async (repository, tag, signal, options = {}) => {
      const reference = `${repository}:${tag}`
      const borrowed = await borrowTag(client, reference)
      try {
        await pullImage(client, reference, signal, { ...options, answerMs, auth: await auth() })
      } catch (error) {
        if (!(error instanceof PullFailed)) throw error
        return isAbsent(error.reason) ? { kind: 'absent' } : { kind: 'unreachable', why: whyNot(error.reason, place) }
      }
      const image = await localImage(client, reference)
      if (image === null) return { kind: 'unreachable', why: `${reference} is gone right after it came` }
      return { kind: 'here', image, release: borrowed.release }
    },
  }
}

export type AuthOf = () => Promise<RegistryAuth | null>

function authOf({ host }: RegistryPlace, world?: AuthWorld): AuthOf {
  let auth: Promise<RegistryAuth | null> | null = null
  return () => {
    auth ??= registryAuth(host, world)
    return auth
  }
}

/** The result of bringing an image under its own name. */
export type Brought =
  | { readonly kind: 'here'; readonly image: LocalImage }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable' | 'refused'; readonly why: string }

/** A wanted image that Bakeoff builds. */
export interface WantedImage extends Pick<PullOptions, 'onAnswer'> {
  readonly name: string
  readonly key: string
  readonly signal: AbortSignal
}

/**
 * Brings the image of a name and key, as the latest of its name. An image whose label has another key is refused: it was
 * pushed under a false name.
 */
export async function bringImage(
  client: EngineClient,
  { place, fetch }: Registry,
  { name, key, signal, ...options }: WantedImage,
): Promise<Brought> {
  const repository = repositoryOf(place, name)
  const fetched = await fetch(repository, keyTag(key), signal, options)
  if (fetched.kind !== 'here') return fetched
  const { image, release } = fetched
  try {
    const actual = image.labels[imageLabels.key]
    if (actual !== key) {
      const what = actual === undefined ? 'it was not built by Bakeoff' : `its key is ${actual.slice(0, 16)}`
      return { kind: 'refused', why: `${repository}:${keyTag(key)} is another image: ${what}` }
    }
    const { id } = image
    for (const tag of [keyTag(key), 'latest']) await client.images.tag(id, { repo: name, tag })
    return { kind: 'here', image }
  } finally {
    await release()
  }
}

/** Brings an image that no folder here builds, under the name that Dockerfiles and scenarios use. */
export async function bringAsItIs(
  client: EngineClient,
  { place, fetch }: Registry,
  reference: string,
  signal: AbortSignal,
): Promise<Brought> {
  const from = asItIsPlaceOf(place, reference)
  if (from === null) return { kind: 'absent' }
  const fetched = await fetch(from.repository, from.tag, signal)
  if (fetched.kind !== 'here') return fetched
  const { image, release } = fetched
  await client.images.tag(image.id, { repo: nameAndTag(reference).name, tag: from.tag })
  await release()
  return { kind: 'here', image }
}

/** An image of the engine, and its place in a registry. */
export interface Delivery {
  readonly id: string
  readonly repository: string
  readonly tag: string
}

/**
 * Puts an image into a registry.
 *
 * @throws BakeoffError DOWNLOAD_FAILED when the registry does not take it, ABORTED, ENGINE_LOST
 */
export async function pushImage(
  client: EngineClient,
  { place, auth }: { readonly place: RegistryPlace; readonly auth: AuthOf },
  { id, repository: repo, tag }: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const known = await auth()
  const borrowed = await borrowTag(client, `${repo}:${tag}`)
  await client.images.tag(id, { repo, tag })
  try {
    for await (const _event of client.images.push({ repo, tag }, known, signal)) {
      // each is a line of progress; an error throws
    }
  } catch (cause) {
    if (signal.aborted) throw aborted(`while pushing to ${place.name}`, cause)
    throw cause instanceof EngineRefusal ? registryError(place, whyNot(cause.message, place), cause) : cause
  } finally {
    await borrowed.release()
  }
}

export function registryError(place: RegistryPlace, why: string, cause?: unknown): BakeoffError {
  return new BakeoffError('DOWNLOAD_FAILED', `${place.name}: ${why}`, {
    hint: `Check that it answers and accepts this user: docker login ${place.host}. A registry without https has to be in insecure-registries of the engine.`,
    cause,
  })
}

/** A temporary tag. An image that had the tag before keeps it. */
async function borrowTag(client: EngineClient, reference: string): Promise<{ release(): Promise<void> }> {
  const before = await localImage(client, reference)
  return {
    release: async () => {
      if (before !== null) return
      await client.images.remove(reference).catch(() => undefined) // only a name
    },
  }
}

/** The messages of engines for a tag or a repository that a registry does not have. */
function isAbsent(reason: string): boolean {
  return (
    /manifest unknown|name unknown|not known to registry|\bnot found\b/i.test(reason) &&
    !/no such host|lookup /i.test(reason)
  )
}

function whyNot(reason: string, { host }: RegistryPlace): string {
  const text = hideInAddresses(reason)
  return /denied|unauthorized|authentication required|no basic auth/i.test(reason)
    ? `it refuses this user (${text}). Log in: docker login ${host}`
    : text
}
