import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Writes a file whole or not at all, and so that it outlives a power cut once this returns: the bytes are on the disk
 * before the name is, and the name is before anything that is written later. No other process writes to the same
 * temporary name.
 *
 * @throws what the file system says; nothing is left beside the file then
 */
export function writeWhole(path: string, text: string): void {
  const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`
  try {
    const file = openSync(part, 'wx')
    try {
      writeFileSync(file, text)
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

/** Puts the names in a folder on the disk. Some file systems cannot, or need not. */
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

/** Removes what processes that are gone left half written in a folder. */
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
    return (error as NodeJS.ErrnoException).code === 'EPERM' // another user's
  }
}

/** Does what is better done and nothing depends on. */
export function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // another error matters more, or none does
  }
}
