import { createRequire } from 'node:module'
import { availableParallelism, machine } from 'node:os'
import { getHeapStatistics } from 'node:v8'

const require = createRequire(import.meta.url)
const PACKAGES = ['@huggingface/tokenizers', 'fastify', 'onnxruntime-node']

/** What this process believes about itself, the answer of GET /info. */
export function describe(embedders) {
  return {
    language: 'node',
    languageVersion: process.versions.node,
    architecture: machine(),
    server: 'node:http',
    framework: 'fastify',
    versions: { ...installedVersions(), v8: process.versions.v8 },
    cpus: availableParallelism(),
    workers: 1,
    threads: {
      event_loop: 1,
      embedders: embedders.threads,
      libuv_pool: Number(process.env.UV_THREADPOOL_SIZE ?? 4),
      // The binding sets ONNX Runtime's threads (embedder.js) and has no way to ask for them.
      ort_intra_op: 1,
    },
    pools: {},
    developmentServer: false,
    debugBuild: process.config.target_defaults.default_configuration === 'Debug',
    heapLimitBytes: getHeapStatistics().heap_size_limit,
    flags: { exec_argv: process.execArgv.join(' ') },
  }
}

function installedVersions() {
  // Not every package lets its package.json be imported by name, so it is read beside its entry point.
  return Object.fromEntries(PACKAGES.map((name) => [name, require(`../node_modules/${name}/package.json`).version]))
}
