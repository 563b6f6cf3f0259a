/** What action.yml runs: measures by its inputs, and puts the summary into that of the job. Plain Node: nothing is installed yet when this runs. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { optionsOfInputs } from './inputs.mjs'

const BOOTSTRAP = fileURLToPath(new URL('../bootstrap.mjs', import.meta.url))

/**
 * Measures, and tells the later steps of the job where everything is.
 *
 * @param {Readonly<Record<string, string | undefined>>} env that of a step: RUNNER_TEMP, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY and the inputs
 * @param {(args: string[], env: Record<string, string | undefined>) => number} start runs the program, and returns its exit code
 * @returns {number} the exit code of the step, which is that of the program: a broken rule fails it
 */
export function measure(env, start = startProgram) {
  const temporary = env.RUNNER_TEMP ?? '.'
  const [reports, results] = ['bakeoff-reports', 'bakeoff-results.json'].map((name) => join(temporary, name))
  rmSync(results, { force: true }) // of an earlier step of the job
  const code = start(['matrix', ...optionsOfInputs(env), '--json-file', results], { ...env, BAKEOFF_REPORTS: reports })
  if (!existsSync(results)) return code || 1 // it ended before there was anything to report, and said why
  const { run, decision } = JSON.parse(readFileSync(results, 'utf8'))
  const report = join(reports, run.id)
  const answer = String(decision?.overall ?? '').replaceAll(/\s+/g, ' ')
  tell(env.GITHUB_OUTPUT, `results=${results}\nreport=${report}\nanswer=${answer}\n`)
  tell(env.GITHUB_STEP_SUMMARY, readFileSync(join(report, 'summary.md'), 'utf8'))
  return code
}

/** @param {string | undefined} file @param {string} text */
function tell(file, text) {
  if (file) appendFileSync(file, text)
}

/** @param {string[]} args @param {Record<string, string | undefined>} env */
function startProgram(args, env) {
  // When a job is cancelled the program reports what it has measured: this process has to be there until then.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  const { status, error } = spawnSync(process.execPath, [BOOTSTRAP, ...args], { stdio: 'inherit', env })
  if (error) throw error
  return status ?? 130
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = measure(process.env)
