import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { SHORT_ENGINE } from './scripts/tests/parts.mjs'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tests read the sources, not dist: what is tested is what is written. */
const alias = [
  { find: /^@bakeoff\/runner\/ports$/, replacement: source('packages/runner/src/ports.ts') },
  { find: /^@bakeoff\/([a-z]+)$/, replacement: source('packages/$1/src/index.ts') },
]

/** The kinds of tests that need more than this process, by the ending of their files. */
const special = ['engine', 'images', 'timing', 'browser', 'faults', 'lab'].map((kind) => `**/*.${kind}.test.ts`)
const ofKind = (kind: string) => [`packages/*/test/**/*.${kind}.test.ts`]
/** Packages without effects (scripts/check-boundaries.mjs holds them to it). */
const PURE = ['core', 'model']
/** Tests of the lab that wait for minutes are in files of their own. */
const isLongLab = process.env.BAKEOFF_LONG_LAB === '1'
const HALF_AN_HOUR = 1_800_000

const LONGEST = [...SHORT_ENGINE, 'packages/cli/test/hosts-run.lab.test.ts']

/** The longest first, also where nothing is known of an earlier run: a lane must not begin its longest file last. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.indexOf(relative(source('.'), moduleId))
      return index < 0 ? LONGEST.length : index
    }
    return (await super.sort(files)).sort((a, b) => (a.project.name === b.project.name ? rank(a) - rank(b) : 0))
  }
}

/**
 * Projects are run one at a time, each in as many processes as it bears: `groupOrder` keeps them apart when vitest is started
 * without `--project`. A test that hangs is found by its time limit; one that is slow on a busy machine must not be.
 */
export default defineConfig({
  resolve: { alias },
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      // Plain values in, plain values out: nothing of one file is left over for another, so files share a process and what it has imported.
      {
        extends: true,
        test: {
          name: 'pure',
          include: PURE.map((name) => `packages/${name}/test/**/*.test.ts`),
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: [...special, ...['load', ...PURE].map((name) => `packages/${name}/**`)],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
        },
      },
      // Real sockets and processes, mostly waiting. What judges times is in `timing`.
      {
        extends: true,
        test: {
          name: 'load',
          include: ['packages/load/test/**/*.test.ts'],
          exclude: special,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
        },
      },
      // Figures are measured: nothing may run beside them.
      {
        extends: true,
        test: {
          name: 'timing',
          include: ofKind('timing'),
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 120_000,
        },
      },
      // Downloads and builds; the engine's own queue says how many at once.
      {
        extends: true,
        test: {
          name: 'images',
          include: ofKind('images'),
          maxConcurrency: 200,
          sequence: { groupOrder: 4 },
          testTimeout: 2 * HALF_AN_HOUR,
          hookTimeout: HALF_AN_HOUR,
        },
      },
      // Every file has a lock, reports and containers of its own, and mostly waits.
      {
        extends: true,
        test: {
          name: 'engine',
          include: ofKind('engine'),
          maxWorkers: 3,
          maxConcurrency: 4, // of tests that are marked as concurrent: checks, which mostly wait
          sequence: { groupOrder: 5 },
          testTimeout: 300_000,
          hookTimeout: HALF_AN_HOUR,
        },
      },
      // Each fault has reports, locks and a way to the engine of its own, so several are inflicted at once.
      {
        extends: true,
        test: {
          name: 'faults',
          include: ofKind('faults'),
          maxConcurrency: 5,
          sequence: { groupOrder: 6 },
          testTimeout: 900_000,
          hookTimeout: HALF_AN_HOUR,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ofKind('browser'),
          fileParallelism: false,
          sequence: { groupOrder: 7 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // Several engines on one machine, whose cables are pulled: mostly waiting. Each file has a lab of its own.
      {
        extends: true,
        test: {
          name: 'lab',
          include: ofKind(isLongLab ? 'long.lab' : 'lab'),
          exclude: isLongLab ? [] : ['**/*.long.lab.test.ts'],
          maxWorkers: isLongLab ? 1 : 2,
          sequence: { groupOrder: 8 },
          testTimeout: 120_000,
          hookTimeout: HALF_AN_HOUR,
        },
      },
    ],
  },
})
