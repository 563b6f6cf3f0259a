/**
 * Bundles what runs in the page: dist/page.js (our client code), dist/later.js (Chart.js, the drawings, the downloads) and dist/page.css
 * (styles with the font inside). With `--stdout` it writes both as JSON to standard output instead: so tests that run from the sources
 * never read a stale bundle and never write to a file that another test reads.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const folder = fileURLToPath(new URL('..', import.meta.url))

const options = {
  absWorkingDir: folder,
  outdir: 'dist',
  bundle: true,
  write: false,
  minify: true,
  charset: 'utf8',
  format: 'iife',
  target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
  loader: { '.woff2': 'dataurl' },
  legalComments: 'eof',
  alias: { '@bakeoff/model': '../model/src/for-page.ts', zod: './scripts/no-schemas.mjs' },
}
const outputFiles = [
  { entryPoints: { page: 'src/client/main.ts', style: 'src/styles/page.css' } },
  // Run by itself, when it is needed: it leaves what it exports under this name.
  { entryPoints: { later: 'src/client/later.ts' }, globalName: 'bakeoffLater' },
].flatMap((more) => buildSync({ ...options, ...more }).outputFiles)

const textOf = (end) => {
  const file = outputFiles.find(({ path }) => path.endsWith(end))
  // Inside <script> and <style> only the closing tag and <!-- have a meaning; neither may occur.
  if (/<\/(script|style)|<!--/i.test(file.text)) throw new Error(`${end} cannot stand inside an HTML page`)
  return file.text
}
const assets = { script: textOf('page.js'), later: textOf('later.js'), style: textOf('style.css') }

if (process.argv.includes('--stdout')) {
  process.stdout.write(JSON.stringify(assets))
} else {
  mkdirSync(`${folder}/dist`, { recursive: true })
  writeFileSync(`${folder}/dist/page.js`, assets.script)
  writeFileSync(`${folder}/dist/later.js`, assets.later)
  writeFileSync(`${folder}/dist/page.css`, assets.style)
}
