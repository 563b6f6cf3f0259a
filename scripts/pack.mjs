/**
 * Makes the npm package, which is the program with all that it needs outside a checkout: `npm run package [-- FOLDER]`, which installs and builds first.
 * Prints where its file is.
 *
 * Its own packages are bundled. Other packages come by npm, in the versions of package-lock.json, which are those that the tests ran with.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stage = join(root, '.bakeoff', 'package')
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

/** The name bakeoff is somebody else's on npm. */
const NAME = 'bakeoff-matrix'
/** What images are built from outside a checkout, and what plans know of their builds. */
const HOME = [
  'compose/base',
  'compose/null-server',
  'compose/caddy',
  'compose/wrk',
  'compose/toolchains',
  'compose/runtimes',
  'compose/build-seconds.json',
  'compose/image-bytes.json',
  'schema',
  'templates',
]
/** What a package of this repository reads of its own folder. */
const AT_RUN_TIME = ['dist', 'fonts']
/** npm leaves .gitignore out, and what it names too. */
const LEFT_OUT = new Set(['.gitignore', 'node_modules', '__pycache__'])

const BIN = `#!/usr/bin/env node
/** Starts the command line as scripts/bootstrap.mjs does in a checkout, where it also installs and builds. */
import { readFileSync } from 'node:fs'
import { calledAs, refuseSwallowedOptions, requireNode } from '../scripts/calling.mjs'

const [command = 'help', ...rest] = process.argv.slice(2)
const called = calledAs()
requireNode()
const options = JSON.parse(readFileSync(new URL('../scripts/options.json', import.meta.url), 'utf8'))
refuseSwallowedOptions(command, rest, options[command] ?? [])
process.argv = [process.argv[0], called, command, ...rest]
await import('../node_modules/@bakeoff/cli/dist/main.js')
`

const unbuilt = [
  'packages/cli/dist/main.js',
  'packages/containers/dist/image',
  'packages/load/dist/image',
  'packages/report/dist/page.js',
].filter((path) => !existsSync(join(root, path)))
if (unbuilt.length > 0) {
  process.stderr.write(`${unbuilt.join(', ')} is not there: npm run package builds it\n`)
  process.exit(1)
}

const { version, description, license, engines } = readJson('package.json')
const names = readdirSync(join(root, 'packages'))
rmSync(stage, { recursive: true, force: true })
for (const name of names) bundle(name)
const home = join(stage, 'node_modules/@bakeoff/cli/home')
for (const path of HOME) copy(join(root, path), join(home, path))
writeFileSync(join(home, 'matrix.yaml'), profilesAlone())
for (const name of ['calling.mjs', 'options.json']) copy(join(root, 'scripts', name), join(stage, 'scripts', name))
for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md']) copy(join(root, name), join(stage, name))
mkdirSync(join(stage, 'bin'))
writeFileSync(join(stage, 'bin/bakeoff.mjs'), BIN)
chmodSync(join(stage, 'bin/bakeoff.mjs'), 0o755)
writeJson(join(stage, 'package.json'), {
  name: NAME,
  version,
  description,
  license,
  type: 'module',
  engines,
  bin: { bakeoff: 'bin/bakeoff.mjs' },
  dependencies: { ...pinned(), ...Object.fromEntries(names.map((name) => [`@bakeoff/${name}`, version])) },
  bundleDependencies: names.map((name) => `@bakeoff/${name}`),
})
process.stdout.write(`${pack(resolve(process.argv[2] ?? join(root, '.bakeoff')))}\n`)

/** What a package is at run time. Its tests, sources and types stay here. */
function bundle(name) {
  const from = join(root, 'packages', name)
  const into = join(stage, 'node_modules/@bakeoff', name)
  for (const part of AT_RUN_TIME.filter((part) => existsSync(join(from, part))))
    copy(join(from, part), join(into, part), (path) => !/\.(d\.ts|map|tsbuildinfo)$/.test(path))
  const { scripts: _, devDependencies: __, bin: ___, ...kept } = readJson(`packages/${name}/package.json`)
  writeJson(join(into, 'package.json'), kept)
}

function copy(from, into, takes = () => true) {
  cpSync(from, into, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) && takes(path) })
}

function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}

/** matrix.yaml without what is said of the scenarios of the checkout. */
function profilesAlone() {
  const { profiles } = parse(readFileSync(join(root, 'matrix.yaml'), 'utf8'))
  return stringify({ profiles })
}

/** The packages of others, as they are installed here. */
function pinned() {
  const { packages } = readJson('package-lock.json')
  const wanted = names.flatMap((name) => Object.keys(readJson(`packages/${name}/package.json`).dependencies ?? {}))
  const others = [...new Set(wanted)].filter((name) => !name.startsWith('@bakeoff/')).sort()
  return Object.fromEntries(others.map((name) => [name, packages[`node_modules/${name}`].version]))
}

function pack(folder) {
  mkdirSync(folder, { recursive: true })
  const { status, stdout } = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: stage,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) process.exit(status ?? 1)
  return join(folder, JSON.parse(stdout)[0].filename)
}
