import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Writes a file whole or not at all. It survives a power cut once this returns: the bytes are on the disk
 * before the name, and the name before anything that is written later. No other process writes to the same
 * temporary file.
 *
 * @throws the file system's error; no temporary file is left then
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`
  try {
    const file = openSync(part, 'wx')
    try {
      writeFileSync(file, content)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(part, path)
  } catch (error) {
    attempt(() => rmSync(part, { force: true }))
    throw error
  }
  syncFolder(dirname(path))
}

/** Flushes the names in a folder to the disk. Some file systems cannot do it, or need not. */
export function syncFolder(folder: string): void {
  attempt(() => {
    const opened = openSync(folder, 'r')
    try {
      fsyncSync(opened)
    } finally {
      closeSync(opened)
    }
  })
}

/** Removes the temporary files that processes which are gone left in a folder. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.(?:(\d+)-[0-9a-f]+\.)?part$/.exec(name)
    if (pid && !isRunning(Number(pid[1]))) attempt(() => rmSync(join(folder, name), { force: true }))
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // it runs, as another user
  }
}

/** Runs a clean-up step, on which nothing depends: its error is dropped. */
export function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // the caller throws an error that matters more, or none
  }
}
