import { availableParallelism, machine } from 'node:os'
import hono from '../node_modules/hono/package.json' with { type: 'json' }

/** What this process believes about itself, the answer of GET /info. */
export function describe({ workers, isDevelopment }) {
  return {
    language: 'node',
    // Node's own version would be one that Bun imitates.
    languageVersion: `Bun ${Bun.version}`,
    architecture: machine(),
    server: 'Bun.serve',
    framework: 'hono',
    versions: { bun: Bun.version, hono: hono.version, webkit: process.versions.webkit },
    cpus: availableParallelism(),
    workers,
    threads: { event_loop: 1 },
    pools: {},
    developmentServer: isDevelopment,
    debugBuild: false,
    // JavaScriptCore collects by what is there to collect, and has no limit to ask for.
    heapLimitBytes: null,
    flags: { exec_argv: process.execArgv.join(' ') },
  }
}
