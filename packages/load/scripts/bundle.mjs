/**
 * Writes the folder from which the agent's image is built: three scripts without a dependency, and the Dockerfile.
 *
 *   node scripts/bundle.mjs [folder]      default: dist/image
 */

import { cp, mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packages = new URL('../../', import.meta.url)
const here = new URL('../', import.meta.url)
const source = (path) => fileURLToPath(new URL(path, packages))

/** @param {string} folder is replaced */
export async function bundleAgent(folder) {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await build({
    entryPoints: {
      agent: source('load/src/agent/main.ts'),
      worker: source('load/src/worker/main.ts'),
      'ticker-thread': source('load/src/worker/ticker-thread.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // autocannon is CommonJS and asks for Node's own modules at run time.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    // The sources, so that the bundle never is older than they are.
    alias: { '@bakeoff/core': source('core/src/index.ts'), '@bakeoff/model': source('model/src/index.ts') },
    logLevel: 'warning',
  })
  await cp(new URL('image/', here), folder, { recursive: true })
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await bundleAgent(process.argv[2] ?? fileURLToPath(new URL('dist/image', here)))
