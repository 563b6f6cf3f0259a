import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tests read the sources, not dist: what is tested is what is written. */
const alias = [
  { find: /^@bakeoff\/runner\/ports$/, replacement: source('packages/runner/src/ports.ts') },
  { find: /^@bakeoff\/([a-z]+)$/, replacement: source('packages/$1/src/index.ts') },
]

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/test/**/*.test.ts'], exclude: ['**/*.engine.test.ts', '**/*.browser.test.ts'], testTimeout: 30_000 } },
      // One file at a time: the engine, its lock and the two cores are shared.
      { extends: true, test: { name: 'engine', include: ['packages/*/test/**/*.engine.test.ts'], fileParallelism: false, testTimeout: 300_000, hookTimeout: 600_000 } },
      { extends: true, test: { name: 'browser', include: ['packages/*/test/**/*.browser.test.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
})
