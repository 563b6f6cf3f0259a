import type { Readable } from 'node:stream'
import { BakeoffError, formatBytes, formatDurationMs } from '@bakeoff/model'
import type Docker from 'dockerode'
import { pack as tarPack } from 'tar-stream'
import type { Redact } from '../redact.js'
import type { BuildLimits } from './build-limits.js'
import { BuildLog } from './build-log.js'
import type { Builder } from './builder.js'
import { BuildKitText, traceId } from './buildkit.js'
import { withoutCacheMounts } from './cache-mounts.js'
import { type BuildContext, packContext, withDockerfile } from './context.js'
import { EngineReport, engineLost, isConnectionLost, LineJoiner, progressEvents } from './progress.js'
import { forgetOldBuilds } from './remove.js'
import { unreachableLine } from './unreachable.js'

export interface BuildRequest {
  /** `bakeoff/target/go-net-http` */
  readonly name: string
  /** the cache key of what is built */
  readonly key: string
  readonly context: BuildContext
  readonly buildArgs: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** where the builder's output is kept */
  readonly logFile: string
  readonly onLine: (line: string) => void
  /** of these BuildKit knows no limit of memory */
  readonly limits: BuildLimits
  readonly builder: Builder
  /** takes credentials out of what is kept or told */
  readonly redact: Redact
  readonly signal?: AbortSignal | undefined
}

/** Labels of every image we build. An image that starts from another inherits them: alone they identify nothing. */
export const imageLabels = {
  /** the cache key */
  key: 'bakeoff.image.key',
  /** seconds that the build took */
  buildSeconds: 'bakeoff.image.build-seconds',
  /** id of the bakeoff/base it starts from */
  baseId: 'bakeoff.image.base-id',
} as const

/**
 * Builds an image and tags it `latest` and with its key (`keyTag`), by either builder, through the API: neither needs a plugin.
 *
 * How long the build took is known only after it, so the labels are put on by a second build of one line.
 *
 * @returns seconds that the build took
 * @throws BakeoffError BUILD_FAILED with the last 30 lines, DOWNLOAD_FAILED when it says that something could not be
 *         reached, OUT_OF_RESOURCES when the disk is full, ABORTED, ENGINE_LOST
 */
export async function buildImage(docker: Docker, request: BuildRequest): Promise<number> {
  const started = performance.now()
  const unlabelled = `${request.name}:unlabelled`
  const { context } = request
  const sent = request.builder === 'classic' ? withDockerfile(context, withoutCacheMounts(context.dockerfile)) : context
  await build(docker, request, () => packContext(sent), { t: unlabelled, buildargs: { ...request.buildArgs } })
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const labels = { ...request.labels, [imageLabels.key]: request.key, [imageLabels.buildSeconds]: String(seconds) }
  const quiet = { ...request, onLine: () => undefined, logFile: null }
  const labelling = () => oneFile('Dockerfile', `FROM ${unlabelled}\n`)
  await build(docker, quiet, labelling, { t: `${request.name}:latest`, labels })
  await docker
    .getImage(unlabelled)
    .remove()
    .catch(() => undefined) // only a name: the image stays under its own
  await docker.getImage(request.name).tag({ repo: request.name, tag: keyTag(request.key) })
  await forgetOldBuilds(docker, request.name)
  return seconds
}

/** The tag under which the build of a key is found again. */
export function keyTag(key: string): string {
  return key.slice(0, 16)
}

type Step = Pick<BuildRequest, 'name' | 'onLine' | 'limits' | 'builder' | 'redact' | 'signal'> & {
  readonly logFile: string | null
}

/**
 * For BuildKit. dockerode opens a session, for credentials of registries, when this is the string that its types ask for. The engine
 * takes the context from the request's body and needs none.
 */
const WITHOUT_SESSION = { version: 2 as unknown as '2' }

type PackContext = () => Readable

async function build(
  docker: Docker,
  request: Step,
  pack: PackContext,
  options: Docker.ImageBuildOptions,
): Promise<void> {
  const { limits, redact, signal } = request
  const log = await BuildLog.open(request.logFile, limits.logBytes)
  const overdue = new Overdue(limits)
  const take = (lines: readonly string[]): void => {
    for (const line of lines) {
      log.take(line)
      request.onLine(line)
    }
  }
  try {
    const stream = await send(docker, pack, {
      ...options,
      ...(request.builder === 'buildkit' ? WITHOUT_SESSION : {}),
      memory: limits.memoryBytes,
      memswap: limits.memoryBytes, // memory and swap together: no swap
      rm: true,
      forcerm: true, // a failed or stopped build leaves no container behind
      abortSignal: signal ? AbortSignal.any([signal, overdue.signal]) : overdue.signal,
    })
    const joiner = new LineJoiner(redact)
    const buildKit = new BuildKitText()
    for await (const event of progressEvents(stream)) {
      const text = event.id === traceId && typeof event.aux === 'string' ? buildKit.push(event.aux) : event.stream
      if (!text) continue
      overdue.heard()
      take(joiner.push(text))
    }
    take(joiner.end())
  } catch (cause) {
    if (cause instanceof Error && !signal?.aborted && overdue.reason === null) log.take(redact(cause.message))
    throw buildError(request, cause, log.tail, overdue.reason)
  } finally {
    overdue.clear()
    await log.close()
  }
}

const SENDS = 3

/**
 * Sends the context; the output follows. An engine may refuse a context before it has read it, as when its disk is full, and its
 * answer can be lost with the connection that it closes (RFC 9112, 9.6). One that answers a ping is not gone: it is asked again.
 */
async function send(
  docker: Docker,
  pack: PackContext,
  options: Docker.ImageBuildOptions,
): Promise<AsyncIterable<Buffer>> {
  for (let sent = 1; ; sent++) {
    const tar = pack()
    try {
      const output = await docker.buildImage(tar, options)
      output.once('close', () => tar.destroy()) // BuildKit may still read it while it writes
      return output as unknown as AsyncIterable<Buffer>
    } catch (cause) {
      tar.destroy()
      const isOver = sent === SENDS || options.abortSignal?.aborted
      if (isOver || !isConnectionLost(cause) || !(await answers(docker))) throw cause
    }
  }
}

function answers(docker: Docker): Promise<boolean> {
  return docker.ping().then(
    () => true,
    () => false,
  )
}

/** Ends a build that takes too long, or says nothing for too long. */
class Overdue {
  readonly #limits: BuildLimits
  readonly #controller = new AbortController()
  readonly #total: NodeJS.Timeout
  #silence: NodeJS.Timeout
  /** why it was ended; null: it was not */
  reason: string | null = null

  constructor(limits: BuildLimits) {
    this.#limits = limits
    this.#total = setTimeout(() => this.#end(`not over after ${formatDurationMs(limits.totalMs)}`), limits.totalMs)
    this.#silence = this.#listen()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  heard(): void {
    this.#silence.refresh()
  }

  clear(): void {
    clearTimeout(this.#total)
    clearTimeout(this.#silence)
  }

  #listen(): NodeJS.Timeout {
    const { silentMs } = this.#limits
    return setTimeout(() => this.#end(`without a line of output for ${formatDurationMs(silentMs)}`), silentMs)
  }

  #end(reason: string): void {
    this.reason = reason
    this.#controller.abort()
  }
}

function buildError(request: Step, cause: unknown, logTail: readonly string[], overdue: string | null): unknown {
  const { name, limits, redact } = request
  if (cause instanceof BakeoffError && overdue === null) return cause
  if (request.signal?.aborted) return new BakeoffError('ABORTED', `Stopped while building ${name}`, { cause })
  if (overdue !== null) {
    return new BakeoffError('BUILD_FAILED', `${name} did not build: it was stopped, ${overdue}`, {
      hint: `${wholeLog(request)} A machine or a network that is slow may take longer: BAKEOFF_BUILD_MINUTES=240 gives it twice the time.`,
      logTail,
    })
  }
  if (isConnectionLost(cause)) return engineLost(`building ${name}`, cause)
  const refused = (cause as { statusCode?: unknown }).statusCode !== undefined // e.g. a Dockerfile that cannot be read
  if (!(cause instanceof EngineReport) && !refused) return cause
  const reason = redact((cause as Error).message.trim())
  if (/no space left on device/i.test(reason) || logTail.some((line) => /no space left on device/i.test(line))) {
    return new BakeoffError('OUT_OF_RESOURCES', `The disk is full: ${name} could not be built`, {
      hint: 'Make room, for example with `npm run clean` or `docker system prune`',
      logTail,
      cause,
    })
  }
  // The builder repeats what the Dockerfile says: that is no evidence.
  const unreachable = unreachableLine([...logTail, reason].filter((line) => !REPEATS_THE_DOCKERFILE.test(line)))
  if (unreachable !== null) {
    return new BakeoffError('DOWNLOAD_FAILED', `${name} did not build: ${unreachable.trim()}`, {
      hint: 'Something that the build downloads could not be reached. Look at the network of this machine, then go on with --resume.',
      logTail,
      cause,
    })
  }
  const killed = /(non-zero code|exit code): 137\b/.test(reason)
    ? ` It was killed, as by a lack of memory: a build has ${formatBytes(limits.memoryBytes)} here.`
    : ''
  return new BakeoffError('BUILD_FAILED', `${name} did not build: ${reason}`, {
    hint: `${wholeLog(request)}${killed}`,
    logTail,
    cause,
  })
}

const REPEATS_THE_DOCKERFILE = /^(Step \d+\/\d+ : |The command '|executor failed running \[|process ")/

function wholeLog({ logFile }: Step): string {
  return logFile === null ? 'Run it again.' : `The whole log: ${logFile}`
}

function oneFile(name: string, text: string): Readable {
  const tar = tarPack()
  tar.entry({ name }, text)
  tar.finalize()
  return tar as unknown as Readable
}
