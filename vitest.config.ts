import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tests read the sources, not dist: what is tested is what is written. */
const alias = [
  { find: /^@bakeoff\/runner\/ports$/, replacement: source('packages/runner/src/ports.ts') },
  { find: /^@bakeoff\/([a-z]+)$/, replacement: source('packages/$1/src/index.ts') },
]
const real = ['**/*.engine.test.ts', '**/*.browser.test.ts', '**/*.faults.test.ts']

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['packages/*/test/**/*.test.ts'], exclude: [...real, 'packages/load/**'], testTimeout: 30_000 },
      },
      // Figures are measured: one file at a time, or files would disturb one another on two cores.
      {
        extends: true,
        test: { name: 'load', include: ['packages/load/test/**/*.test.ts'], exclude: real, fileParallelism: false, testTimeout: 120_000 },
      },
      // The engine and its lock are shared.
      {
        extends: true,
        test: { name: 'engine', include: ['packages/*/test/**/*.engine.test.ts'], fileParallelism: false, maxConcurrency: 2, testTimeout: 300_000, hookTimeout: 1_800_000 },
      },
      // Each fault has reports, locks and a way to the engine of its own, so several are inflicted at once.
      {
        extends: true,
        test: { name: 'faults', include: ['packages/*/test/**/*.faults.test.ts'], maxConcurrency: 4, testTimeout: 900_000, hookTimeout: 1_800_000 },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['packages/*/test/**/*.browser.test.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
})
