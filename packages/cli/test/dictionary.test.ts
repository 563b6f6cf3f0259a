/** docs/dictionary.md promises one word per thing. Of the words that were used for several, no name is declared twice. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const WORDS = ['run', 'cell', 'window', 'job', 'order', 'sampler', 'gate', 'record']

interface Source {
  readonly file: string
  readonly text: string
}

const DECLARED =
  /^(export )?(?:declare |abstract |async |default )*(class|function\*?|const|let|interface|type|enum) (\w+)/gm

/** `warmUpRecord` → `warm`, `up`, `record` */
const partsOf = (name: string) => name.split(/(?=[A-Z])|_/).map((part) => part.toLowerCase())

/**
 * Names with one of the words in them that stand in several files: exported ones, and types that have the word itself for a name.
 * A schema and its type share a name, in one file.
 */
function declaredTwice(sources: readonly Source[]): string[] {
  const files = new Map<string, Set<string>>()
  for (const { file, text } of sources)
    for (const [, exported, kind = '', name = ''] of text.matchAll(DECLARED)) {
      const isType = /class|interface|type|enum/.test(kind)
      const counts = exported
        ? partsOf(name).some((part) => WORDS.includes(part))
        : isType && WORDS.includes(name.toLowerCase())
      if (!counts) continue
      const key = name.toLowerCase()
      files.set(key, (files.get(key) ?? new Set()).add(file))
    }
  return [...files]
    .filter(([, where]) => where.size > 1)
    .map(([name, where]) => `${name}: ${[...where].sort().join(', ')}`)
}

function sourcesOfPackages(): Source[] {
  return readdirSync(join(ROOT, 'packages')).flatMap((name) => {
    const folder = join(ROOT, 'packages', name, 'src')
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ file: relative(ROOT, path), text: readFileSync(path, 'utf8') }))
  })
}

describe('docs/dictionary.md', () => {
  const rows = readFileSync(join(ROOT, 'docs/dictionary.md'), 'utf8').match(/^\| [^|]+(?= \| )/gm) ?? []
  const words = rows.slice(1).map((row) => row.slice(2))

  it('has every word once', () => {
    expect(words.length).toBeGreaterThan(50)
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([])
  })

  it.each(WORDS)('says what %s is', (word) => expect(words).toContain(word))
})

describe('a word that means one thing', () => {
  it('is in no name that two files declare', () => expect(declaredTwice(sourcesOfPackages())).toEqual([]))

  it.each([
    {
      because: 'two packages export it',
      texts: ['export class Sampler {', 'export interface Sampler {'],
      found: ['sampler: 0, 1'],
    },
    {
      because: 'a function is called as the type of another file',
      texts: ['export interface Gate {', 'export function gate() {}'],
      found: ['gate: 0, 1'],
    },
    {
      because: 'one of two types is for its file alone',
      texts: ['export interface Order {', 'interface Order {'],
      found: ['order: 0, 1'],
    },
    {
      because: 'the word is a part of it',
      texts: ['export const warmUpRecord = 1', 'export async function warmUpRecord() {}'],
      found: ['warmuprecord: 0, 1'],
    },
    {
      because: 'a schema has a type',
      texts: ['export const cell = z.object({})\nexport type Cell = z.infer<typeof cell>'],
      found: [],
    },
    {
      because: 'a function of a file alone does not reach another one',
      texts: ['function gate() {}', 'function gate() {}'],
      found: [],
    },
    {
      because: 'a window is no windowing',
      texts: ['export const windowed = 1', 'export const windowed = 2'],
      found: [],
    },
  ])('$because', ({ texts, found }) =>
    expect(declaredTwice(texts.map((text, index) => ({ file: String(index), text })))).toEqual(found),
  )
})
