/**
 * A/A across machines: one target under several names, measured by a fleet through the real tool, many times. Every pair that is called
 * different is an error. It counts them where machines are counted, as the judge does, and where repetitions are counted as if each were independent.
 *
 * What comes of it holds for the machines of the file. In the lab (scripts/lab.mjs), whose hosts share their cores, it proves function
 * only: its figures say nothing.
 *
 *   node benchmarks/aa-fleet.mjs --hosts FILE [options]
 *
 *   --hosts FILE        hosts.yaml with several benches: docs/several-machines.md
 *   --target NAME       default go-net-http
 *   --names N           names that the target is measured under, from 2: 3
 *   --repetitions N     of each name in a run: 5 for each bench
 *   --runs N            20
 *   --window DURATION   1s
 *   --connections N     16
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { analyse } from '../packages/core/dist/index.js'
import { RunFolder } from '../packages/cli/dist/run-folder.js'
import { benchIds, differentTable, falselyDifferent } from './lib/fleet.mjs'
import { offer, onlyProfile, oneTarget, optionsOf, runMatrix, wholeNumber } from './lib/own-project.mjs'

const options = optionsOf(import.meta.filename, {
  hosts: null,
  target: 'go-net-http',
  names: '3',
  repetitions: '',
  runs: '20',
  window: '1s',
  connections: '16',
})
const hosts = resolve(options.hosts)
const benches = benchIds(readFileSync(hosts, 'utf8'))
if (benches.length < 2) throw new Error(`${hosts} has one bench, and this is about several`)
const names = wholeNumber(options, 'names', 2, 26)
const runs = wholeNumber(options, 'runs', 1)
const repetitions = options.repetitions === '' ? 5 * benches.length : wholeNumber(options, 'repetitions', benches.length)
const connections = wholeNumber(options, 'connections', 1)
const folder = mkdtempSync(join(tmpdir(), 'bakeoff-aa-fleet-'))
const project = join(folder, 'project')
const reports = join(folder, 'reports')

/** The comparisons of a run, by machines and by repetitions. */
function judged(path) {
  const { plan, records, calibrations, context } = RunFolder.open(path).read()
  const comparisonsOf = (site) =>
    analyse({
      plan: { ...plan, site },
      records,
      calibrations,
      claims: [],
      targets: context.targets,
      base: context.base,
      endedAt: null,
      status: 'complete',
      statusReason: null,
    }).comparisons
  return {
    machines: comparisonsOf(plan.site),
    repetitions: comparisonsOf({ ...plan.site, benches: plan.site.benches.slice(0, 1) }),
    measured: new Set(records.map(({ bench }) => bench)).size,
    processor: plan.host.cpuModel,
    network: plan.site.network,
  }
}

const all = []
try {
  oneTarget(project, options.target, Array.from({ length: names }, (_, index) => String.fromCharCode(97 + index)))
  offer(project, { closed: [connections] })
  onlyProfile(project, {
    budget: '24h',
    repetitions: { min: repetitions, max: repetitions },
    warmUp: { min: '1s', max: '2s', tolerance: '10%' },
    window: options.window,
    secondInstrument: false,
  })
  for (let run = 1; run <= runs; run++) {
    const { status, folder: path } = runMatrix({ project, reports }, ['--hosts', hosts, '--seed', String(run)], ['ignore', 'ignore', 'inherit'])
    if (status !== 0) throw new Error(`run ${run} ended with ${status}`)
    all.push(judged(path()))
    process.stdout.write(`run ${run} of ${runs}, ${all.at(-1).measured} benches\n`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const [{ processor, network }] = all
const measured = all.map((run) => run.measured)
process.stdout.write(`${differentTable(falselyDifferent(all))}
conditions: ${options.target} under ${names} names, closed-${connections}, ${repetitions} repetitions, windows of ${options.window}, ${runs} run${runs === 1 ? '' : 's'}, ${benches.length} benches (${benches.join(', ')}; ${Math.min(...measured)} to ${Math.max(...measured)} measured), ${network}, ${processor ?? 'processor unknown'}, load average here ${loadavg()[0].toFixed(1)} at the end
`)
