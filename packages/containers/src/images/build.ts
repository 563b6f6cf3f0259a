import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { BakeoffError } from '@bakeoff/model'
import type Docker from 'dockerode'
import { pack as tarPack } from 'tar-stream'
import { type BuildContext, packContext } from './context.js'
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

const tailLines = 30

/**
 * Builds an image and tags it `latest` and with its key (`keyTag`). The one place that knows which builder is used: the classic one, through the API
 * (`version` unset), which every engine has without a plugin.
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
  await build(docker, request, packContext(request.context), { t: unlabelled, buildargs: { ...request.buildArgs } })
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const labels = { ...request.labels, [imageLabels.key]: request.key, [imageLabels.buildSeconds]: String(seconds) }
  const quiet = { ...request, onLine: () => undefined, logFile: null }
  await build(docker, quiet, oneFile('Dockerfile', `FROM ${unlabelled}\n`), { t: `${request.name}:latest`, labels })
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

async function build(
  docker: Docker,
  request: Pick<BuildRequest, 'name' | 'onLine' | 'signal'> & { readonly logFile: string | null },
  tar: Readable,
  options: Docker.ImageBuildOptions,
): Promise<void> {
  const tail: string[] = []
  const log = request.logFile === null ? null : await openLog(request.logFile)
  const take = (lines: readonly string[]): void => {
    for (const line of lines) {
      log?.write(`${line}\n`)
      if (line !== '') tail.push(line)
      if (tail.length > tailLines) tail.shift()
      request.onLine(line)
    }
  }
  try {
    const stream = await docker.buildImage(tar, {
      ...options,
      rm: true,
      forcerm: true, // a failed or stopped build leaves no container behind
      ...(request.signal ? { abortSignal: request.signal } : {}),
    })
    const joiner = new LineJoiner()
    for await (const event of progressEvents(stream as AsyncIterable<Buffer>)) {
      if (event.stream !== undefined) take(joiner.push(event.stream))
    }
    take(joiner.end())
  } catch (cause) {
    if (cause instanceof Error && !request.signal?.aborted) log?.write(`${cause.message}\n`)
    throw buildError(request, cause, tail)
  } finally {
    tar.destroy()
    if (log) await finished(log.end()).catch(() => undefined) // a full disk must not hide why the build failed
  }
}

function buildError(
  request: Pick<BuildRequest, 'name' | 'signal'> & { readonly logFile: string | null },
  cause: unknown,
  logTail: readonly string[],
): unknown {
  if (cause instanceof BakeoffError) return cause
  if (request.signal?.aborted) return new BakeoffError('ABORTED', `Stopped while building ${request.name}`, { cause })
  if (isConnectionLost(cause)) return engineLost(`building ${request.name}`, cause)
  const refused = (cause as { statusCode?: unknown }).statusCode !== undefined // e.g. a Dockerfile that cannot be read
  if (!(cause instanceof EngineReport) && !refused) return cause
  const reason = (cause as Error).message.trim()
  if (/no space left on device/i.test(reason) || logTail.some((line) => /no space left on device/i.test(line))) {
    return new BakeoffError('OUT_OF_RESOURCES', `The disk is full: ${request.name} could not be built`, {
      hint: 'Make room, for example with `npm run clean` or `docker system prune`',
      logTail,
      cause,
    })
  }
  const unreachable = unreachableLine([...logTail, reason])
  if (unreachable !== null) {
    return new BakeoffError('DOWNLOAD_FAILED', `${request.name} did not build: ${unreachable.trim()}`, {
      hint: 'Something that the build downloads could not be reached. Look at the network of this machine, then go on with --resume.',
      logTail,
      cause,
    })
  }
  return new BakeoffError('BUILD_FAILED', `${request.name} did not build: ${reason}`, {
    hint: request.logFile === null ? 'Run it again' : `The whole log: ${request.logFile}`,
    logTail,
    cause,
  })
}

async function openLog(file: string): Promise<ReturnType<typeof createWriteStream>> {
  await mkdir(dirname(file), { recursive: true })
  const log = createWriteStream(file)
  log.on('error', () => undefined) // the log is a help, not a condition
  return log
}

function oneFile(name: string, text: string): Readable {
  const tar = tarPack()
  tar.entry({ name }, text)
  tar.finalize()
  return tar as unknown as Readable
}
