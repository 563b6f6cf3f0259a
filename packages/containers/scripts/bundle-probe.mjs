/**
 * Writes the folder from which the probe's image is built: one script without a dependency, and the Dockerfile.
 *
 *   node scripts/bundle-probe.mjs [folder]      default: dist/image
 */

import { cp, mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packages = new URL('../../', import.meta.url)
const here = new URL('../', import.meta.url)
const source = (path) => fileURLToPath(new URL(path, packages))

/** Libraries that dockerode loads for other engines than one behind a socket, some of them compiled for one machine. They are never called here. */
const NOT_CALLED = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader)$/
const withoutThem = {
  name: 'without what is not called',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: NOT_CALLED }, ({ path }) => ({ path, namespace: 'not-called' }))
    onLoad({ filter: /.*/, namespace: 'not-called' }, () => ({ contents: 'module.exports = {}' }))
  },
}

/** @param {string} folder is replaced */
export async function bundleProbe(folder) {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await build({
    entryPoints: { probe: source('containers/src/probe/program/main.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // dockerode is CommonJS and asks for Node's own modules at run time.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [withoutThem],
    // The sources, so that the bundle never is older than they are.
    alias: {
      '@bakeoff/model': source('model/src/index.ts'),
      '@bakeoff/runner/ports': source('runner/src/ports.ts'),
    },
    logLevel: 'warning',
  })
  await cp(new URL('image/', here), folder, { recursive: true })
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await bundleProbe(process.argv[2] ?? fileURLToPath(new URL('dist/image', here)))
