/**
 * The noise floor: one target measured against itself. Two variants that differ in nothing but their names run through
 * the real tool, block by block; what is called different between them is an error, and what scatters is the machine.
 *
 *   node benchmarks/aa-noise.mjs [target] [blocks] [runs]      default go-net-http 6 1
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { offer, oneTarget, onlyProfile, runMatrix } from './lib/own-project.mjs'

const [target = 'go-net-http', blocks = '6', runs = '1'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'bakeoff-aa-'))
const project = join(folder, 'project')
const reports = join(folder, 'reports')

/** A project with this target alone, in two variants, under two closed loads. */
function makeProject() {
  oneTarget(project, target, ['a', 'b'])
  offer(project, { closed: [1, 16], open: [0.5] })
  const profile = {
    budget: '60m',
    repetitions: { min: Number(blocks), max: Number(blocks) },
    warmUp: { min: '2s', max: '4s', tolerance: '10%' },
    window: '2s',
  }
  onlyProfile(project, profile, { seed: 1 })
}

function measure(seed) {
  const { status, results } = runMatrix({ project, reports }, ['--seed', String(seed)], ['ignore', 'ignore', 'inherit'])
  if (status !== 0) throw new Error(`the run ended with ${status}`)
  return results()
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length
/** standard deviation ÷ mean, in per cent */
const variation = (values) => (100 * Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) * (values.length / (values.length - 1)))) / mean(values)
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const shown = (value) => `${value.toFixed(1)} %`

makeProject()
const results = []
for (let run = 1; run <= Number(runs); run++) results.push(measure(run))
rmSync(folder, { recursive: true })

const lines = ['load        throughput: variation a, b     CPU time per request: variation a, b     a ÷ b throughput']
for (const [index, { cells, comparisons }] of results.entries()) {
  for (const a of cells.filter(({ variant }) => variant === 'a')) {
    const b = cells.find(({ id }) => id === a.id.replace('/a/', '/b/'))
    const pair = comparisons.find(({ metric, of, to }) => metric === 'throughput' && [of, to].includes(a.id))
    const ratio = pair ? (pair.of === a.id ? pair.ratio : { median: 1 / pair.ratio.median, low: 1 / pair.ratio.high, high: 1 / pair.ratio.low }) : null
    lines.push(
      [
        a.loadId.padEnd(11),
        `${Math.round(a.figures.throughput.median)}/s: ${[a, b].map((cell) => shown(variation(cell.figures.throughput.values))).join(', ')}`.padEnd(34),
        [a, b].map((cell) => shown(variation(cell.figures.cpuMsPerRequest.values))).join(', ').padEnd(40),
        ratio ? `${ratio.median.toFixed(3)} (${ratio.low.toFixed(3)}–${ratio.high.toFixed(3)})` : 'not compared',
        results.length > 1 ? `run ${index + 1}` : '',
      ].join(' '),
    )
  }
}
const all = results.flatMap(({ comparisons }) => comparisons)
const different = all.filter(({ conclusion }) => conclusion === 'higher' || conclusion === 'lower')
const unranked = results.flatMap(({ cells }) => cells).filter(({ verdict }) => verdict?.status === 'invalid')
const others = results.flatMap(({ cells }) => cells.flatMap(({ figures }) => figures.hostOthers?.values ?? []))
process.stdout.write(`${lines.join('\n')}
called different: ${different.length} of ${all.length} comparisons of the target with itself${different.map(({ loadId, metric, ratio }) => `; ${loadId} ${metric} ${ratio.median.toFixed(3)}`).join('')}
cells that did not count: ${unranked.length}
conditions: ${target}, ${blocks} blocks, ${runs} run${runs === '1' ? '' : 's'}, windows of 2 s, others used ${median(others).toFixed(2)} of ${results[0].host.cpus.length} CPUs (median), load average ${loadavg()[0].toFixed(1)} at the end
`)
