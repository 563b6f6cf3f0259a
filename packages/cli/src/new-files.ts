import { closeSync, existsSync, lstatSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file that is to be written. */
export interface NewFile {
  /** from the root, with `/` */
  readonly path: string
  readonly text: string
}

/** What is in the way of these files, which are named from the root: files that are there already, be it as a link to nothing, and files in the place of a folder. */
export function thereAlready(root: string, paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => inTheWay(root, path) ?? []))]
}

function inTheWay(root: string, path: string): string | null {
  const parts = path.split('/')
  for (let count = 1; count <= parts.length; count++) {
    const part = parts.slice(0, count).join('/')
    const whole = join(root, part)
    if (lstatSync(whole, { throwIfNoEntry: false }) === undefined) return null
    // A link to a folder is one.
    if (count === parts.length || !statSync(whole, { throwIfNoEntry: false })?.isDirectory()) return part
  }
  return null
}

/**
 * Writes files that are not there yet, in their order, with the folders that they need: all of them or none.
 *
 * @throws the file system's error, EEXIST for a file that has come to be there; what was written before is removed then
 */
export function writeNew(root: string, files: readonly NewFile[]): void {
  const written: string[] = []
  try {
    for (const { path, text } of files) {
      const whole = join(root, path)
      const made = mkdirSync(dirname(whole), { recursive: true })
      if (made !== undefined) written.push(made)
      closeSync(openSync(whole, 'wx'))
      written.push(whole)
      writeFileSync(whole, text)
    }
  } catch (error) {
    for (const path of written.toReversed()) if (existsSync(path)) rmSync(path, { recursive: true, force: true })
    throw error
  }
}
