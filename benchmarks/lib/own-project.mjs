/** A project of its own with short windows, measured by the real tool. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseDocument } from 'yaml'

/** The checkout that this file is part of. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Writes a YAML file anew, with its comments. @param change is given the document */
export function changeYaml(file, change) {
  const document = parseDocument(readFileSync(file, 'utf8'))
  change(document)
  writeFileSync(file, String(document))
}

const PARTS = ['base', 'toolchains', 'runtimes', 'null-server', 'predict', 'predict.yaml', 'predict-uncapped.yaml']

/** Makes a project of a target alone, in variants that differ in nothing but their names; without any it has its own name. */
export function oneTarget(project, target, names) {
  for (const part of [...PARTS.map((each) => `compose/${each}`), `targets/${target}`]) {
    if (!existsSync(join(root, part))) throw new Error(`there is no ${part}`)
    mkdirSync(dirname(join(project, part)), { recursive: true })
    cpSync(join(root, part), join(project, part), { recursive: true })
  }
  changeYaml(join(project, 'targets', target, 'target.yaml'), (yaml) => {
    yaml.set('scenarios', ['predict'])
    yaml.delete('variants')
    if (names.length > 0) yaml.set('variants', Object.fromEntries(names.map((name) => [name, { summary: 'the same target' }])))
  })
}

/**
 * The options of a script, whose first comment is its usage. Without what it needs it prints that and ends with 2.
 *
 * @param file the script
 * @param defaults texts by name; null: has to be given
 */
export function optionsOf(file, defaults) {
  const names = Object.keys(defaults)
  const options = Object.fromEntries([...names.map((name) => [name, { type: 'string' }]), ['help', { type: 'boolean' }]])
  const usage = readFileSync(file, 'utf8').split('*/')[0].replaceAll(/^(\/\*\*| \* ?)/gm, '').trim()
  try {
    const { values } = parseArgs({ options })
    const missing = names.find((name) => defaults[name] === null && values[name] === undefined)
    if (!values.help && missing === undefined) return { ...defaults, ...values }
    process.stdout.write(usage)
    process.exit(values.help ? 0 : 2)
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}`)
    process.exit(2)
  }
}

/** @throws when an option is not a whole number of at least so much */
export function wholeNumber(options, name, least, most = Number.POSITIVE_INFINITY) {
  const number = Number(options[name])
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw new Error(`--${name} is ${options[name]}: write a whole number from ${least}${Number.isFinite(most) ? ` to ${most}` : ''}`)
}

/** Puts these loads alone on the project's predict scenario. */
export function offer(project, load) {
  changeYaml(join(project, 'compose/predict.yaml'), (compose) => compose.setIn(['x-scenario', 'load'], load))
}

/** Gives the project one profile, under the two names that every project has. @param matrix further members of matrix.yaml */
export function onlyProfile(project, profile, matrix = {}) {
  writeFileSync(join(project, 'matrix.yaml'), JSON.stringify({ ...matrix, profiles: { default: profile, quick: profile } }))
}

/**
 * Runs `matrix` on a project. The results are read when they are asked for.
 *
 * @param stdio as of spawnSync: whether its progress is shown, or kept for an error
 * @returns {{ status: number | null, stderr: string | null, folder: () => string, results: () => object }} folder: of the run
 */
export function runMatrix({ project, reports }, args, stdio = 'pipe') {
  const before = new Set(existsSync(reports) ? readdirSync(reports) : [])
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/bootstrap.mjs'), 'matrix', ...args], {
    cwd: root,
    env: { ...process.env, BAKEOFF_ROOT: project, BAKEOFF_REPORTS: reports },
    encoding: 'utf8',
    stdio,
  })
  const folder = () => join(reports, readdirSync(reports).find((name) => /^\d{8}-/.test(name) && !before.has(name)))
  const results = () => JSON.parse(readFileSync(join(folder(), 'results.json'), 'utf8'))
  return { status, stderr, folder, results }
}
