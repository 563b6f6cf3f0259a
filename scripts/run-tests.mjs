/**
 * `npm test`: lint, then the test projects one after the other, since timing, the engine and the browser must not
 * disturb one another. Ends with the time that each part took and `N passed, N failed`; a file or a hook that breaks
 * counts as failed. With --all every fault is tried at every moment, else the most telling ones; any other argument
 * goes to vitest.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const PROJECTS = ['unit', 'load', 'browser', 'engine', 'faults']

export function runTests(root, args) {
  const folder = join(root, '.bakeoff')
  mkdirSync(folder, { recursive: true })
  const rest = args.filter((argument) => argument !== '--all')
  if (rest.length < args.length) process.env.BAKEOFF_ALL_FAULTS = '1'
  if (rest.length > 0) return vitest(root, rest)
  ensureChromium()
  ensureCompiler()
  ensureWrk()
  const total = { passed: 0, failed: 0 }
  const parts = []
  const timed = (name, run) => {
    const startedAt = performance.now()
    const counted = run()
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    count(total, counted)
    parts.push(`${name.padEnd(8)} ${String(seconds).padStart(5)} s  ${counted.passed} passed, ${counted.failed} failed`)
  }
  timed('lint', () => lint(root))
  for (const project of PROJECTS) timed(project, () => runProject(root, folder, project))
  const line = `${total.passed} passed, ${total.failed} failed`
  writeFileSync(join(folder, 'test-summary.txt'), `${line}\n`)
  process.stdout.write(`\n${parts.join('\n')}\n${line}\n`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

function runProject(root, folder, project) {
  const report = join(folder, `tests-${project}.json`)
  rmSync(report, { force: true })
  process.stdout.write(`\n── ${project} tests ──\n`)
  const status = vitest(root, ['--project', project, '--reporter=default', '--reporter=json', `--outputFile=${report}`])
  const counted = countReport(report)
  // A run that breaks before or after its tests (no report, an unhandled error) must not look green.
  if (status !== 0 && counted.failed === 0) counted.failed = 1
  return counted
}

function vitest(root, args) {
  return (
    spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--passWithNoTests', ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    }).status ?? 1
  )
}

function lint(root) {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const steps = [[biome, 'check', '--diagnostic-level=error', '.'], [join(root, 'scripts/check-boundaries.mjs')]]
  const failed = steps.filter(
    (step) => spawnSync(process.execPath, step, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0,
  ).length
  return { passed: steps.length - failed, failed }
}

function countReport(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
  const counted = { passed: 0, failed: 0 }
  for (const { status, assertionResults } of testResults) {
    const failed = assertionResults.filter((result) => result.status === 'failed').length
    counted.passed += assertionResults.filter((result) => result.status === 'passed').length
    counted.failed += status === 'failed' && failed === 0 ? 1 : failed
  }
  return counted
}

function count(total, { passed, failed }) {
  total.passed += passed
  total.failed += failed
}

/** The report's tests need a browser; on a machine with apt and root it is set up like everything else. */
function ensureChromium() {
  if (process.env.BAKEOFF_CHROMIUM) return
  ensure({
    what: 'Chromium for the tests of the report',
    paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    packages: ['chromium'],
    otherwise: 'install it, or set BAKEOFF_CHROMIUM to its path.',
  })
}

/** The load agent's tests measure it against a server in C. */
function ensureCompiler() {
  ensure({
    what: "C compiler for the truth server of the load agent's tests",
    paths: (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'cc')),
    packages: ['gcc', 'libc6-dev'],
    otherwise: 'install one that is called cc.',
  })
}

/** The second instrument's script is tested by the tool itself. */
function ensureWrk() {
  ensure({
    what: 'wrk for the tests of the second instrument',
    paths: (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'wrk')),
    packages: ['wrk'],
    otherwise: 'install it; its tests are left out.',
  })
}

function ensure({ what, paths, packages, otherwise }) {
  if (paths.some((path) => existsSync(path)) || process.env.BAKEOFF_NO_SETUP === '1') return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`There is no ${what}: ${otherwise}\n`)
    return
  }
  process.stderr.write(`Installing: ${what} …\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['-qq', 'update'],
    ['-qq', 'install', '-y', '--no-install-recommends', ...packages],
  ]) {
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env })
  }
}
