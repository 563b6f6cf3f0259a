import { join, resolve } from 'node:path'
import { aborted, BakeoffError, type ImageFacts } from '@bakeoff/model'
import { type ImageEvent, type ImageRequest, UnsupportedBuild } from '@bakeoff/runner/ports'
import { type BaseImage, baseName, ensureBase, lookUpBase, recipeOfBase } from '../base/ensure.js'
import { buildImage } from '../building/build.js'
import { type BuildArgs, buildArgsFrom } from '../building/build-args.js'
import { buildLimits, buildsAtOnce } from '../building/build-limits.js'
import { expectedBuildSeconds } from '../building/build-seconds.js'
import { stepOf } from '../building/build-step.js'
import { builderOf } from '../building/builder.js'
import { imageLabels } from '../building/labels.js'
import { imageOfKey, type LocalImage, localImage, machineOf } from '../building/lookup.js'
import { unreachableLine } from '../building/unreachable.js'
import type { EngineClient } from '../client/client.js'
import { realInside } from '../read-inside.js'
import { type Redact, redactorOf } from '../redact.js'
import { registryOfEnvironment } from '../registry/image-source.js'
import { PullFailed, pullImage } from '../registry/pull.js'
import { bringAsItIs, bringImage, type Registry } from '../registry/registry.js'
import { asItIsFacts, ownFacts } from './facts.js'
import { type Identity, type Recipe, Recipes } from './identity.js'
import { Obstacles } from './obstacles.js'
import { once, UnderWay } from './once.js'
import { checkReferences, folderOfImage, type ImageFolders, isOurs } from './references.js'
import { type Requirement, requirements } from './requires.js'
import { Semaphore } from './semaphore.js'

export interface ImagesOptions {
  /** the project's folder, with compose/ and targets/ in it */
  readonly root: string
  /** see ImageFolders; default the root */
  readonly home?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** where build logs are kept; default .bakeoff/build-logs in the root */
  readonly logFolder?: string
  /** prints messages of the base image's setup */
  readonly say?: (line: string) => void
  /** the requirements that targets may name; default the known ones */
  readonly requirements?: readonly Requirement[]
}

/** The assumed seconds of a build of unknown length: longer than most, but not so long that the longest known build waits for it. */
const UNKNOWN_SECONDS = 120

type Report = (event: ImageEvent) => void

/** The circumstances of a request for an image; the images that it needs are requested in the same way. */
interface Asker {
  readonly signal: AbortSignal
  readonly report: Report
  /** seconds of the builds that wait for this image */
  readonly above: number
}

/** A folder that an image is made from. */
type FolderRequest = ImageRequest & { readonly folder: string }

/** Builds, pulls and finds images on one engine. As many builds run at once as it has cores and memory for, the longest first. */
export class ImageStore {
  readonly #client: EngineClient
  readonly #folders: ImageFolders
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #say: (line: string) => void
  readonly #logFolder: string
  readonly #args: BuildArgs
  readonly #redact: Redact
  readonly #registry: Registry | null
  readonly #recipes: Recipes
  readonly #obstacles: Obstacles
  readonly #underWay = new UnderWay()
  /** by requested image: seconds until everything that waits for it is built */
  readonly #weights = new Map<string, number>()
  readonly #machine = once(() => machineOf(this.#client))
  readonly #builds = once(async () => new Semaphore(buildsAtOnce(await this.#machine())))
  readonly #builder = once(() => builderOf(this.#client, this.#env))
  // Read once: it compares every certificate that the machine trusts with those of the distribution.
  readonly #baseRecipe = once(() => recipeOfBase(this.#client, { composeBaseFolder: this.#baseFolder, env: this.#env }))
  /** the base image, asked for once: within one command it does not change */
  #base: BaseImage | null = null

  constructor(client: EngineClient, options: ImagesOptions) {
    this.#client = client
    const root = resolve(options.root)
    this.#folders = { root, home: options.home === undefined ? root : resolve(options.home) }
    this.#env = options.env ?? process.env
    this.#say = options.say ?? (() => undefined)
    this.#logFolder = options.logFolder ?? join(root, '.bakeoff', 'build-logs')
    this.#args = buildArgsFrom(this.#env)
    this.#redact = redactorOf(this.#env)
    this.#registry = registryOfEnvironment(client, this.#env, this.#say)
    this.#recipes = new Recipes(client, this.#folders, this.#args.registries)
    this.#obstacles = new Obstacles(options.requirements ?? requirements, this.#env, this.#args.registries)
  }

  /** The parts of the environment that were not passed to builds, and why. */
  get notes(): readonly string[] {
    return this.#args.notes
  }

  /** See the port. Images that a Dockerfile refers to are made first. */
  ensureImage(
    request: ImageRequest,
    signal: AbortSignal,
    onEvent: (event: ImageEvent) => void = () => undefined,
  ): Promise<ImageFacts> {
    return this.#ensure(request, { signal, report: onEvent, above: 0 })
  }

  /** As the port says. */
  async lookUpImage(request: ImageRequest): Promise<ImageFacts | null> {
    const { name, folder } = request
    if (name === baseName) {
      const image = await this.#baseHere()
      return image && ownFacts(name, image)
    }
    const key = await this.keyOf(request)
    if (key === null) {
      const image = folder === null ? await localImage(this.#client, name) : null
      return image && asItIsFacts(name, image, true)
    }
    const image = await imageOfKey(this.#client, name, key)
    return image && ownFacts(name, image, { key })
  }

  /** As the port says. */
  async findImage(name: string, id: string): Promise<ImageFacts | null> {
    const image = await localImage(this.#client, id)
    return image && (isOurs(name) ? ownFacts(name, image) : asItIsFacts(name, image, true))
  }

  /** The key of the image that a folder makes as it is now; null: an image that it is built on is not here, or it has no folder. */
  async keyOf({ folder, ...request }: Omit<ImageRequest, 'requires'>): Promise<string | null> {
    if (folder === null) return null
    const buildable = { ...request, folder }
    await checkReferences(this.#folders, request.name, buildable)
    const identity = await this.#recipes.identify(await this.#recipes.of(buildable), (below) => this.#idHere(below))
    return identity?.key ?? null
  }

  /** The base image. */
  async ensureBase(signal: AbortSignal): Promise<BaseImage> {
    realInside(this.#folders.root, 'compose/base')
    const options = {
      composeBaseFolder: this.#baseFolder,
      say: this.#say,
      env: this.#env,
      logFolder: this.#logFolder,
      signal,
      registry: this.#registry,
    }
    this.#base ??= await this.#underWay.share(baseName, () => ensureBase(this.#client, options))
    return this.#base
  }

  /** How long a build of this name takes from nothing, in seconds; null when unknown. */
  expectedBuildSeconds(name: string): Promise<number | null> {
    return expectedBuildSeconds(this.#client, this.#folders.home, name)
  }

  get #baseFolder(): string {
    return folderOfImage(this.#folders, baseName)
  }

  async #ensure(request: ImageRequest, asker: Asker): Promise<ImageFacts> {
    const { name, folder } = request
    if (asker.signal.aborted) throw aborted(`before ${name} was built`)
    if (name === baseName) return this.#baseFacts(await this.ensureBase(asker.signal))
    if (folder === null) return this.#asItIs(name, asker)
    await checkReferences(this.#folders, name, { ...request, folder })
    const weight = await this.#weigh(name, asker.above)
    return this.#underWay.share(name, () => this.#fromFolder({ ...request, folder }, { ...asker, above: weight }))
  }

  /** How urgent an image is: as urgent as the longest chain of builds that needs it. */
  async #weigh(name: string, above: number): Promise<number> {
    const own = (await this.expectedBuildSeconds(name)) ?? UNKNOWN_SECONDS
    const weight = Math.max(this.#weights.get(name) ?? 0, own + above)
    this.#weights.set(name, weight)
    return weight
  }

  async #fromFolder(request: FolderRequest, asker: Asker): Promise<ImageFacts> {
    const { name, requires } = request
    const recipe = await this.#recipes.of(request)
    const obstacle = await this.#obstacles.firstOf(requires, asker.signal)
    // An image that needs no build needs no requirement either: it may be here, or in the registry.
    const isAsked = obstacle === null || this.#registry !== null
    const identity = await this.#recipes.identify(recipe, (below) =>
      isAsked ? this.#idMade(below, asker) : this.#idHere(below),
    )
    const there = identity && (await this.#withoutBuilding(name, identity.key, asker))
    if (there !== null) return there
    if (obstacle !== null || identity === null)
      throw new UnsupportedBuild(
        obstacle === null ? 'an image that it is built on is not here' : this.#redact(obstacle),
      )
    await this.#ensureBelow(recipe, asker)
    return (await this.#builds()).run(
      () => this.#build(name, recipe, identity, asker),
      () => this.#weights.get(name) ?? asker.above,
    )
  }

  /** The image of a key, when the engine has it or BAKEOFF_REGISTRY gives it; else null. */
  async #withoutBuilding(name: string, key: string, asker: Asker): Promise<ImageFacts | null> {
    const fitting = await imageOfKey(this.#client, name, key)
    if (fitting !== null) asker.report({ state: 'cached', image: name, seconds: null })
    const image = fitting ?? (await this.#fromRegistry(name, key, asker))
    return image && ownFacts(name, image, { key })
  }

  async #fromRegistry(name: string, key: string, { signal, report }: Asker): Promise<LocalImage | null> {
    if (this.#registry === null) return null
    const started = performance.now()
    let isTold = false
    const onAnswer = () => {
      if (!isTold) report({ state: 'pulling', image: name, seconds: null })
      isTold = true
    }
    const brought = await bringImage(this.#client, this.#registry, { name, key, signal, onAnswer })
    if (brought.kind === 'refused') this.#say(`Refused: ${brought.why}. ${name} is built instead`)
    if (brought.kind !== 'here') return null
    report({ state: 'pulled', image: name, seconds: (performance.now() - started) / 1000 })
    return brought.image
  }

  /** Bakeoff's images that the image is built with, or the first failure once none is being built any more. */
  async #ensureBelow({ dockerfile }: Recipe, asker: Asker): Promise<void> {
    const below = dockerfile.images.filter((name) => isOurs(name) && name !== baseName)
    const made = below.map((name) =>
      this.#ensure({ name, folder: folderOfImage(this.#folders, name), requires: [] }, asker),
    )
    await Promise.allSettled(made)
    await Promise.all(made)
  }

  async #build(
    name: string,
    { context, stage, registries }: Recipe,
    { key, baseId }: Identity,
    asker: Asker,
  ): Promise<ImageFacts> {
    const { signal, report } = asker
    if (signal.aborted) throw aborted(`before ${name} was built`)
    report({ state: 'building', image: name, expectedSeconds: await this.expectedBuildSeconds(name) })
    const seconds = await buildImage(this.#client, {
      name,
      context,
      ...(stage === null ? {} : { stage }),
      buildArgs: { ...this.#args.proxies, ...registries },
      labels: baseId === null ? {} : { [imageLabels.baseId]: baseId },
      key,
      logFile: join(this.#logFolder, `${name.replace(/^bakeoff\//, '').replaceAll('/', '-')}-${key.slice(0, 12)}.log`),
      onLine: (line) => {
        const step = stepOf(line)
        if (step !== null) report({ state: 'step', image: name, ...step })
        report({ state: 'log', image: name, line })
      },
      limits: buildLimits(await this.#machine(), this.#env),
      builder: await this.#builder(),
      redact: this.#redact,
      signal,
    })
    const built = await this.#mustFind(name, name)
    report({ state: 'built', image: name, seconds })
    return ownFacts(name, built, { key, cached: false })
  }

  /** An image that no folder here makes: as the engine has it, or pulled. */
  async #asItIs(name: string, asker: Asker): Promise<ImageFacts> {
    const { report } = asker
    const here = await localImage(this.#client, name)
    if (here !== null) {
      report({ state: 'cached', image: name, seconds: null })
      return asItIsFacts(name, here, true)
    }
    const started = performance.now()
    report({ state: 'pulling', image: name, seconds: null })
    await this.#pullAsItIs(name, asker.signal)
    const pulled = await this.#mustFind(name, name)
    report({ state: 'pulled', image: name, seconds: (performance.now() - started) / 1000 })
    return asItIsFacts(name, pulled, false)
  }

  async #pullAsItIs(name: string, signal: AbortSignal): Promise<void> {
    const brought = this.#registry && (await bringAsItIs(this.#client, this.#registry, name, signal))
    if (brought?.kind === 'here') return
    await pullImage(this.#client, name, signal).catch((cause: unknown) => {
      if (!(cause instanceof PullFailed)) throw cause
      const code = unreachableLine([cause.message]) === null ? 'BUILD_FAILED' : 'DOWNLOAD_FAILED'
      throw new BakeoffError(code, this.#redact(cause.message), {
        hint: 'Check its name, or bring it yourself: docker pull, or docker load.',
        cause,
      })
    })
  }

  async #baseFacts(found: BaseImage): Promise<ImageFacts> {
    return ownFacts(baseName, await this.#mustFind(baseName, found.id), { cached: found.cached })
  }

  /** The id of an image that no folder makes, or of the base image, when it is here. */
  async #idHere(name: string): Promise<string | null> {
    const image = name === baseName ? await this.#baseHere() : await localImage(this.#client, name)
    return image?.id ?? null
  }

  /** The id of such an image, which is made or pulled where it is missing. */
  async #idMade(name: string, asker: Asker): Promise<string> {
    return name === baseName ? (await this.ensureBase(asker.signal)).id : (await this.#asItIs(name, asker)).id
  }

  async #baseHere(): Promise<LocalImage | null> {
    return lookUpBase(this.#client, await this.#baseRecipe())
  }

  async #mustFind(name: string, reference: string): Promise<LocalImage> {
    const image = await localImage(this.#client, reference)
    if (image !== null) return image
    throw new BakeoffError('BUILD_FAILED', `${name} is gone right after it was made`, {
      hint: 'Is something pruning images? Run it again.',
    })
  }
}
