import { availableParallelism, machine } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import { countWorkers } from './workers.js'

/** What this process believes about itself, the answer of GET /info. */
export async function describe() {
  return {
    language: 'node',
    languageVersion: process.versions.node,
    architecture: machine(),
    server: 'node:http',
    framework: null,
    versions: { llhttp: process.versions.llhttp, uv: process.versions.uv, v8: process.versions.v8 },
    cpus: availableParallelism(),
    workers: await countWorkers(),
    threads: { event_loop: 1, libuv_pool: Number(process.env.UV_THREADPOOL_SIZE ?? 4) },
    pools: {},
    developmentServer: false,
    debugBuild: process.config.target_defaults.default_configuration === 'Debug',
    heapLimitBytes: getHeapStatistics().heap_size_limit,
    flags: { exec_argv: process.execArgv.join(' ') },
  }
}
