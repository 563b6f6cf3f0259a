import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const DECLARED = /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm
const LISTED = /^export (?:type )?\{([^}]*)\}/gm
const PASSED_ON = /^export \* from '(\.[^']+)\.js'/gm

/** The names that a module exports, types too, with those that it passes on from others of its package. */
export function exportsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const listed = [...text.matchAll(LISTED)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/^.* as /, ''),
      )
      .filter((name) => name !== ''),
  )
  const passedOn = [...text.matchAll(PASSED_ON)].flatMap(([, path]) => exportsOf(join(dirname(file), `${path}.ts`)))
  return [...[...text.matchAll(DECLARED)].map(([, name = '']) => name), ...listed, ...passedOn]
}
