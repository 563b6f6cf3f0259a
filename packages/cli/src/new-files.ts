import { closeSync, existsSync, lstatSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file that is to be written. */
export interface NewFile {
  /** from the root, with `/` */
  readonly path: string
  readonly text: string
}

/** The files among these that are there already, be it as a link to nothing. Paths are from the root. */
export function thereAlready(root: string, paths: readonly string[]): string[] {
  return paths.filter((path) => lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined)
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
