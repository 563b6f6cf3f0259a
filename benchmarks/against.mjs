/**
 * Whether `--against` can be trusted: pairs of commits of this repository, measured by the real tool in a clone of it. In one pair nothing of
 * the target differs, in the other one the target sleeps 0.2 ms before each answer. Of 20 runs of the first at most one may fail, of 20
 * of the second at least 19 must.
 *
 * One connection is offered: a sleep lets the server answer others meanwhile, so that with many connections it costs time and no
 * throughput. With one the throughput is what an answer takes, and `regression` sees it.
 *
 *   node benchmarks/against.mjs [runs] [blocks] [target]      default 20 4 go-net-http
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { offer, onlyProfile, root, runMatrix } from './lib/own-project.mjs'

const [runs = '20', blocks = '4', target = 'go-net-http'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'bakeoff-against-'))
const project = join(folder, 'project')
const reports = join(folder, 'reports')

/** How each target is made to sleep before it answers. */
const SLEEPS = {
  'go-net-http': {
    file: 'main.go',
    change: (text) =>
      text
        .replace('import (', 'import (\n\t"time"')
        .replace('io.WriteString(w, prediction)', 'time.Sleep(200 * time.Microsecond)\n\tio.WriteString(w, prediction)'),
  },
}

function git(...args) {
  const who = ['-c', 'user.name=against', '-c', 'user.email=against@localhost', '-c', 'commit.gpgsign=false']
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd: project, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args[0]} ended with ${status}: ${stderr}`)
  return stdout.trim()
}

function commit(message) {
  git('commit', '--quiet', '--all', '--message', message)
  return git('rev-parse', 'HEAD')
}

/** A clone with short windows, and in it three commits: as it is, nothing of the target changed, and a sleep in it. */
function makeCommits() {
  const { status, stderr } = spawnSync('git', ['clone', '--quiet', '--shared', root, project], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`git clone ended with ${status}: ${stderr}`)
  offer(project, { closed: [1] })
  onlyProfile(project, {
    budget: '10m',
    repetitions: { min: Number(blocks), max: Number(blocks) },
    warmUp: { min: '500ms', max: '1s', tolerance: '10%' },
    window: '1s',
    secondInstrument: false,
  })
  const before = commit('short windows')
  appendFileSync(join(project, 'README.md'), '\nA line that changes no target.\n')
  const unchanged = commit('nothing of a target')
  const { file, change } = SLEEPS[target] ?? {}
  if (file === undefined) throw new Error(`it is not known how ${target} would sleep; known are ${Object.keys(SLEEPS).join(', ')}`)
  const path = join(project, 'targets', target, file)
  const text = readFileSync(path, 'utf8')
  const slower = change(text)
  if (!slower.includes('200')) throw new Error(`${file} of ${target} has changed: the sleep finds no place in it`)
  writeFileSync(path, slower)
  return { before, unchanged, changed: commit('a sleep of 0.2 ms') }
}

/** One run of a commit against another. */
function measure(here, there) {
  git('checkout', '--quiet', here)
  const started = Date.now()
  const args = ['--scenario', 'predict', '--target', target, '--against', there, '--fail-on', 'regression=5%']
  const { status, stderr, results } = runMatrix({ project, reports }, args)
  if (status !== 0 && status !== 1) throw new Error(`the run ended with ${status}: ${stderr}`)
  const { against } = results()
  const figure = against.figures.find(({ metric }) => metric === 'throughput')
  if (figure.ratio === null) throw new Error(`nothing was compared: ${figure.why}`)
  return { hasFailed: status === 1, figure, seconds: (Date.now() - started) / 1000 }
}

const shown = ({ median, low, high }) => `${median.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`
const line = (...cells) => process.stdout.write(`${cells.map((cell, index) => String(cell).padEnd([10, 5, 25, 15, 8][index] ?? 0)).join(' ').trimEnd()}\n`)

const failed = { unchanged: 0, changed: 0 }
try {
  const commits = makeCommits()
  line('pair', 'run', 'throughput here ÷ there', 'answer', 'exit', 'seconds')
  // In turns, so that neither pair has the better hour.
  for (let run = 1; run <= Number(runs); run++) {
    for (const pair of ['unchanged', 'changed']) {
      const { hasFailed, figure, seconds } = measure(commits[pair], commits.before)
      if (hasFailed) failed[pair]++
      line(pair, run, shown(figure.ratio), figure.conclusion, hasFailed ? 1 : 0, seconds.toFixed(0))
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const allowed = Math.floor(Number(runs) / 20)
const isMet = failed.unchanged <= allowed && failed.changed >= Number(runs) - allowed
process.stdout.write(`unchanged: ${failed.unchanged} of ${runs} failed, ${allowed} may
changed: ${failed.changed} of ${runs} failed, ${Number(runs) - allowed} must
conditions: ${target}, closed-1, ${blocks} blocks, windows of 1 s, --fail-on regression=5%, load average ${loadavg()[0].toFixed(1)} at the end
${isMet ? 'met' : 'NOT MET'}
`)
process.exitCode = isMet ? 0 : 1
