import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { PassThrough, type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { aborted, BakeoffError } from '@bakeoff/model'
import { extract as tarExtract } from 'tar-stream'
import type { EngineClient } from '../client/client.js'
import { diskFull, EngineRefusal, translated } from '../client/errors.js'
import type { ArchivedImage } from './archive-names.js'

/** Called with the number of bytes that were written or read by now. */
export type OnBytes = (bytes: number) => void

type Format = 'tar' | 'gzip' | 'zstd'

/** The zstd functions of Node 22.15 and newer; the types are of an older version. */
const { createZstdCompress, createZstdDecompress } = zlib as unknown as Partial<
  Record<'createZstdCompress' | 'createZstdDecompress', () => Transform>
>

/**
 * The file that an archive is written to, under a temporary name until it is complete. It is made at the beginning, so that a folder
 * that cannot be written to is known before anything is built.
 */
export class ArchiveFile {
  readonly path: string
  readonly #format: Format
  readonly #part: string

  private constructor(path: string, format: Format) {
    this.path = path
    this.#format = format
    this.#part = `${path}.part`
  }

  /** @throws BakeoffError BAD_SPEC when the name asks for a format that this Node cannot write; else the file system's error */
  static async create(path: string): Promise<ArchiveFile> {
    const file = new ArchiveFile(path, formatOfName(path))
    await (await open(file.#part, 'w')).close()
    return file
  }

  /**
   * Writes images as a stream, without holding them in memory.
   *
   * @returns the size of the file in bytes
   * @throws BakeoffError ABORTED, ENGINE_LOST, ENGINE_FAILED; the file system's errors. No file is left then
   */
  async write(
    client: EngineClient,
    references: readonly string[],
    signal: AbortSignal,
    onBytes: OnBytes,
  ): Promise<number> {
    let bytes = 0
    const counted = counting((written) => {
      bytes = written
      onBytes(written)
    })
    try {
      const images = await client.images.save(references, signal)
      const disk = createWriteStream(this.#part, { flush: true } as never)
      await pipeline([images, ...compressor(this.#format), counted, disk] as never, { signal })
      await rename(this.#part, this.path)
      return bytes
    } catch (error) {
      throw engineError('saving images', error, signal)
    }
  }

  /** Removes the file when it is incomplete. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#part, { force: true })
  }
}

/**
 * The images in an archive, read from the file alone.
 *
 * @throws BakeoffError BAD_SPEC when the file is not an archive of images, or incomplete
 */
export async function readArchive(path: string, signal: AbortSignal, onBytes: OnBytes): Promise<ArchivedImage[]> {
  const texts = new Map<string, string>()
  const tar = tarExtract()
  const bad = (why: string, cause?: unknown) =>
    new BakeoffError('BAD_SPEC', `${path} is not an archive of images, or incomplete: ${why}`, {
      hint: 'Make it again with: npm run images -- save FILE',
      cause,
    })
  try {
    const read = pipeline([...(await plainTar(path, onBytes)), tar] as never, { signal })
    read.catch(() => undefined) // the promise is awaited below; until then the loop reports the same error
    for await (const entry of tar) {
      const { name, size = 0, type } = entry.header
      if (type === 'file' && isDescription(name) && size <= LONGEST_DESCRIPTION)
        texts.set(name, await textOf(entry as unknown as AsyncIterable<Buffer>))
      else entry.resume()
    }
    await read
  } catch (cause) {
    if (signal.aborted) throw aborted(`while reading ${path}`, cause)
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new BakeoffError('BAD_SPEC', `there is no file ${path}`, { cause })
    if (cause instanceof BakeoffError) throw cause
    throw bad(message, cause)
  }
  const manifest = texts.get('manifest.json')
  if (manifest === undefined) throw bad('it has no manifest.json')
  try {
    return (JSON.parse(manifest) as { Config: string; RepoTags?: string[] | null }[]).map(({ Config, RepoTags }) => {
      const described = JSON.parse(texts.get(Config) ?? '') as { config?: { Labels?: Record<string, string> | null } }
      return { references: (RepoTags ?? []).map(String), labels: described.config?.Labels ?? {} }
    })
  } catch (cause) {
    throw bad('the description of its images cannot be read', cause)
  }
}

/**
 * Gives an archive to the engine.
 *
 * @returns the names that the engine reports as loaded
 * @throws BakeoffError BAD_SPEC, OUT_OF_RESOURCES, ABORTED, ENGINE_LOST
 */
export async function loadArchive(
  client: EngineClient,
  path: string,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<string[]> {
  const loaded: string[] = []
  const tar = new PassThrough()
  const reading = pipeline([...(await plainTar(path, onBytes)), tar] as never, { signal })
  reading.catch(() => undefined) // the engine's own error comes first
  try {
    for await (const { stream: text } of client.images.load(tar, signal)) {
      const name = /^Loaded image: (\S+)/.exec(text ?? '')?.[1]
      if (name !== undefined) loaded.push(name)
    }
    await reading
    return loaded
  } catch (error) {
    tar.destroy()
    throw engineError('loading images', error, signal)
  }
}

/** The most bytes of a file that describes an image. Larger files are layers. */
const LONGEST_DESCRIPTION = 4 * 1024 ** 2

/** The files that describe images, as older and as newer engines name them. */
function isDescription(name: string): boolean {
  return name === 'manifest.json' || /^(?:[0-9a-f]{64}\.json|blobs\/sha256\/[0-9a-f]{64})$/.test(name)
}

/** A file that does not begin as JSON is a small layer, and is not kept. */
async function textOf(entry: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let isText = true
  for await (const chunk of entry) {
    if (chunks.length === 0) isText = chunk[0] === 0x7b || chunk[0] === 0x5b
    if (isText) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function plainTar(path: string, onBytes: OnBytes): Promise<(Readable | Transform)[]> {
  const format = await formatOfFile(path)
  return [createReadStream(path), counting(onBytes), ...decompressor(format, path)]
}

function formatOfName(path: string): Format {
  if (/\.(?:tar\.gz|tgz|gz)$/i.test(path)) return 'gzip'
  if (!/\.(?:tar\.zst|tzst|zst)$/i.test(path)) return 'tar'
  if (createZstdCompress === undefined) throw noZstd(path, 'Name the file .tar.gz instead')
  return 'zstd'
}

async function formatOfFile(path: string): Promise<Format> {
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip'
    return buffer.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'tar'
  } finally {
    await file.close()
  }
}

/** The fastest level: layers are mostly programs, and a higher level costs minutes to save a tenth of the size. */
function compressor(format: Format): Transform[] {
  if (format === 'gzip') return [zlib.createGzip({ level: 1 })]
  return format === 'zstd' && createZstdCompress ? [createZstdCompress()] : []
}

function decompressor(format: Format, path: string): Transform[] {
  if (format === 'gzip') return [zlib.createGunzip()]
  if (format === 'tar') return []
  if (createZstdDecompress === undefined) throw noZstd(path, `Unpack it first: zstd -d ${path}`)
  return [createZstdDecompress()]
}

function noZstd(path: string, hint: string): BakeoffError {
  return new BakeoffError('BAD_SPEC', `${path}: Node ${process.versions.node} knows no zstd, which came with 22.15`, {
    hint,
  })
}

function counting(onBytes: OnBytes): Transform {
  let bytes = 0
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length
      onBytes(bytes)
      done(null, chunk)
    },
  })
}

/** Turns an error of the engine or of the connection to it into one for the user. The file system's errors stay as they are. */
function engineError(doing: 'saving images' | 'loading images', error: unknown, signal: AbortSignal): unknown {
  const told = translated(error, doing, signal)
  if (!(told instanceof EngineRefusal)) return told
  return (
    diskFull(`${doing} failed`, told) ??
    new BakeoffError('ENGINE_FAILED', `the engine failed while ${doing}: ${told.message}`, {
      hint: 'Try again; docker info shows whether the engine works.',
      cause: told,
    })
  )
}
