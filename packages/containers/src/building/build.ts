import type { Readable } from 'node:stream'
import { aborted, BakeoffError, formatBytes, formatDurationMs } from '@bakeoff/model'
import { pack as tarPack } from 'tar-stream'
import type { EngineClient } from '../client/client.js'
import { diskFull, EngineRefusal } from '../client/errors.js'
import type { BuildCall, Builder } from '../client/image-calls.js'
import { LineJoiner } from '../client/progress.js'
import type { Redact } from '../redact.js'
import type { BuildLimits } from './build-limits.js'
import { BuildLog } from './build-log.js'
import { BuildKitText, TRACE_ID } from './buildkit.js'
import { withoutCacheMounts } from './cache-mounts.js'
import { type BuildContext, packContext, withDockerfile } from './context.js'
import { imageLabels, keyTag } from './labels.js'
import { forgetOldBuilds } from './remove.js'
import { unreachableLine } from './unreachable.js'

export interface BuildRequest {
  /** `bakeoff/target/go-net-http` */
  readonly name: string
  /** the cache key of the image */
  readonly key: string
  readonly context: BuildContext
  /** the stage that is built; absent: the last one */
  readonly stage?: string | undefined
  readonly buildArgs: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** the file that keeps the builder's output */
  readonly logFile: string
  readonly onLine: (line: string) => void
  /** limits; BuildKit has none on memory */
  readonly limits: BuildLimits
  readonly builder: Builder
  /** takes credentials out of what is kept or printed */
  readonly redact: Redact
  readonly signal?: AbortSignal | undefined
}

/**
 * Builds an image and tags it `latest` and with its key (`keyTag`), by either builder, through the API: neither needs a plugin.
 *
 * The duration of a build is known only after it, so a second build of one line adds the labels.
 *
 * @returns seconds that the build took
 * @throws BakeoffError BUILD_FAILED with the last 30 lines, DOWNLOAD_FAILED when it says that something could not be
 *         reached, OUT_OF_RESOURCES when the disk is full, ABORTED, ENGINE_LOST
 */
export async function buildImage(client: EngineClient, request: BuildRequest): Promise<number> {
  const started = performance.now()
  const unlabelled = `${request.name}:unlabelled`
  const { context, stage, buildArgs } = request
  const sent = request.builder === 'classic' ? withDockerfile(context, withoutCacheMounts(context.dockerfile)) : context
  const { dockerfilePath: dockerfile } = context
  await build(client, request, { tag: unlabelled, pack: () => packContext(sent), dockerfile, stage, buildArgs })
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const labels = { ...request.labels, [imageLabels.key]: request.key, [imageLabels.buildSeconds]: String(seconds) }
  const quiet = { ...request, onLine: () => undefined, logFile: null }
  const pack = () => oneFile('Dockerfile', `FROM ${unlabelled}\n`)
  await build(client, quiet, { tag: `${request.name}:latest`, pack, labels })
  await client.images.remove(unlabelled).catch(() => undefined) // this removes a name only: the image stays under its other name
  await client.images.tag(request.name, { repo: request.name, tag: keyTag(request.key) })
  await forgetOldBuilds(client, request.name)
  return seconds
}

type Step = Pick<BuildRequest, 'name' | 'onLine' | 'limits' | 'builder' | 'redact' | 'signal'> & {
  readonly logFile: string | null
}

async function build(
  client: EngineClient,
  request: Step,
  what: Pick<BuildCall, 'tag' | 'pack' | 'dockerfile' | 'stage' | 'buildArgs' | 'labels'>,
): Promise<void> {
  const { builder, limits, redact, signal } = request
  const log = await BuildLog.open(request.logFile, limits.logBytes)
  const overdue = new Overdue(limits)
  const take = (lines: readonly string[]): void => {
    for (const line of lines) {
      log.take(line)
      request.onLine(line)
    }
  }
  try {
    const joiner = new LineJoiner(redact)
    const buildKit = new BuildKitText()
    const progress = client.images.build({
      ...what,
      builder,
      memoryBytes: limits.memoryBytes,
      signal: signal ? AbortSignal.any([signal, overdue.signal]) : overdue.signal,
    })
    for await (const event of progress) {
      const text = event.id === TRACE_ID && typeof event.aux === 'string' ? buildKit.push(event.aux) : event.stream
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

/** Ends a build that takes too long, or prints nothing for too long. */
class Overdue {
  readonly #limits: BuildLimits
  readonly #controller = new AbortController()
  readonly #total: NodeJS.Timeout
  #silence: NodeJS.Timeout
  /** the reason why the build was ended; null when it was not */
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
  if (request.signal?.aborted) return aborted(`while building ${name}`, cause)
  if (overdue !== null) {
    return new BakeoffError('BUILD_FAILED', `${name} did not build: it was stopped, ${overdue}`, {
      hint: `${wholeLog(request)} A slow machine or network may need longer: BAKEOFF_BUILD_MINUTES=240 doubles the time.`,
      logTail,
    })
  }
  if (!(cause instanceof EngineRefusal)) return cause
  const reason = redact(cause.message)
  const full = diskFull(`${name} could not be built`, cause, logTail)
  if (full !== null) return full
  // The builder repeats lines of the Dockerfile: those are not evidence.
  const unreachable = unreachableLine([...logTail, reason].filter((line) => !REPEATS_THE_DOCKERFILE.test(line)))
  if (unreachable !== null) {
    return new BakeoffError('DOWNLOAD_FAILED', `${name} did not build: ${unreachable.trim()}`, {
      hint: 'The build could not reach something that it downloads. Check the network of this machine, then go on with --resume.',
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
