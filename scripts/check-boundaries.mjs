/** Checks who imports whom: the line `model ← everything ← cli` of ARCHITECTURE.md, the folders inside a package, and the libraries that only one place may touch. Comments name their nouns. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** Which of our packages each may import. */
export const ALLOWED = {
  model: [],
  core: ['model'],
  runner: ['model', 'core'],
  containers: ['model', 'runner'],
  load: ['model', 'core', 'runner'],
  report: ['model'],
  cli: ['model', 'core', 'runner', 'containers', 'load', 'report'],
}
/** Folders and files of a package that lie on one another, lowest first: each may import those before it, and files outside of all of them. */
const FLOORS = {
  core: [
    ...[
      'thresholds',
      'words',
      'stats',
      'state',
      'parse',
      'plan',
      'answers',
      'recorded',
      'observe',
      'figures',
      'judge',
      'results',
      'say',
    ],
    ...[
      'analyse',
      'open-decisions',
      'upgrade-results',
      'load-settings',
      'run-conditions',
      'setting-differences',
      'compared-figures',
      'history',
    ],
    ...['compare-runs', 'gate', 'init'],
  ],
  report: [
    ...['shared', 'styles', 'assets', 'markdown', 'csv', 'summary', 'client', 'html', 'sections', 'card'],
    ...['comparison', 'history', 'run-index', 'render-card', 'render-html'],
  ],
  containers: [
    'client',
    'host',
    'locks',
    'engine',
    'ways',
    'building',
    'registry',
    'base',
    'images',
    'session',
    'swarm',
    'probe',
    'site',
    'doctor',
  ],
}
/** Libraries with one importer each: a package, or a folder of one. */
const OWNERS = {
  dockerode: 'containers/client',
  autocannon: 'load',
  commander: 'cli',
  'chart.js': 'report',
  '@resvg/resvg-js': 'report/card',
  'hdr-histogram-js': 'core',
}
const IMPORT = /(?:from|import|import\()\s*'([^']+)'/g
/** What a functional core never imports, and never touches. */
const CORE_MODULES = /^node:(fs|child_process|net|http|os|timers)/
const CORE_FORBIDDEN = [
  /\bDate\.now\(/,
  /\bMath\.random\(/,
  /\bnew Date\(\)/,
  /\bprocess\.(env|cwd|exit|argv|std|pid|hrtime)/,
]

/** What prints, or ends the process. */
const SPEAKS = [/\bconsole\.(log|error|warn|info)\(/, /\bprocess\.exit\(/, /\bprocess\.(stdout|stderr)\.write\(/]
/** Programs that run as processes of their own speak over stdout: the load agent, the watchdog and the probe. So may a page in a browser. */
const MAY_SPEAK = [
  /^packages\/load\/src\/(agent|worker)\//,
  /\/watchdog-process\.ts$/,
  /^packages\/containers\/src\/probe\/program\//,
  /^packages\/report\/src\/client\//,
]

/** A comment with a word in place of a noun such as caller, user, reader, target or container. */
const VAGUE = /(?:\/\*|^\s*\*|\/\/).*\b(whoever|somebody|everybody|anybody)\b/im

/** Every violation in the sources of the packages. */
export function violations() {
  return Object.keys(ALLOWED).flatMap((name) =>
    sources(join(root, 'packages', name, 'src')).flatMap((file) =>
      violationsIn(relative(root, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')),
    ),
  )
}

/**
 * What a file must not do.
 *
 * @param {string} file from the root: `packages/core/src/analyse.ts`
 * @param {string} text
 * @returns {string[]} sentences that begin with the file
 */
export function violationsIn(file, text) {
  const [, name = ''] = file.split('/')
  const isPure = name === 'core' || name === 'model'
  const speaks = name !== 'cli' && !MAY_SPEAK.some((pattern) => pattern.test(file))
  return [
    ...[...text.matchAll(IMPORT)].flatMap(([, specifier]) => imports(file, name, specifier, isPure)),
    ...CORE_FORBIDDEN.filter((pattern) => isPure && pattern.test(text)).map(
      (pattern) => `${file} has an effect: ${pattern.source}`,
    ),
    ...(VAGUE.test(text) ? [`${file} says ${VAGUE.exec(text)[1]} in a comment: name the caller, user or reader`] : []),
    ...(speaks && SPEAKS.some((pattern) => pattern.test(text)) ? [`${file} prints or exits: only cli does`] : []),
  ]
}

function imports(file, name, specifier, isPure) {
  const own = /^@bakeoff\/([a-z]+)/.exec(specifier)?.[1]
  const library = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]
  return [
    ...(own && own !== name && !ALLOWED[name].includes(own)
      ? [`${file} imports ${specifier}: ${name} may import ${ALLOWED[name].join(', ') || 'nothing of ours'}`]
      : []),
    ...(OWNERS[library] && !isIn(OWNERS[library], file)
      ? [`${file} imports ${library}: only ${OWNERS[library]} does`]
      : []),
    ...floorAbove(file, name, specifier),
    ...(isPure && CORE_MODULES.test(specifier) ? [`${file} has an effect: ${specifier}`] : []),
    ...(specifier.startsWith('../../../') && !specifier.includes('/src/')
      ? [`${file} reaches out of its package: ${specifier}`]
      : []),
  ]
}

/** @param owner `load`, or `containers/client` */
function isIn(owner, file) {
  const [name, ...folder] = owner.split('/')
  return file.startsWith(['packages', name, 'src', ...folder, ''].join('/'))
}

function floorAbove(file, name, specifier) {
  const floors = FLOORS[name]
  if (!floors || !specifier.startsWith('.')) return []
  const [own, other] = [file, posix.join(posix.dirname(file), specifier)].map((path) =>
    floors.indexOf((path.split('/')[3] ?? '').replace(/\.(ts|js)$/, '')),
  )
  // The door of a package lies outside, and above all of them.
  const isDoor = own === -1 && file.endsWith('/src/index.ts')
  const isFound = own !== -1 && other > own
  const isBelowAll = own === -1 && other !== -1 && !isDoor
  return isFound || isBelowAll
    ? [`${file} imports ${specifier}: inside ${name} the order is ${floors.join(' ← ')}`]
    : []
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = violations()
  for (const line of found) process.stderr.write(`${line}\n`)
  process.stdout.write(found.length === 0 ? 'boundaries: fine\n' : `boundaries: ${found.length} violations\n`)
  process.exitCode = found.length === 0 ? 0 : 1
}
