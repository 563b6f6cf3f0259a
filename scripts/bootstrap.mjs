/**
 * Every npm script starts here, and so does `npx bakeoff`. Installs and builds what is missing, then runs the command line in this process.
 * Plain Node without dependencies, since on a fresh clone there are none yet. A second start only compares two stamps.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { calledAs, fail, refuseSwallowedOptions, requireNode } from './calling.mjs'
import { alone } from './folder-lock.mjs'
import { OPTIONS } from './tests/options.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamps = join(root, 'node_modules', '.bakeoff')

const [command = 'help', ...rest] = process.argv.slice(2)
const called = calledAs()
requireNode()
refuseSwallowedOptions(command, rest, command === '--test' ? OPTIONS : (optionsOfCommands()[command] ?? []))
if (!isInstalled() || !isBuilt()) {
  alone(join(root, '.bakeoff', 'bootstrap.lock'), say, () => {
    if (!isInstalled()) install()
    if (!isBuilt()) build()
  })
}
if (command === '--test') {
  const { runTests } = await import('./run-tests.mjs')
  process.exitCode = await runTests(root, rest)
} else if (command === '--package') {
  process.argv = [process.argv[0], join(root, 'scripts', 'pack.mjs'), ...rest]
  await import('./pack.mjs')
} else {
  process.argv = [process.argv[0], called, command, ...rest] // packages/cli/src/called-as.ts reads the name
  await import(pathToFileURL(join(root, 'packages/cli/dist/main.js')).href)
}

/** By command. They are commander's own, written down for a checkout that is not built yet: node scripts/write-options.mjs. */
function optionsOfCommands() {
  return JSON.parse(readFileSync(join(root, 'scripts', 'options.json'), 'utf8'))
}

function isInstalled() {
  return isStamped('install', installStamp())
}

function install() {
  say('Installing dependencies (npm ci) …')
  const stamp = installStamp()
  // --include=dev: NODE_ENV=production in the environment must not leave the compiler out.
  // --ignore-scripts: nothing here needs the scripts of its packages, and what runs as root should be known.
  run(
    'npm',
    ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
    'npm ci failed; its messages are above. Without a network nothing can be installed.',
  )
  setStamp('install', stamp)
}

function installStamp() {
  const hash = createHash('sha256').update(process.versions.modules)
  // The lock file alone is not enough: which of its packages are installed depends on what the workspaces ask for.
  const manifests = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'package.json'))
  for (const name of ['package-lock.json', 'package.json', ...manifests.sort()]) {
    if (existsSync(join(root, name))) hash.update(readFileSync(join(root, name)))
  }
  return hash.digest('hex')
}

function isBuilt() {
  return isStamped('build', sourceStamp()) && existsSync(join(root, 'packages/cli/dist/main.js'))
}

function build() {
  say('Building …')
  const turbo = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'turbo.cmd' : 'turbo')
  run(
    turbo,
    ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'],
    'The build failed; its messages are above.',
    { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  )
  setStamp('build', sourceStamp())
}

/** A digest of path, size and time of every source file: cheap, and changed by every edit. */
function sourceStamp() {
  const hash = createHash('sha256')
  const add = (path) => {
    const stat = statSync(path)
    hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`)
  }
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (entry.isFile()) add(path)
    }
  }
  for (const name of ['package.json', 'turbo.json', 'tsconfig.base.json']) add(join(root, name))
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const folder = join(root, 'packages', name)
    for (const part of readdirSync(folder).sort()) {
      const path = join(folder, part)
      if (part === 'package.json' || /^tsconfig.*\.json$/.test(part)) add(path)
      else if (['src', 'scripts', 'image', 'assets'].includes(part)) walk(path)
    }
  }
  return hash.digest('hex')
}

function isStamped(name, stamp) {
  const file = join(stamps, name)
  return existsSync(file) && readFileSync(file, 'utf8') === stamp
}

function setStamp(name, stamp) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), stamp)
}

/** Messages go to stderr: stdout belongs to --json. */
function run(file, args, hint, env = {}) {
  const { status, error } = spawnSync(file, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  })
  if (error) fail(`${file} could not be started: ${error.message}`, hint, 3)
  if (status !== 0)
    fail(`${[file.split(/[\\/]/).at(-1), ...args].join(' ')} ended with ${status ?? 'a signal'}.`, hint, 3)
}

function say(line) {
  process.stderr.write(`${line}\n`)
}
