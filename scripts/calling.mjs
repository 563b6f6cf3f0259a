/** How the program was called, and what npm does to its words. For scripts/bootstrap.mjs and for the bin of the package, so plain Node. */
import { basename } from 'node:path'

const OLDEST_NODE = [20, 19]

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  fail(
    `Bakeoff needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.versions.node}.`,
    'Install a newer Node, then type the same command again.',
    3,
  )
}

/** The name that the program was called by: that of its bin, or `npm run`, also when this file is started by itself. */
export function calledAs() {
  if (basename(process.argv[1] ?? '', '.mjs') !== 'bakeoff') return 'npm run'
  return process.env.npm_lifecycle_event === 'npx' ? npxName() : 'bakeoff'
}

/** Where npx has fetched the package into its cache, since it is installed nowhere, `npx bakeoff` would fetch somebody else's package. */
function npxName() {
  const isFetched = (process.argv[1] ?? '').split(/[\\/]/).includes('_npx')
  return isFetched ? 'npx bakeoff-matrix' : 'npx bakeoff'
}

/**
 * Where `--` is forgotten, npm takes our options for its own; it leaves them as npm_config_* in the environment.
 *
 * @param options the names of those of the command, without dashes
 */
export function refuseSwallowedOptions(command, rest, options) {
  const script = process.env.npm_lifecycle_event
  if (!script) return
  const isNpx = script === 'npx' // and `npm exec`, which swallows options where npx does not
  const swallowed = options
    .filter((option) => process.env[`npm_config_${option.replaceAll('-', '_')}`])
    .filter((option) => !(isNpx && option === 'yes')) // npx --yes is npx's own
  if (swallowed.length === 0) return
  const typed = swallowed.map((option) => {
    const value = process.env[`npm_config_${option.replaceAll('-', '_')}`]
    return value === 'true' || value === '' ? `--${option}` : `--${option} ${value}`
  })
  fail(
    `npm took ${typed.join(' ')} for itself: Bakeoff never saw it.`,
    isNpx
      ? `npx lets it through: ${npxName()} ${[command, ...typed, ...rest].join(' ')}`
      : `Put two dashes before it: npm run ${script} -- ${[...typed, ...rest].join(' ')}`,
    2,
  )
}

export function fail(message, hint, code) {
  process.stderr.write(`${message}\n${hint}\n`)
  process.exit(code)
}
