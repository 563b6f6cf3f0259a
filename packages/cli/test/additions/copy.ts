import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const ROOT = join(import.meta.dirname, '../../../..')

/** The sources of the packages, to change at will. */
export interface Copy extends Disposable {
  readonly root: string
  /** does what a document says, and tells which files that touched */
  follow(document: string): { readonly made: string[]; readonly changed: string[] }
  /** a package as it is now */
  load<Exports>(name: string): Promise<Exports>
}

export function copyOfSources(): Copy {
  const root = mkdtempSync(join(tmpdir(), 'bakeoff-additions-'))
  for (const name of ['model', 'core', 'report'])
    cpSync(join(ROOT, 'packages', name, 'src'), join(root, 'packages', name, 'src'), { recursive: true })
  // The report reads its page's script and style from beside itself; what they do is not looked at.
  for (const asset of ['page.js', 'later.js', 'page.css']) writeFileSync(join(root, asset), '')
  return {
    root,
    follow: (document) => follow(root, document),
    load: (name) => load(root, name),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** What a document says to write: a file, lines of a list in one that is there, or a change of one. */
export interface Step {
  readonly language: string
  readonly path: string
  readonly text: string
}

const BLOCK = /^```(\w+) (\S+)\n(.*?)^```$/gms

/** @param document in docs/: its blocks whose first line names a file */
export function stepsOf(document: string): Step[] {
  const written = readFileSync(join(ROOT, 'docs', document), 'utf8')
  return [...written.matchAll(BLOCK)].map(([, language = '', path = '', text = '']) => ({ language, path, text }))
}

/** Takes a step in a copy. */
export function take(root: string, { language, path, text }: Step): 'made' | 'changed' {
  const file = join(root, path)
  const isThere = existsSync(file)
  mkdirSync(dirname(file), { recursive: true })
  const before = isThere ? readFileSync(file, 'utf8') : ''
  writeFileSync(file, language === 'diff' ? changed(before, text) : isThere ? withLines(before, text) : text)
  return isThere ? 'changed' : 'made'
}

function follow(root: string, document: string): { made: string[]; changed: string[] } {
  const touched = { made: [] as string[], changed: [] as string[] }
  for (const step of stepsOf(document)) touched[take(root, step)].push(step.path)
  return touched
}

/** A file after a change: hunks with their context, with `@@` between them. */
function changed(file: string, diff: string): string {
  return diff.split(/^@@\n/m).reduce((text, hunk) => {
    const lines = hunk.trimEnd().split('\n')
    const side = (without: string) =>
      lines.flatMap((line) => (line.startsWith(without) ? [] : [line.slice(1)])).join('\n')
    const [before, after] = [side('+'), side('-')]
    if (text.split(before).length !== 2) throw new Error(`the file does not have once:\n${before}`)
    return text.replace(before, () => after)
  }, file)
}

/** A file with lines added: imports on top, others at the end of its list. */
function withLines(file: string, text: string): string {
  const lines = text.split('\n').filter((line) => line !== '')
  const imports = lines.filter((line) => line.startsWith('import '))
  const items = lines.filter((line) => !line.startsWith('import '))
  const end = file.lastIndexOf('\n]')
  if (items.length > 0 && end < 0) throw new Error('the file has no list to add to')
  return [...imports, items.length > 0 ? `${file.slice(0, end + 1)}${items.join('\n')}${file.slice(end)}` : file].join(
    '\n',
  )
}

async function load<Exports>(root: string, name: string): Promise<Exports> {
  const outfile = join(root, `${name}-${process.hrtime.bigint()}.mjs`)
  await build({
    entryPoints: [join(root, 'packages', name, 'src/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    nodePaths: [join(ROOT, 'node_modules')],
    alias: { '@bakeoff/model': join(root, 'packages/model/src/index.ts') },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return (await import(pathToFileURL(outfile).href)) as Exports
}
