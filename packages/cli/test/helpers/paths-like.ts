import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

// What there is below a folder under a pattern of names, such as targets/*/target.yaml. A star is any part of one name.
export function pathsLike(root: string, pattern: string): string[] {
  return pattern
    .split('/')
    .filter((part) => part !== '')
    .reduce(
      (found, part) => found.flatMap((path) => namesLike(join(root, path), part).map((name) => join(path, name))),
      [''],
    )
}

function namesLike(folder: string, part: string): string[] {
  if (!part.includes('*')) return existsSync(join(folder, part)) ? [part] : []
  const like = new RegExp(`^${part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
  return statSync(folder).isDirectory() ? readdirSync(folder).filter((name) => like.test(name)) : []
}
