// Copied from templates/node/src/info.js: change it there, then run node scripts/copy-templates.mjs.
import { createRequire } from 'node:module'
import { availableParallelism, machine } from 'node:os'
import { getHeapStatistics } from 'node:v8'

/**
 * What this process believes about itself, the answer of GET /info.
 *
 * @param own what only the target knows: its framework, the versions of what it is made of, how many processes serve, its
 *            threads beside those of Node.js, its pools, and what else it was set to
 */
export function describe({ framework, versions, workers = 1, threads = {}, pools = {}, flags = {} }) {
  return {
    language: 'node',
    languageVersion: process.versions.node,
    architecture: machine(),
    server: 'node:http',
    framework,
    versions: { ...versions, v8: process.versions.v8 },
    cpus: availableParallelism(),
    workers,
    threads: { event_loop: 1, libuv_pool: Number(process.env.UV_THREADPOOL_SIZE ?? 4), ...threads },
    pools,
    developmentServer: false,
    debugBuild: process.config.target_defaults.default_configuration === 'Debug',
    heapLimitBytes: getHeapStatistics().heap_size_limit,
    flags: { exec_argv: process.execArgv.join(' '), ...flags },
  }
}

/** The versions of packages as they are installed, by the packages' names. */
export function installedVersions(names) {
  const require = createRequire(import.meta.url)
  // Not every package lets its package.json be imported by name, so it is read beside its entry point.
  return Object.fromEntries(names.map((name) => [name, require(`../node_modules/${name}/package.json`).version]))
}
