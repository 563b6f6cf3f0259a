import { join, resolve } from 'node:path'
import { BakeoffError, type ImageFacts } from '@bakeoff/model'
import { type ImageEvent, type ImageRequest, UnsupportedBuild } from '@bakeoff/runner/ports'
import type Docker from 'dockerode'
import { privateCertificates } from '../base/certificates.js'
import { type BaseImage, baseName, ensureBase, lookUpBase, recipeOfBase } from '../base/ensure.js'
import { realInside } from '../read-inside.js'
import { redactorOf } from '../redact.js'
import { buildImage, imageLabels } from './build.js'
import { buildArgsFrom } from './build-args.js'
import { buildLimits, buildsAtOnce } from './build-limits.js'
import { expectedBuildSeconds } from './build-seconds.js'
import { stepOf } from './build-step.js'
import { builderOf } from './builder.js'
import { type BuildContext, readContext } from './context.js'
import { type DockerfileFacts, readDockerfile } from './dockerfile.js'
import { registryOfEnvironment } from './image-source.js'
import { cacheKey } from './key.js'
import { buildSecondsOf, imageOfKey, type LocalImage, localImage, machineOf, platformOf } from './lookup.js'
import { PullFailed, pullImage } from './pull.js'
import { checkReferences, folderOfImage, isOurs } from './references.js'
import { bringAsItIs, bringImage } from './registry.js'
import { type Requirement, requirementOf, requirements, whyUnreachable } from './requires.js'
import { Semaphore } from './semaphore.js'
import { unreachableLine } from './unreachable.js'

export interface ImagesOptions {
  /** the project's folder, with compose/ and targets/ in it */
  readonly root: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** where build logs are kept; default .bakeoff/build-logs in the root */
  readonly logFolder?: string
  /** what the base image's setup has to tell */
  readonly say?: (line: string) => void
  /** what targets may require; default the known ones */
  readonly requirements?: readonly Requirement[]
}

export interface Images {
  /** As the port says. Images that a Dockerfile refers to are made first. */
  ensureImage(request: ImageRequest, signal: AbortSignal, onEvent?: (event: ImageEvent) => void): Promise<ImageFacts>
  /** As the ports say. */
  lookUpImage(request: ImageRequest): Promise<ImageFacts | null>
  findImage(name: string, id: string): Promise<ImageFacts | null>
  /** The key of the image that a folder makes as it is now; null: an image that it stands on is not here, or it has no folder. */
  keyOf(request: ImageRequest): Promise<string | null>
  /** the image that all start from */
  ensureBase(signal: AbortSignal): Promise<BaseImage>
  /** How long a build of this name takes from nothing, in seconds; null when nobody knows. */
  expectedBuildSeconds(name: string): Promise<number | null>
  /** what of the environment was not passed to builds, and why */
  readonly notes: readonly string[]
}

/** What a build counts of which nobody knows how long it takes: longer than most, and no reason to leave the longest waiting. */
const UNKNOWN_SECONDS = 120

type Report = (event: ImageEvent) => void

/** Builds, pulls and finds images on one engine. As many builds run at once as it has cores and memory for, the longest first. */
export function createImages(docker: Docker, options: ImagesOptions): Images {
  const root = resolve(options.root)
  const env = options.env ?? process.env
  const say = options.say ?? (() => undefined)
  const logFolder = options.logFolder ?? join(root, '.bakeoff', 'build-logs')
  const args = buildArgsFrom(env)
  const redact = redactorOf(env)
  const machine = once(() => machineOf(docker))
  const builds = once(async () => new Semaphore(buildsAtOnce(await machine())))
  const builder = once(() => builderOf(docker, env))
  const weights = new Map<string, number>()
  const underWay = new Map<string, Promise<unknown>>()
  const reachability = new Map<string, Promise<string | null>>()
  const platform = once(() => platformOf(docker))
  const registry = registryOfEnvironment(docker, env, say)

  /** Whoever asks for what is already being made waits for the same. */
  function shared<T>(name: string, make: () => Promise<T>): Promise<T> {
    const existing = underWay.get(name) as Promise<T> | undefined
    if (existing) return existing
    const made = make().finally(() => underWay.delete(name))
    underWay.set(name, made)
    return made
  }

  /** Looked after once: within one command nothing about it changes. */
  let baseImage: BaseImage | null = null
  async function base(signal: AbortSignal): Promise<BaseImage> {
    realInside(root, 'compose/base')
    const options = { composeBaseFolder: folderOfImage(root, baseName), say, env, logFolder, signal, registry }
    baseImage ??= await shared(baseName, () => ensureBase(docker, options))
    return baseImage
  }

  const expected = (name: string) => expectedBuildSeconds(docker, root, name)

  /** What waits for an image waits for its build and for its own: an image below others is as urgent as the longest way up. */
  async function weigh(name: string, above: number): Promise<number> {
    const own = (await expected(name)) ?? UNKNOWN_SECONDS
    const weight = Math.max(weights.get(name) ?? 0, own + above)
    weights.set(name, weight)
    return weight
  }

  async function ensure(request: ImageRequest, signal: AbortSignal, report: Report, above = 0): Promise<ImageFacts> {
    if (signal.aborted) throw new BakeoffError('ABORTED', `Stopped before ${request.name} was built`)
    if (request.name === baseName) return baseFacts(await base(signal))
    const { folder } = request
    if (folder === null) return asItIs(request.name, signal, report)
    await checkReferences(root, request.name, folder)
    const weight = await weigh(request.name, above)
    return shared(request.name, () => fromFolder(request, folder, signal, report, weight))
  }

  async function fromFolder(
    request: ImageRequest,
    folder: string,
    signal: AbortSignal,
    report: Report,
    weight: number,
  ): Promise<ImageFacts> {
    const recipe = await recipeOf(folder)
    const obstacle = await whyUnsupported(request.requires, signal)
    // What needs no build needs nothing from outside either: it may be here, or in the registry.
    const identity =
      obstacle === null || registry !== null
        ? await identify(recipe, async (name) =>
            name === baseName ? (await base(signal)).id : (await asItIs(name, signal, report)).id,
          )
        : await identify(recipe, idHere)
    if (identity === null) throw new UnsupportedBuild(obstacle ?? '')
    const fitting = await imageOfKey(docker, request.name, identity.key)
    if (fitting !== null) {
      report({ state: 'cached', image: request.name, seconds: null })
      return toFacts(request.name, identity.key, fitting, true)
    }
    const pulled = await fromRegistry(request.name, identity.key, signal, report)
    if (pulled !== null) return toFacts(request.name, identity.key, pulled, true)
    if (obstacle !== null) throw new UnsupportedBuild(obstacle)
    const below = recipe.dockerfile.images.filter((name) => isOurs(name) && name !== baseName)
    await all(
      below.map((name) => ensure({ name, folder: folderOfImage(root, name), requires: [] }, signal, report, weight)),
    )
    return (await builds()).run(
      () => build(request.name, recipe, identity, signal, report),
      () => weights.get(request.name) ?? weight,
    )
  }

  /** The image of this key from BAKEOFF_REGISTRY; null: there is none, or no such registry. */
  async function fromRegistry(name: string, key: string, signal: AbortSignal, report: Report) {
    if (registry === null) return null
    const started = performance.now()
    let isTold = false
    const onAnswer = () => {
      if (!isTold) report({ state: 'pulling', image: name, seconds: null })
      isTold = true
    }
    const brought = await bringImage(docker, registry, name, key, signal, { onAnswer })
    if (brought.kind === 'refused') say(`Refused: ${brought.why}. ${name} is built instead`)
    if (brought.kind !== 'here') return null
    report({ state: 'pulled', image: name, seconds: (performance.now() - started) / 1000 })
    return brought.image
  }

  /** What a folder says about its image. */
  async function recipeOf(folder: string): Promise<Recipe> {
    const context = await readContext(folder)
    const dockerfile = readDockerfile(context.dockerfile)
    const registries = Object.fromEntries(
      Object.entries(args.registries).filter(([name]) => dockerfile.args.includes(name)),
    )
    return { context, dockerfile, registries }
  }

  /**
   * What tells an image from all others. The images of ours that its Dockerfile names count by their keys, all others by their ids: so
   * an image that is here, or comes from elsewhere, needs nothing of what it was built with.
   *
   * @param idOf asked for images that no folder makes, and for the base image
   */
  async function identify(recipe: Recipe, idOf: (name: string) => Promise<string>): Promise<Identity>
  async function identify(recipe: Recipe, idOf: (name: string) => Promise<string | null>): Promise<Identity | null>
  async function identify(recipe: Recipe, idOf: (name: string) => Promise<string | null>): Promise<Identity | null> {
    const references: { name: string; id: string }[] = []
    let baseId: string | null = null
    for (const name of recipe.dockerfile.images) {
      const below =
        name !== baseName && isOurs(name) ? await identify(await recipeOf(folderOfImage(root, name)), idOf) : null
      const id = below === null ? await idOf(name) : below.key
      if (id === null) return null
      baseId ??= name === baseName ? id : (below?.baseId ?? null)
      references.push({ name, id })
    }
    const { context, registries } = recipe
    const parts = { contextDigest: context.digest, references, buildArgs: registries, platform: await platform() }
    return { key: cacheKey(parts), baseId }
  }

  async function keyOf({ name, folder }: Pick<ImageRequest, 'name' | 'folder'>): Promise<string | null> {
    if (folder === null) return null
    await checkReferences(root, name, folder)
    const identity = await identify(await recipeOf(folder), idHere)
    return identity?.key ?? null
  }

  // Read once: it compares every certificate that the machine trusts with those of the distribution.
  const baseRecipe = once(() => recipeOfBase(docker, { composeBaseFolder: folderOfImage(root, baseName), env }))
  const baseHere = async () => lookUpBase(docker, await baseRecipe())

  async function lookUp({ name, folder }: ImageRequest): Promise<ImageFacts | null> {
    if (name === baseName) {
      const image = await baseHere()
      return image && toFacts(name, image.labels[imageLabels.key] ?? image.id, image, true)
    }
    const key = await keyOf({ name, folder })
    if (key === null) {
      const image = folder === null ? await localImage(docker, name) : null
      return image && asItIsFacts(name, image, true)
    }
    const image = await imageOfKey(docker, name, key)
    return image && toFacts(name, key, image, true)
  }

  async function find(name: string, id: string): Promise<ImageFacts | null> {
    const image = await localImage(docker, id)
    if (image === null || !isOurs(name)) return image && asItIsFacts(name, image, true)
    return toFacts(name, image.labels[imageLabels.key] ?? image.id, image, true)
  }

  async function build(
    name: string,
    { context, registries }: Recipe,
    { key, baseId }: Identity,
    signal: AbortSignal,
    report: Report,
  ): Promise<ImageFacts> {
    if (signal.aborted) throw new BakeoffError('ABORTED', `Stopped before ${name} was built`)
    report({ state: 'building', image: name, expectedSeconds: await expected(name) })
    const seconds = await buildImage(docker, {
      name,
      context,
      buildArgs: { ...args.proxies, ...registries },
      labels: baseId === null ? {} : { [imageLabels.baseId]: baseId },
      key,
      logFile: join(logFolder, `${name.replace(/^bakeoff\//, '').replaceAll('/', '-')}-${key.slice(0, 12)}.log`),
      onLine: (line) => {
        const step = stepOf(line)
        if (step !== null) report({ state: 'step', image: name, ...step })
        report({ state: 'log', image: name, line })
      },
      limits: buildLimits(await machine(), env),
      builder: await builder(),
      redact,
      signal,
    })
    const built = await localImage(docker, name)
    if (built === null) throw goneAfter(name)
    report({ state: 'built', image: name, seconds })
    return toFacts(name, key, built, false)
  }

  async function idHere(name: string): Promise<string | null> {
    const image = name === baseName ? await baseHere() : await localImage(docker, name)
    return image?.id ?? null
  }

  async function asItIs(name: string, signal: AbortSignal, report: Report): Promise<ImageFacts> {
    let image = await localImage(docker, name)
    const cached = image !== null
    if (image === null) {
      const started = performance.now()
      report({ state: 'pulling', image: name, seconds: null })
      const brought = registry && (await bringAsItIs(docker, registry, name, signal))
      if (brought?.kind !== 'here')
        await pullImage(docker, name, signal).catch((cause: unknown) => {
          if (!(cause instanceof PullFailed)) throw cause
          const code = unreachableLine([cause.message]) === null ? 'BUILD_FAILED' : 'DOWNLOAD_FAILED'
          throw new BakeoffError(code, redact(cause.message), {
            hint: 'Check its name, or bring it yourself: docker pull, or docker load',
            cause,
          })
        })
      image = await localImage(docker, name)
      if (image !== null) report({ state: 'pulled', image: name, seconds: (performance.now() - started) / 1000 })
    }
    if (image === null) throw goneAfter(name)
    if (cached) report({ state: 'cached', image: name, seconds: null })
    return asItIsFacts(name, image, cached)
  }

  async function baseFacts(found: BaseImage): Promise<ImageFacts> {
    const image = await localImage(docker, found.id)
    if (image === null) throw goneAfter(baseName)
    return toFacts(baseName, image.labels[imageLabels.key] ?? image.id, image, found.cached)
  }

  /** The first requirement that cannot be had here, in words. Asked once. */
  async function whyUnsupported(requires: readonly string[], signal: AbortSignal): Promise<string | null> {
    for (const name of requires) {
      const requirement = requirementOf(name, options.requirements ?? requirements)
      let reason = reachability.get(name)
      if (!reason) {
        reason = whyUnreachable(requirement, {
          env,
          certificates: privateCertificates(env).map(({ pem }) => pem),
          signal,
        })
        reachability.set(name, reason)
        reason.catch(() => reachability.delete(name)) // an abort says nothing about the network
      }
      const why = await reason
      if (why !== null) return redact(`needs ${requirement.title}: ${why}`)
    }
    return null
  }

  return {
    ensureImage: (request, signal, onEvent = () => undefined) => ensure(request, signal, onEvent),
    lookUpImage: lookUp,
    findImage: find,
    keyOf,
    ensureBase: base,
    expectedBuildSeconds: expected,
    notes: args.notes,
  }
}

interface Recipe {
  readonly context: BuildContext
  readonly dockerfile: DockerfileFacts
  readonly registries: Readonly<Record<string, string>>
}

interface Identity {
  readonly key: string
  /** the bakeoff/base it stands on, itself or by what it is built with; null: none */
  readonly baseId: string | null
}

function toFacts(name: string, key: string, image: LocalImage, cached: boolean): ImageFacts {
  return {
    name,
    id: image.id,
    key,
    bytes: image.bytes,
    architecture: image.architecture,
    cached,
    buildSeconds: buildSecondsOf(image),
    baseId: image.labels[imageLabels.baseId] ?? null,
  }
}

/** Labels of an image that is taken as it is may be inherited from one of ours. */
function asItIsFacts(name: string, image: LocalImage, cached: boolean): ImageFacts {
  return { ...toFacts(name, image.id, image, cached), buildSeconds: null, baseId: null }
}

function goneAfter(name: string): BakeoffError {
  return new BakeoffError('BUILD_FAILED', `${name} is gone right after it was made`, {
    hint: 'Is something pruning images? Run it again',
  })
}

/** All of them, or the first failure once none is under way any more. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

/** Asks once; an answer that failed is asked for again. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = null
      throw error
    })
    return answer
  }
}
