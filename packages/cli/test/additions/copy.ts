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
  for (const asset of ['page.js', 'page.css']) writeFileSync(join(root, asset), '')
  return {
    root,
    follow: (document) => follow(root, readFileSync(join(ROOT, 'docs', document), 'utf8')),
    load: (name) => load(root, name),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** A block of a document whose first line names a file. One that is there is given lines: imports on top, others at the end of its list. */
const BLOCK = /^```\w+ (\S+)\n(.*?)^```$/gms

function follow(root: string, document: string): { made: string[]; changed: string[] } {
  const made: string[] = []
  const changed: string[] = []
  for (const [, path = '', text = ''] of document.matchAll(BLOCK)) {
    const file = join(root, path)
    if (existsSync(file)) {
      changed.push(path)
      writeFileSync(file, withLines(readFileSync(file, 'utf8'), text))
    } else {
      made.push(path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  return { made, changed }
}

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
