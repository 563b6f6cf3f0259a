/**
 * Whether benches disturb one another: one cell alone on a bench, then the same while the other benches measure, in turns. Where they share
 * nothing the ratio is 1 and its interval has it; a common switch, rack, power budget or hypervisor may show.
 *
 * What comes of it holds for the machines of the file. In the lab (scripts/lab.mjs), whose hosts share their cores, it proves function
 * only: its figures say nothing.
 *
 *   node benchmarks/interference.mjs --hosts FILE [options]
 *
 *   --hosts FILE        hosts.yaml with several benches: docs/several-machines.md
 *   --bench ID          that is looked at; default the first: bench-1, or a host of fleet
 *   --target NAME       default go-net-http
 *   --turns N           alone and in company, one after the other: 6
 *   --repetitions N     of each turn, on that bench: 5
 *   --window DURATION   2s
 *   --connections N     16
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rightPerSecond } from '../packages/core/dist/index.js'
import { RunFolder } from '../packages/cli/dist/run-folder.js'
import { benchIds, companyOf, oneBench, ratioOverTurns } from './lib/fleet.mjs'
import { offer, onlyProfile, oneTarget, optionsOf, runMatrix, wholeNumber } from './lib/own-project.mjs'

/** The least share of a repetition's time in which each of the other benches measures; canaries between repetitions take the rest. */
const IN_COMPANY = 0.7

const options = optionsOf(import.meta.filename, {
  hosts: null,
  bench: '',
  target: 'go-net-http',
  turns: '6',
  repetitions: '5',
  window: '2s',
  connections: '16',
})
const hosts = resolve(options.hosts)
const text = readFileSync(hosts, 'utf8')
const benches = benchIds(text)
if (benches.length < 2) throw new Error(`${hosts} has one bench, and this is about several`)
const bench = options.bench === '' ? benches[0] : options.bench
const turns = wholeNumber(options, 'turns', 1)
const repetitions = wholeNumber(options, 'repetitions', 1)
const connections = wholeNumber(options, 'connections', 1)
const folder = mkdtempSync(join(tmpdir(), 'bakeoff-interference-'))
const project = join(folder, 'project')
const reports = join(folder, 'reports')
const alone = join(folder, 'alone.yaml')

/** One run, and what its repetitions reached on the bench. */
function measure(file, count, seed) {
  onlyProfile(project, {
    budget: '24h',
    repetitions: { min: count, max: count },
    warmUp: { min: '1s', max: '2s', tolerance: '10%' },
    window: options.window,
    secondInstrument: false,
  })
  const { status, folder: path } = runMatrix({ project, reports }, ['--hosts', file, '--seed', String(seed)], ['ignore', 'ignore', 'inherit'])
  if (status !== 0) throw new Error(`the run ended with ${status}`)
  const { plan, records } = RunFolder.open(path()).read()
  // The first repetition is alone in a fleet too: the others take their rates from it.
  const counted = records.filter(({ repetition, outcome }) => repetition > 1 && outcome.kind === 'measured')
  return { plan, records, counted }
}

const rateOf = ({ loads }) => rightPerSecond(loads[0].measurement)
const shown = (values) => `${values.map((value) => Math.round(value)).join(', ')}/s`

const all = []
let processor = null
try {
  oneTarget(project, options.target, [])
  offer(project, { closed: [connections] })
  writeFileSync(alone, oneBench(text, bench, hosts))
  for (let turn = 1; turn <= turns; turn++) {
    const first = measure(alone, repetitions + 1, turn)
    const { plan, records, counted } = measure(hosts, benches.length * repetitions + 1, turn)
    processor = plan.host.cpuModel
    const own = counted.filter((record) => record.bench === bench)
    const together = own.filter((record) => companyOf(record, records) >= IN_COMPANY * (benches.length - 1))
    if (together.length === 0)
      throw new Error(
        own.length === 0
          ? `${bench} measured nothing beside the others: it was lost or left out, see above`
          : `in none of ${own.length} repetitions on ${bench} all other benches measured too: give them more --repetitions`,
      )
    all.push({ alone: first.counted.map(rateOf), together: together.map(rateOf) })
    process.stdout.write(`turn ${turn} of ${turns}: alone ${shown(all.at(-1).alone)}; in company ${shown(all.at(-1).together)}\n`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const { ratio, low, high } = ratioOverTurns(all)
process.stdout.write(`throughput on ${bench} while ${benches.length - 1} other${benches.length === 2 ? '' : 's'} measured ÷ alone: ${ratio.toFixed(3)}${low === null ? ', one turn has no interval' : ` (${low.toFixed(3)}–${high.toFixed(3)})`}
conditions: ${options.target}, closed-${connections}, ${turns} turn${turns === 1 ? '' : 's'} of ${repetitions} repetitions on the bench, windows of ${options.window}, ${benches.length} benches (${benches.join(', ')}), ${processor ?? 'processor unknown'}, load average here ${loadavg()[0].toFixed(1)} at the end
`)
