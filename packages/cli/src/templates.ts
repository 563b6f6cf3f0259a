import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { filesOf } from './target-files.js'

/**
 * Files of targets that are copies of files of templates/, byte for byte. A copy says so in one of its first lines, and
 * a target that has one file of a folder of templates/ has them all. A file without that line is the target's own.
 */

/** A file of a target that should be as its template is. Paths are from the root, with `/`. */
interface Copy {
  readonly file: string
  readonly template: string
  /** what the file should say, whole */
  readonly wanted: string
  /** what it says; null when it is missing */
  readonly found: string | null
}

/** The folder that new targets in any other language begin with. Nothing of it is copied byte for byte. */
export const ANY_LANGUAGE = 'templates/any-language'

const COPIED_FROM = /Copied from (templates\/\S+): change it there/
/** A template of the head of a file: what stands before the second stage of a Dockerfile. */
const HEAD = '.head'
const CURE = 'node scripts/copy-templates.mjs'

/** A sentence about each copy in targets/ that is stale or missing, and about each file that says it is one and is not. */
export function staleCopies(root: string): string[] {
  return targetsIn(root).flatMap((target) => {
    const files = readTarget(root, target)
    return [
      ...copiesOf(root, target, files).flatMap(({ file, template, wanted, found }) => {
        if (found === null) return [`${file} is missing, a copy of ${template}: ${CURE}`]
        return found === wanted ? [] : [`${file} differs from ${template}: ${CURE}`]
      }),
      ...strangers(root, target, files),
    ]
  })
}

/**
 * Writes the copies that are stale or missing.
 *
 * @param target the name of the only target to write in; all of them without it
 * @returns the files that were written
 */
export function writeCopies(root: string, target?: string): string[] {
  const targets = target === undefined ? targetsIn(root) : [target]
  return targets.flatMap((one) =>
    copiesOf(root, one, readTarget(root, one))
      .filter(({ wanted, found }) => wanted !== found)
      .map(({ file, wanted }) => {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), wanted)
        return file
      }),
  )
}

/** The template that a text says it was copied from. It says so at its beginning. */
export function templateNamedIn(text: string): string | null {
  return COPIED_FROM.exec(text.split('\n', 3).join('\n'))?.[1] ?? null
}

/** Every file of every folder of templates/ that has copies, from the root. */
export function templatesIn(root: string): string[] {
  const folder = join(root, 'templates')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && `templates/${entry.name}` !== ANY_LANGUAGE)
    .flatMap((entry) => filesOf(join(folder, entry.name)))
    .map((path) => fromRoot(root, path))
    .sort()
}

function copiesOf(root: string, target: string, files: ReadonlyMap<string, string>): Copy[] {
  const taken = new Set([...files.values()].map(templateNamedIn).map((template) => template && folderOf(template)))
  return templatesIn(root)
    .filter((template) => taken.has(folderOf(template)))
    .flatMap((template) => {
      const file = placeOf(target, template)
      const found = files.get(file) ?? null
      if (found !== null && templateNamedIn(found) === null) return [] // its own
      const text = readFileSync(join(root, template), 'utf8')
      return [{ file, template, found, wanted: template.endsWith(HEAD) ? withHead(text, found ?? '') : text }]
    })
}

/** Files that name a template which is not there, or which has its copies elsewhere. */
function strangers(root: string, target: string, files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, text]) => {
    const template = templateNamedIn(text)
    if (template === null) return []
    if (!existsSync(join(root, template)))
      return [`${file} says that it was copied from ${template}, which is not there`]
    const place = placeOf(target, template)
    return place === file ? [] : [`${file} says that it was copied from ${template}, whose copy is ${place}`]
  })
}

/** The file with another beginning: the rest starts where its second stage does. */
function withHead(head: string, text: string): string {
  const [, second] = text.matchAll(/^FROM /gm)
  return second ? `${head}\n${text.slice(second.index)}` : head
}

function readTarget(root: string, target: string): Map<string, string> {
  const paths = filesOf(join(root, 'targets', target))
  return new Map(paths.map((path) => [fromRoot(root, path), readFileSync(path, 'utf8')]))
}

function targetsIn(root: string): string[] {
  return readdirSync(join(root, 'targets'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** `templates/go` of `templates/go/info.go`. */
function folderOf(template: string): string {
  return template.split('/', 2).join('/')
}

function placeOf(target: string, template: string): string {
  const inside = posix.relative(folderOf(template), template)
  return posix.join('targets', target, inside.endsWith(HEAD) ? inside.slice(0, -HEAD.length) : inside)
}

function fromRoot(root: string, path: string): string {
  return relative(root, path).replaceAll('\\', '/')
}
