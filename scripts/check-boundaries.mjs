/** Checks who imports whom: the line `model ← everything ← cli` of ARCHITECTURE.md, and the two libraries that only one package may touch. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const ALLOWED = {
  model: [],
  core: ['model'],
  runner: ['model', 'core'],
  containers: ['model', 'core', 'runner'],
  load: ['model', 'core', 'runner'],
  report: ['model'],
  cli: ['model', 'core', 'runner', 'containers', 'load', 'report'],
}
/** Libraries with one importer each. */
const OWNERS = { dockerode: 'containers', autocannon: 'load', commander: 'cli', 'chart.js': 'report' }
/** What a functional core never touches. */
const CORE_FORBIDDEN = [
  /from 'node:(fs|child_process|net|http|os|timers)/,
  /\bDate\.now\(/,
  /\bMath\.random\(/,
  /\bnew Date\(\)/,
  /\bprocess\.(env|cwd|exit|argv|std|pid|hrtime)/,
]

export function violations() {
  const found = []
  for (const name of Object.keys(ALLOWED)) {
    for (const file of sources(join(root, 'packages', name, 'src'))) {
      const shown = relative(root, file)
      const text = readFileSync(file, 'utf8')
      for (const [, specifier] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
        const own = /^@bakeoff\/([a-z]+)/.exec(specifier)?.[1]
        if (own && own !== name && !ALLOWED[name].includes(own))
          found.push(
            `${shown} imports ${specifier}: ${name} may import ${ALLOWED[name].join(', ') || 'nothing of ours'}`,
          )
        const library = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]
        if (OWNERS[library] && OWNERS[library] !== name)
          found.push(`${shown} imports ${library}: only ${OWNERS[library]} does`)
        if (specifier.startsWith('../../../') && !specifier.includes('/src/'))
          found.push(`${shown} reaches out of its package: ${specifier}`)
      }
      if (name === 'core' || name === 'model')
        for (const pattern of CORE_FORBIDDEN)
          if (pattern.test(text)) found.push(`${shown} has an effect: ${pattern.source}`)
      if (
        name !== 'cli' &&
        /\bconsole\.(log|error)\(|\bprocess\.(env|cwd|exit|argv|std|pid|hrtime)(exit\(|stdout\.write)/.test(text) &&
        !mayPrint(shown)
      )
        found.push(`${shown} prints or exits: only cli does`)
    }
  }
  return found
}

/** Programs that run as processes of their own speak over stdout: the load agent and the watchdog. */
function mayPrint(file) {
  return (
    /packages\/load\/src\/(agent|worker)\//.test(file) || /watchdog-process|packages\/report\/src\/page\//.test(file)
  )
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
