/** Moves the images that a project needs between machines, by files and registries. */
import { BakeoffError, type ImageFacts } from '@bakeoff/model'
import type { ImageRequest } from '@bakeoff/runner/ports'
import { adoptBase, type Unfit } from '../base/adopt.js'
import { bringBase, debianTag } from '../base/bring.js'
import { recipeOfBase } from '../base/ensure.js'
import { baseLabels, baseName, debian } from '../base/names.js'
import { imageLabels, keyTag } from '../building/labels.js'
import { type LocalImage, localImage } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { bringAsItIs, bringImage, pushImage, registryAt, registryError } from '../registry/registry.js'
import { usualWorld } from '../registry/registry-auth.js'
import { asItIsPlaceOf, type RegistryPlace, repositoryOf } from '../registry/registry-name.js'
import { type ArchiveFile, loadArchive, type OnBytes, readArchive } from './archive.js'
import { type ArchivedName, archivedNames } from './archive-names.js'
import type { ImageStore } from './image-store.js'
import { folderOfImage, type ImageFolders } from './references.js'

/** One engine and the project whose images it holds. */
export interface ExchangeOptions {
  readonly client: EngineClient
  readonly folders: ImageFolders
  readonly env: Readonly<Record<string, string | undefined>>
  readonly images: ImageStore
  readonly signal: AbortSignal
}

/** A needed image, and the image that the engine has for it. */
export interface Shelf {
  readonly request: ImageRequest
  /** null: the engine has no image of the folder's present state */
  readonly facts: ImageFacts | null
  /** null: the image has no folder, its folder cannot be built, or an image that it is built on is not here */
  readonly key: string | null
}

/** The images that are needed and those of them that are here, as the folders are now. Nothing is built. */
export async function shelvesOf(images: ImageStore, needs: readonly ImageRequest[]): Promise<Shelf[]> {
  const shelves: Shelf[] = []
  for (const request of needs) {
    try {
      const facts = await images.lookUpImage(request)
      shelves.push({ request, facts, key: facts?.key ?? (await images.keyOf(request)) })
    } catch (error) {
      // A folder that cannot be built is reported when it is built; the other images are listed all the same.
      if (!(error instanceof BakeoffError && error.code === 'BAD_SPEC')) throw error
      shelves.push({ request, facts: null, key: null })
    }
  }
  return shelves
}

/** The base image's Debian, when the engine has it. */
async function debianOf(client: EngineClient, shelves: readonly Shelf[]): Promise<LocalImage | null> {
  const base = shelves.find(({ request }) => request.name === baseName)?.facts
  const id = base && (await localImage(client, base.id))?.labels[baseLabels.debianId]
  return id ? localImage(client, id) : null
}

/** An image that was not saved or pushed, and why. */
export interface LeftOut {
  readonly name: string
  readonly why: string
}

const PINNED: LeftOut['why'] = 'it is pinned by digest, which only its own registry can give: docker pull gets it'

/** Saves the images that are here. Images that are only known by digest cannot travel. */
export async function saveImages(
  { client, signal }: Pick<ExchangeOptions, 'client' | 'signal'>,
  shelves: readonly Shelf[],
  file: ArchiveFile,
  onBytes: OnBytes,
): Promise<{ bytes: number; references: string[]; leftOut: LeftOut[] }> {
  const references: string[] = []
  const leftOut: LeftOut[] = []
  const below = await debianOf(client, shelves)
  if (below !== null) {
    await client.images.tag(below.id, { repo: debian.repo, tag: debianTag(below.id) })
    references.push(`${debian.repo}:${debianTag(below.id)}`)
  }
  for (const { request, facts } of shelves) {
    if (facts === null) continue
    if (request.folder !== null) {
      // A later build may have removed the tag of the key to save space, while `latest` still names the image.
      await client.images.tag(facts.id, { repo: request.name, tag: keyTag(facts.key) })
      references.push(`${request.name}:${keyTag(facts.key)}`)
    } else if (request.name.includes('@')) leftOut.push({ name: request.name, why: PINNED })
    else references.push(request.name)
  }
  if (references.length === 0)
    throw new BakeoffError('BUILD_FAILED', 'there is no image to save', {
      hint: 'To see what is missing: npm run images',
    })
  return { bytes: await file.write(client, references, signal, onBytes), references, leftOut }
}

/** The result of loading a file. */
export interface Loaded {
  readonly names: readonly ArchivedName[]
  /** null: the file's base image, if it has one, fits here */
  readonly baseUnfit: Unfit | null
  /** the engine gives images other ids than the one that saved them, so keys that are made of ids differ here */
  readonly otherIds: boolean
}

/**
 * Loads a file of `saveImages`. The file is read before the engine gets it. When an image has another key than its name says, or a name would
 * replace an image that nothing here needs, the whole file is refused.
 *
 * @param needs what the folders here need: an image that is used as published may replace one of the same name only when it is among them
 */
export async function loadImages(
  { client, folders, env, signal }: Omit<ExchangeOptions, 'images'>,
  path: string,
  needs: readonly ImageRequest[],
  onBytes: OnBytes,
): Promise<Loaded> {
  const names = archivedNames(await readArchive(path, signal, onBytes), path)
  for (const { kind, reference } of names) {
    if (kind !== 'as it is' || needs.some(({ name }) => name === reference)) continue
    if ((await localImage(client, reference)) === null) continue
    throw new BakeoffError(
      'BAD_SPEC',
      `${path} has a ${reference}, which nothing here needs and the engine has already`,
      {
        hint: 'Nothing was loaded. Load the file with docker load if its image may replace the one that is here.',
      },
    )
  }
  const expected = new Set(names.map(({ reference }) => reference))
  const loaded = await loadArchive(client, path, signal, onBytes)
  const foreign = loaded.filter((name) => ![...expected].some((one) => name === one || name.endsWith(`/${one}`)))
  if (foreign.length > 0) {
    for (const name of foreign) await client.images.remove(name)
    throw new BakeoffError(
      'BAD_SPEC',
      `${path} gives the engine names that are not in its manifest: ${foreign.join(', ')}`,
      {
        hint: 'Those names were removed again. Make the file again with npm run images -- save FILE',
      },
    )
  }
  let baseUnfit: Unfit | null = null
  for (const one of names) {
    if (one.kind !== 'built') continue
    const image = await localImage(client, one.reference)
    if (image?.labels[imageLabels.key] !== one.key)
      throw new BakeoffError('ENGINE_FAILED', `${one.reference} is not what ${path} says after it was loaded`, {
        hint: 'Try again; docker info shows whether the engine works.',
      })
    if (one.name === baseName)
      baseUnfit = await adoptBase(client, image, { composeBaseFolder: folderOfImage(folders, baseName), env })
  }
  return { names, baseUnfit, otherIds: baseUnfit === null && (await hasOtherIds(client, names)) }
}

/** Whether images say that they are built on a base image that came with them and has another id here. */
async function hasOtherIds(client: EngineClient, names: readonly ArchivedName[]): Promise<boolean> {
  if (!names.some((one) => one.kind === 'built' && one.name === baseName)) return false
  const ids = names.flatMap((one) => (one.kind === 'built' ? [one.labels[imageLabels.baseId]] : []))
  for (const id of new Set(ids)) if (id !== undefined && (await localImage(client, id)) === null) return true
  return false
}

/** Pushes the images that are here; the Debian last, since a machine that has nothing begins by pulling it. */
export async function pushImages(
  { client, env, signal }: ExchangeOptions,
  shelves: readonly Shelf[],
  place: RegistryPlace,
  onPushed: (name: string) => void,
): Promise<{ leftOut: LeftOut[] }> {
  const to = registryAt(client, place, usualWorld(env))
  const leftOut: LeftOut[] = []
  for (const { request, facts } of shelves) {
    if (facts === null) continue
    const target =
      request.folder === null
        ? asItIsPlaceOf(place, request.name)
        : { repository: repositoryOf(place, request.name), tag: keyTag(facts.key) }
    if (target === null) {
      leftOut.push({ name: request.name, why: PINNED })
      continue
    }
    await pushImage(client, to, { id: facts.id, ...target }, signal)
    onPushed(request.name)
  }
  const below = await debianOf(client, shelves)
  if (below !== null) {
    const target = { repository: repositoryOf(place, debian.repo), tag: debian.tag }
    await pushImage(client, to, { id: below.id, ...target }, signal)
    onPushed(debian.name)
  }
  return { leftOut }
}

/** The result of pulling. */
export interface Pulled {
  readonly pulled: readonly string[]
  readonly refused: readonly string[]
  /** null: the registry's base image fits here, and is here; else why it was not taken */
  readonly base: null | 'registry has no Debian' | 'other certificates, folder or platform'
}

/**
 * Pulls the images that the folders here make now, by key, each after the images that it is built on.
 *
 * @throws BakeoffError DOWNLOAD_FAILED when the registry does not answer or refuses this user
 */
export async function pullImages(
  { client, folders, env, images, signal }: ExchangeOptions,
  needs: readonly ImageRequest[],
  place: RegistryPlace,
  onPulled: (name: string) => void,
): Promise<Pulled> {
  const registry = registryAt(client, place, usualWorld(env))
  const pulled: string[] = []
  const refused: string[] = []
  const take = (name: string) => {
    pulled.push(name)
    onPulled(name)
  }
  const base = needs.some(({ name }) => name === baseName) ? await takeBase() : null
  for (const request of needs) {
    if (request.name === baseName) continue
    const [{ facts, key } = { facts: null, key: null }] = await shelvesOf(images, [request])
    if (request.folder !== null && (facts !== null || key === null)) continue // it is here already, or an image that it is built on is not
    const brought =
      request.folder === null || key === null
        ? await bringAsItIs(client, registry, request.name, signal)
        : await bringImage(client, registry, { name: request.name, key, signal })
    if (brought.kind === 'unreachable') throw registryError(place, brought.why)
    if (brought.kind === 'refused') refused.push(brought.why)
    if (brought.kind === 'here') take(request.name)
  }
  return { pulled, refused, base }

  async function takeBase(): Promise<Pulled['base']> {
    const { keyOn } = await recipeOfBase(client, { composeBaseFolder: folderOfImage(folders, baseName), env })
    const brought = await bringBase(client, registry, keyOn, signal)
    if (!('use' in brought)) {
      if (brought.kind === 'unreachable') throw registryError(place, brought.why)
      return 'registry has no Debian'
    }
    if (brought.base.kind === 'here') {
      await brought.use()
      take(baseName)
      return null
    }
    await brought.drop()
    if (brought.base.kind === 'unreachable') throw registryError(place, brought.base.why)
    if (brought.base.kind === 'refused') refused.push(brought.base.why)
    return 'other certificates, folder or platform'
  }
}
