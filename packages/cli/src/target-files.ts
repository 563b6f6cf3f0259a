import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What building leaves in a folder and no copy should have. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'node_modules',
  'target',
  '_build',
  'deps',
  '__pycache__',
  '.venv',
  'dist',
])

/** The files of a target, in any folder of it: what it is made of, not what was built there. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (LEFT_OUT.has(entry.name)) return []
    return entry.isDirectory() ? filesOf(path) : entry.isFile() ? [path] : []
  })
}
