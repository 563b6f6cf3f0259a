import { join, resolve } from 'node:path'
import { BakeoffError } from '@bakeoff/model'
import { buildImage } from '../building/build.js'
import { buildArgsFrom } from '../building/build-args.js'
import { buildLimits } from '../building/build-limits.js'
import { builderOf } from '../building/builder.js'
import { readContext } from '../building/context.js'
import { cacheKey } from '../building/key.js'
import { imageOfKey, type LocalImage, localImage, machineOf, platformOf } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { findProgram } from '../engine/command.js'
import { defaultStateFolder } from '../engine/setup.js'
import { redactorOf } from '../redact.js'
import { PullFailed, pullImage } from '../registry/pull.js'
import { bringImage, type Registry } from '../registry/registry.js'
import { bringBase } from './bring.js'
import { certificatesDigest, type PrivateCertificate, privateCertificates } from './certificates.js'
import { importDebian } from './debootstrap.js'
import { baseLabels, baseName, debian } from './names.js'
import { sweepScratch } from './scratch.js'

/** How the Debian below the base image came here: it was there already, came from a registry, or was made by debootstrap. */
export type BaseOrigin = 'local' | 'pulled' | 'debootstrap'

export { baseName } from './names.js'

export interface BaseImage {
  readonly id: string
  readonly origin: BaseOrigin
  /** nothing was built */
  readonly cached: boolean
  /** how long getting it took now */
  readonly seconds: number
}

export interface BaseOptions {
  /** the folder compose/base */
  readonly composeBaseFolder: string
  readonly say: (line: string) => void
  readonly env?: Readonly<Record<string, string | undefined>>
  /** where build logs are kept; default .bakeoff/build-logs beside compose/ */
  readonly logFolder?: string
  readonly signal?: AbortSignal | undefined
  /** asked before anything is made */
  readonly registry?: Registry | null
}

/**
 * The image that all shipped targets start from: Debian with this machine's private certificate authorities. Built
 * when it is missing, or when its folder, the certificates or the Debian below it changed.
 *
 * @throws BakeoffError SETUP_FAILED when no Debian can be had; BUILD_FAILED, ABORTED, ENGINE_LOST
 */
export async function ensureBase(client: EngineClient, options: BaseOptions): Promise<BaseImage> {
  const started = performance.now()
  const secondsSoFar = (): number => Math.round((performance.now() - started) / 100) / 10
  await sweepScratch(defaultStateFolder, options.say)
  const { certificates, context, platform, keyOn } = await recipeOfBase(client, options)
  const env = options.env ?? process.env
  const { proxies } = buildArgsFrom(env)
  const redact = redactorOf(env)

  const fitting = await fittingBase(client, keyOn)
  if (fitting !== null) return { id: fitting.id, origin: originOf(fitting), cached: true, seconds: secondsSoFar() }
  const pulled = await fromRegistry(client, keyOn, options)
  if (pulled !== null) return { id: pulled.id, origin: originOf(pulled), cached: true, seconds: secondsSoFar() }

  const there = await localImage(client, debian.name)
  const below =
    there === null
      ? await obtainDebian(client, platform, certificates, options)
      : { image: there, origin: originOf(there) }
  const key = keyOn(below.image.id)
  options.say(
    `Building ${baseName}${certificates.length > 0 ? ` with ${certificates.length} private certificate${certificates.length > 1 ? 's' : ''}` : ''}`,
  )
  await buildImage(client, {
    name: baseName,
    context,
    buildArgs: proxies,
    key,
    labels: {
      [baseLabels.origin]: below.origin,
      [baseLabels.debianId]: below.image.id,
      [baseLabels.certificates]: certificatesDigest(certificates),
    },
    logFile: join(
      options.logFolder ?? resolve(options.composeBaseFolder, '../../.bakeoff/build-logs'),
      `base-${key.slice(0, 12)}.log`,
    ),
    onLine: () => undefined,
    limits: buildLimits(await machineOf(client), env),
    builder: await builderOf(client, env),
    redact,
    signal: options.signal,
  })
  const built = await localImage(client, baseName)
  if (built === null)
    throw new BakeoffError('BUILD_FAILED', `${baseName} is gone right after its build`, {
      hint: 'Is something pruning images? Run it again.',
    })
  return { id: built.id, origin: below.origin, cached: false, seconds: secondsSoFar() }
}

/** The base image as its folder and the certificates make it now, when the engine has it. Nothing is built or pulled. */
export function lookUpBase(client: EngineClient, { keyOn }: Pick<BaseRecipe, 'keyOn'>): Promise<LocalImage | null> {
  return fittingBase(client, keyOn)
}

export type BaseRecipe = Awaited<ReturnType<typeof recipeOfBase>>

/** The inputs of the base image, besides the Debian below it. */
export async function recipeOfBase(client: EngineClient, options: Pick<BaseOptions, 'composeBaseFolder' | 'env'>) {
  const certificates = privateCertificates(options.env)
  const context = await readContext(options.composeBaseFolder, asFiles(certificates))
  const platform = await platformOf(client)
  const keyOn = (id: string): string =>
    cacheKey({ contextDigest: context.digest, references: [{ name: debian.name, id }], buildArgs: {}, platform })
  return { certificates, context, platform, keyOn }
}

async function fittingBase(client: EngineClient, keyOn: (debianId: string) => string): Promise<LocalImage | null> {
  // The Debian below may have been removed since; the base image still has its id.
  const below = (await localImage(client, debian.name))?.id
  const belowId = below ?? (await localImage(client, baseName))?.labels[baseLabels.debianId]
  return belowId === undefined ? null : imageOfKey(client, baseName, keyOn(belowId))
}

/** The base image from the registry: on the Debian that is here, or together with its own Debian where there is none. Null: neither. */
async function fromRegistry(
  client: EngineClient,
  keyOn: (debianId: string) => string,
  { registry = null, say, signal = new AbortController().signal }: BaseOptions,
): Promise<LocalImage | null> {
  if (registry === null) return null
  const there = await localImage(client, debian.name)
  const brought = there ? null : await bringBase(client, registry, keyOn, signal)
  if (brought && !('use' in brought)) return null
  await brought?.use() // also without its base image: what is built here then has the same Debian as on other machines
  const base =
    brought?.base ?? (await bringImage(client, registry, { name: baseName, key: keyOn(there?.id as string), signal }))
  if (base.kind === 'refused') say(`Refused: ${base.why}`)
  if (base.kind !== 'here') return null
  say(`Pulled ${baseName} from ${registry.place.name}`)
  return base.image
}

/** The private certificates as files of the build context. */
function asFiles(certificates: readonly PrivateCertificate[]): Map<string, Buffer> {
  return new Map(certificates.map(({ fileName, pem }) => [`ca/${fileName}`, Buffer.from(pem)]))
}

/** Debian itself: the published image when the engine has it or can pull it, else made here. Tagged `bakeoff/debian`. */
async function obtainDebian(
  client: EngineClient,
  platform: string,
  certificates: readonly PrivateCertificate[],
  options: BaseOptions,
): Promise<{ image: LocalImage; origin: BaseOrigin }> {
  const local = await localImage(client, debian.published)
  const origin = local !== null ? 'local' : await pullOrMake(client, platform, certificates, options)
  if (origin !== 'debootstrap') await client.images.tag(debian.published, { repo: debian.repo, tag: debian.tag })
  const image = await localImage(client, debian.name)
  if (image === null)
    throw new BakeoffError('SETUP_FAILED', `${debian.name} is gone right after it came`, {
      hint: 'Is something pruning images? Run it again.',
    })
  return { image, origin }
}

async function pullOrMake(
  client: EngineClient,
  platform: string,
  certificates: readonly PrivateCertificate[],
  options: BaseOptions,
): Promise<'pulled' | 'debootstrap'> {
  options.say(`Pulling ${debian.published}`)
  try {
    await pullImage(client, debian.published, options.signal)
    return 'pulled'
  } catch (error) {
    if (!(error instanceof PullFailed)) throw error
    options.say(`Not pulled: ${error.reason}`)
    const obstacle = whyNoDebootstrap(platform)
    if (obstacle !== null) {
      throw new BakeoffError('SETUP_FAILED', `there is no base image: ${error.message}`, {
        hint: `Make an image registry reachable, or bring the image yourself (docker load) as ${debian.published}. It cannot be made here: ${obstacle}.`,
        cause: error,
      })
    }
    await importDebian({
      client,
      repo: debian.repo,
      tag: debian.tag,
      labels: { [baseLabels.origin]: 'debootstrap' },
      certificates: certificates.map(({ pem }) => pem),
      say: options.say,
      signal: options.signal,
    })
    return 'debootstrap'
  }
}

function whyNoDebootstrap(platform: string): string | null {
  if (process.platform !== 'linux') return 'debootstrap needs Linux'
  if (process.getuid?.() !== 0) return 'debootstrap needs root'
  if (findProgram('debootstrap', process.env) === null && findProgram('apt-get', process.env) === null)
    return 'debootstrap is not installed'
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch
  if (platform !== `linux/${architecture}`) return `the engine runs ${platform}, this machine linux/${architecture}`
  return null
}

function originOf(image: LocalImage): BaseOrigin {
  const origin = image.labels[baseLabels.origin]
  return origin === 'pulled' || origin === 'debootstrap' ? origin : 'local'
}
