/**
 * What Bakeoff itself costs: from the command to the first measured request, per cell outside warm-up and load, and the start of
 * every command. Images must be there already (run it twice). Goals on an idle machine: under 15 s, under 3 s, under 1 s.
 *
 *   node benchmarks/overhead.mjs [target]      default go-net-http
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = process.argv[2] ?? 'go-net-http'
const reports = mkdtempSync(join(tmpdir(), 'bakeoff-overhead-'))
const bootstrap = (...args) => {
  const startedMs = Date.now()
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/bootstrap.mjs'), ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, BAKEOFF_REPORTS: reports } })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return { startedMs, tookMs: Date.now() - startedMs }
}

bootstrap('list')
const list = bootstrap('list')
const plan = bootstrap('plan')
const matrix = bootstrap('matrix', '--quick', '--scenario', 'predict', '--target', target, '--repetitions', '5')
const [id] = readdirSync(reports).filter((name) => /^\d{8}-/.test(name))
const runs = readdirSync(join(reports, id, 'runs')).map((name) => JSON.parse(readFileSync(join(reports, id, 'runs', name), 'utf8')))
const first = Math.min(...runs.map(({ loads }) => loads[0].measurement.startedAtMs))
const overheads = runs.map((run) => Date.parse(run.endedAt) - Date.parse(run.startedAt) - run.warmUp.durationMs - run.loads.reduce((sum, load) => sum + load.measurement.durationMs, 0))
overheads.sort((a, b) => a - b)
rmSync(reports, { recursive: true })

process.stdout.write(`start of a command: list ${list.tookMs} ms, plan (with the engine asked) ${plan.tookMs} ms
from the command to the first measured request: ${((first - matrix.startedMs) / 1000).toFixed(1)} s, of which ${(runs[0].warmUp.durationMs / 1000).toFixed(1)} s warm-up
per cell outside warm-up and load: median ${(overheads[Math.floor(overheads.length / 2)] / 1000).toFixed(2)} s, from ${(overheads[0] / 1000).toFixed(2)} to ${(overheads.at(-1) / 1000).toFixed(2)} s, n = ${overheads.length}
conditions: ${target}, load average ${loadavg()[0].toFixed(1)} at the end, Node ${process.version}
`)
