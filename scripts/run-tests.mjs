/**
 * `npm test`: the parts of tests/parts.mjs, turn by turn, and what failed once more alone. Ends with the time that each part took and
 * `N passed, N failed`; a file or a hook that breaks counts as failed.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { optionsOf, USAGE } from './tests/options.mjs'
import { ENVIRONMENT, turnsOf } from './tests/parts.mjs'
import { afterSecondAttempts, secondAttempts } from './tests/second-attempt.mjs'
import { ensureTools } from './tests/tools.mjs'
import { countReport, ofNoFile } from './tests/vitest-report.mjs'

/**
 * @param {string} root
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runTests(root, args) {
  const options = optionsOf(args, process.env)
  if (options.kind === 'help') {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  if (options.kind === 'bad') {
    process.stderr.write(`${options.why}.\n${USAGE}\n`)
    return 2
  }
  if (options.kind === 'vitest') {
    const env = options.all ? ENVIRONMENT.all : {}
    return run(root, vitestWith(options.args), { env })
  }
  return runParts(root, options)
}

async function runParts(root, { all, only, without }) {
  const folder = join(root, '.bakeoff')
  mkdirSync(folder, { recursive: true })
  ensureTools()
  // This process began with the packages of npm and the compiler.
  const results = [{ name: 'setup', ms: performance.now(), passed: 0, failures: [] }]
  const env = all ? ENVIRONMENT.all : ENVIRONMENT.short
  for (const turn of turnsOf({ all, only, without, files: testFiles(root) })) {
    process.stdout.write(`\n── ${turn.map(({ part }) => part.name).join(', ')} ──\n`)
    const how = { env, labelled: turn.length > 1 }
    results.push(...(await Promise.all(turn.map(({ part, files }) => runPart(root, folder, part, files, how)))))
  }
  return summarise(folder, await tryAgain(root, folder, results, env), all || only.length > 0)
}

/** Runs what failed once more, a file at a time, while nothing else runs. */
async function tryAgain(root, folder, results, env) {
  const judged = []
  for (const result of results) {
    const attempts = result.project === undefined ? [] : secondAttempts(result.failures)
    if (attempts.length > 0) process.stdout.write(`\n── ${result.name}: what failed, alone ──\n`)
    const seconds = new Map()
    for (const { file, args } of attempts)
      seconds.set(
        file,
        await runVitest(root, join(folder, `tests-${result.name}-again.json`), result.project, args, {
          env: { ...env, ...result.env },
        }),
      )
    judged.push({ ...result, ...afterSecondAttempts(result, seconds) })
  }
  return judged
}

function summarise(folder, results, isAsked) {
  const passed = results.reduce((total, result) => total + result.passed, 0)
  // Of a long output often only the end is kept: what failed is said there once more.
  const mended = results.flatMap(({ name, mended }) => mended.map((one) => `↻ ${name}: ${sentenceOf(one)}`))
  const broken = results.flatMap(({ name, failures }) => failures.map((one) => `✗ ${name}: ${sentenceOf(one)}`))
  const failed = broken.length
  const rows = results.map(
    (one) =>
      `${one.name.padEnd(8)} ${seconds(one.ms).padStart(5)} s  ${one.passed} passed, ${one.failures.length} failed${again(one.mended.length)}`,
  )
  const total = `${'together'.padEnd(8)} ${seconds(performance.now()).padStart(5)} s  (parts of one turn ran side by side)`
  const left = isAsked
    ? []
    : ['Left out, for npm test -- --all: other targets, most faults, verdicts, and more against the engine.']
  const line = `${passed} passed, ${failed} failed`
  writeFileSync(join(folder, 'test-summary.txt'), `${line}\n`)
  const title = mended.length > 0 ? ['Failed at the first attempt, and passed at the second, alone:'] : []
  process.stdout.write(`\n${[...title, ...mended, ...broken, ...rows, total, ...left, line].join('\n')}\n`)
  return failed === 0 && passed > 0 ? 0 : 1
}

function sentenceOf({ file, name, text }) {
  if (file === null) return text
  return `${name === null ? basename(file) : `${name} (${basename(file)})`}\n    ${text}`
}

function again(count) {
  return count === 0 ? '' : `, ${count} at the second attempt`
}

async function runPart(root, folder, part, files, { env, labelled }) {
  const startedAt = performance.now()
  const how = { env: { ...env, ...part.env }, label: labelled ? part.name : null }
  const counted = part.commands
    ? await runCommands(root, part.commands, how)
    : await runProject(root, folder, part, files, how)
  return { name: part.name, project: part.project, env: part.env, ms: performance.now() - startedAt, ...counted }
}

async function runCommands(root, commands, how) {
  const failures = []
  for (const command of commands) if ((await run(root, command, how)) !== 0) failures.push(ofNoFile(command.join(' ')))
  return { passed: commands.length - failures.length, failures }
}

async function runProject(root, folder, { name, project }, files, how) {
  const { status, counted } = await runVitest(root, join(folder, `tests-${name}.json`), project, files ?? [], how)
  // A run that breaks before or after its tests (no report, an unhandled error) must not look green.
  if (status === 0 || counted.failures.length > 0) return counted
  return { ...counted, failures: [ofNoFile(`vitest ended with exit code ${status}, and no test failed`)] }
}

async function runVitest(root, report, project, args, how) {
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`]
  const projects = [project].flat().flatMap((name) => ['--project', name])
  const status = await run(root, vitestWith([...projects, ...reporters, ...args]), how)
  return { status, counted: countReport(root, report) }
}

const vitestWith = (args) => ['node_modules/vitest/vitest.mjs', 'run', '--passWithNoTests', ...args]

/** Runs a program of Node. With a label every line says whose it is, since several write at once. */
function run(root, [program, ...args], { env, label = null }) {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: label === null ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  if (label !== null)
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (text) => process.stdout.write(`${label.padEnd(7)}│ ${text}\n`))
  return new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (status) => resolve(status ?? 1))
  })
}

/** Every test file of the packages, as a path from the root. */
function testFiles(root) {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const folder = join('packages', name, 'test')
    const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true }) : []
    return files.filter((file) => file.endsWith('.test.ts')).map((file) => join(folder, file))
  })
}

function seconds(ms) {
  return String(Math.round(ms / 1000))
}
