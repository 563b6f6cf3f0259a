/**
 * What `npm test` is made of. Parts of one turn run side by side, turns one after the other. What is mostly waiting goes
 * beside what computes; what measures times goes alone. docs/decisions/0012 says which figures spoke for this order.
 */

/** Tests against the engine that every `npm test` runs: what a user relies on. Longest first, as they are with --all. */
export const SHORT_ENGINE = [
  'packages/cli/test/targets.engine.test.ts',
  'packages/cli/test/interrupted.engine.test.ts',
  'packages/cli/test/lifecycle.engine.test.ts',
  'packages/containers/test/session.engine.test.ts',
  'packages/load/test/agent.engine.test.ts',
  'packages/containers/test/setup.engine.test.ts',
  'packages/containers/test/testbed-network.engine.test.ts',
]

/** Those that judge times, each a part of its own: nothing runs beside them. */
const VERDICTS = ['packages/cli/test/verdicts.engine.test.ts']
const ORDERS = ['packages/cli/test/orders.engine.test.ts']
/** Probes hold the engine, and every run beside them would be refused. */
const PROBE = ['packages/containers/test/probe.engine.test.ts']

/**
 * @typedef {object} Part
 * @property {string} name      shown, and taken by --part
 * @property {number} turn      parts of one turn run side by side
 * @property {boolean} [onlyAll] left out of the short run
 * @property {readonly (readonly string[])[]} [commands] programs of Node with their arguments, from the root; each counts as one
 * @property {string | readonly string[]} [project] of vitest.config.ts
 * @property {readonly string[]} [files] of the project; all when left out
 * @property {Readonly<Record<string, string>>} [env] what vitest finds in the environment
 * @property {boolean} [restWithAll] with --all also the files of the project that no part names: where a new file goes
 */

/** @type {readonly Part[]} */
export const PARTS = [
  {
    name: 'lint',
    turn: 1,
    commands: [
      ['node_modules/@biomejs/biome/bin/biome', 'check', '--diagnostic-level=error', '.'],
      ['scripts/check-boundaries.mjs'],
    ],
  },
  {
    name: 'types',
    turn: 1,
    commands: [
      ['node_modules/typescript/bin/tsc', '-b'],
      ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json'],
    ],
  },
  { name: 'images', turn: 2, project: 'images' },
  { name: 'unit', turn: 2, project: ['unit', 'pure'] },
  { name: 'load', turn: 2, project: 'load' },
  { name: 'timing', turn: 3, project: 'timing' },
  { name: 'verdicts', turn: 4, onlyAll: true, project: 'engine', files: VERDICTS },
  { name: 'orders', turn: 5, onlyAll: true, project: 'engine', files: ORDERS },
  { name: 'probe', turn: 6, onlyAll: true, project: 'engine', files: PROBE },
  { name: 'engine', turn: 7, project: 'engine', files: SHORT_ENGINE, restWithAll: true },
  { name: 'faults', turn: 8, project: 'faults' },
  { name: 'browser', turn: 8, project: 'browser' },
  // Waits for engines to start, and to notice what was done to them: beside others all of its waits get longer.
  { name: 'lab', turn: 9, onlyAll: true, project: 'lab' },
  // Mostly leases that run out. CI has no room for it: .ci/run leaves it out.
  { name: 'lab-long', turn: 10, onlyAll: true, project: 'lab', env: { BAKEOFF_LONG_LAB: '1' } },
]

/** What the parts look at in the environment, by the kind of run. */
export const ENVIRONMENT = {
  short: { BAKEOFF_TEST_SCENARIO: 'predict', BAKEOFF_TEST_ONE_OF_EACH: '1' },
  all: { BAKEOFF_ALL_FAULTS: '1' },
}

/**
 * The parts of a run, turn by turn, each with the files that vitest is to run (null: all of its project).
 *
 * @param {object} wanted
 * @param {boolean} wanted.all
 * @param {readonly string[]} wanted.only  names of parts; empty: all
 * @param {readonly string[]} [wanted.without] names of parts that are left out
 * @param {readonly string[]} wanted.files every test file there is, from the root
 * @returns {{ part: Part, files: readonly string[] | null }[][]}
 */
export function turnsOf({ all, only, without = [], files }) {
  const wanted = PARTS.filter(
    ({ name, onlyAll }) => !without.includes(name) && (only.length > 0 ? only.includes(name) : all || !onlyAll),
  )
  const turns = [...new Set(wanted.map(({ turn }) => turn))].sort((a, b) => a - b)
  return turns.map((turn) =>
    wanted
      .filter((part) => part.turn === turn)
      .map((part) => ({ part, files: all && part.restWithAll ? withRest(part, files) : (part.files ?? null) })),
  )
}

/** Its own files, and those of its project that no part names. */
function withRest(part, files) {
  const named = PARTS.flatMap((other) => other.files ?? [])
  const ending = `.${part.project}.test.ts`
  return [...(part.files ?? []), ...files.filter((file) => file.endsWith(ending) && !named.includes(file)).sort()]
}
