import { readFile, statfs } from 'node:fs/promises'
import os from 'node:os'
import type { HostFacts } from '@bakeoff/model'
import { filesToRead, onlineFile, parseHostFacts } from './parse.js'

/**
 * The facts of this machine. Never fails: what cannot be read is null.
 *
 * @param diskPath a path on the disk that images are stored on; the first of these that exists
 */
export async function readHostFacts(diskPath = ['/var/lib/docker', process.cwd()]): Promise<HostFacts> {
  const online = (await textOf(onlineFile)) ?? ''
  const paths = [onlineFile, ...filesToRead(online)]
  const texts = await Promise.all(paths.map(textOf))
  const files = new Map(paths.flatMap((path, i) => (texts[i] == null ? [] : [[path, texts[i] as string]])))
  return parseHostFacts(files, {
    hostname: os.hostname(),
    osName: `${os.type()} ${os.release()}`,
    kernel: os.type() === 'Linux' ? os.release() : null,
    architecture: os.arch(),
    cpuModels: os.cpus().map(({ model }) => model.trim()),
    memoryBytes: os.totalmem(),
    diskFreeBytes: await freeBytes(diskPath),
    nodeVersion: process.version,
  })
}

async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}

async function freeBytes(paths: readonly string[]): Promise<number | null> {
  for (const path of paths) {
    const free = await statfs(path).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    )
    if (free !== null) return free
  }
  return null
}
