/** A project of its own with short windows, measured by the real tool. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'

/** The checkout that this file is part of. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Writes a YAML file anew, with its comments. @param change is given the document */
export function changeYaml(file, change) {
  const document = parseDocument(readFileSync(file, 'utf8'))
  change(document)
  writeFileSync(file, String(document))
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
 * @returns {{ status: number | null, stderr: string | null, results: () => object }}
 */
export function runMatrix({ project, reports }, args, stdio = 'pipe') {
  const before = new Set(existsSync(reports) ? readdirSync(reports) : [])
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/bootstrap.mjs'), 'matrix', ...args], {
    cwd: root,
    env: { ...process.env, BAKEOFF_ROOT: project, BAKEOFF_REPORTS: reports },
    encoding: 'utf8',
    stdio,
  })
  const results = () => {
    const id = readdirSync(reports).find((name) => /^\d{8}-/.test(name) && !before.has(name))
    return JSON.parse(readFileSync(join(reports, id, 'results.json'), 'utf8'))
  }
  return { status, stderr, results }
}
