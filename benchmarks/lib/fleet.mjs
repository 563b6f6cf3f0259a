/** What the scripts about fleets compute. Pure: files and records in, figures and text out. */
import { dirname, isAbsolute, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { mean, studentQuantile, variance } from '../../packages/core/dist/index.js'

/** The ids of the benches of hosts.yaml, as the tool names them. */
export function benchIds(text) {
  const { fleet, benches = [] } = parseDocument(text).toJS()
  return fleet ?? benches.map((_, index) => `bench-${index + 1}`)
}

/**
 * hosts.yaml with one bench of another hosts.yaml alone, to be written anywhere: folders in it are given in full.
 *
 * @param text of the other file
 * @param bench `bench-2`, or the name of a host of `fleet`
 * @param file the path of the other file, by which relative folders go
 */
export function oneBench(text, bench, file) {
  const document = parseDocument(text)
  const ids = benchIds(text)
  const index = ids.indexOf(bench)
  if (index < 0) throw new Error(`${file} has no bench ${bench}: there are ${ids.join(', ')}`)
  const { hosts, fleet, benches } = document.toJS()
  const one = fleet ? null : benches[index]
  const used = new Set(one ? [one.target, one.services ?? one.target, ...(one.agents ?? [one.agent])] : [bench])
  for (const [name, { tls }] of Object.entries(hosts)) {
    if (!used.has(name)) document.deleteIn(['hosts', name])
    else if (tls && !isAbsolute(tls) && !tls.startsWith('~'))
      document.setIn(['hosts', name, 'tls'], resolve(dirname(file), tls))
  }
  if (one) document.set('benches', [one])
  else document.set('fleet', [bench])
  document.delete('tolerance') // it is for three benches and more
  return String(document)
}

/**
 * How many pairs of a target with itself are called different, by figure and in all.
 *
 * @param runs the comparisons of each run, judged in two ways
 * @returns rows {metric, pairs, machines, repetitions}: pairs compared, and those called different where machines are counted and where
 *          repetitions are; the last one, `all`, is their sum. `runs` counts runs with at least one such pair
 */
export function falselyDifferent(runs) {
  const isDifferent = ({ conclusion }) => conclusion === 'higher' || conclusion === 'lower'
  const metrics = [...new Set(runs.flatMap(({ machines }) => machines.map(({ metric }) => metric)))]
  const count = (way, metric) =>
    runs.flatMap((run) => run[way]).filter((pair) => (metric === null || pair.metric === metric) && isDifferent(pair)).length
  const row = (metric) => ({
    metric: metric ?? 'all',
    pairs: runs.flatMap(({ machines }) => machines).filter((pair) => metric === null || pair.metric === metric).length,
    machines: count('machines', metric),
    repetitions: count('repetitions', metric),
  })
  const inRuns = (way) => runs.filter((run) => run[way].some(isDifferent)).length
  return {
    rows: [...metrics.map(row), row(null)],
    runs: { all: runs.length, machines: inRuns('machines'), repetitions: inRuns('repetitions') },
  }
}

/** The table of `falselyDifferent`. */
export function differentTable({ rows, runs }) {
  const share = (count, of) => `${count} of ${of}${of === 0 ? '' : ` (${((100 * count) / of).toFixed(1)} %)`}`
  const line = (...cells) => cells.map((cell, index) => (index < 2 ? cell.padEnd([24, 24][index]) : cell)).join(' ').trimEnd()
  return [
    line('called different, of', 'machines are counted', 'repetitions are counted, as if independent'),
    ...rows.map(({ metric, pairs, machines, repetitions }) => line(metric, share(machines, pairs), share(repetitions, pairs))),
    line('runs with such a pair', share(runs.machines, runs.all), share(runs.repetitions, runs.all)),
  ].join('\n')
}

/**
 * How many other benches measured while a repetition did, on average over its time.
 *
 * @param record {bench, startedAt, endedAt}
 * @param records all of the run
 */
export function companyOf({ bench, startedAt, endedAt }, records) {
  const [fromMs, toMs] = [Date.parse(startedAt), Date.parse(endedAt)]
  const sharedMs = records
    .filter((other) => other.bench !== bench)
    .reduce((sum, other) => sum + Math.max(0, Math.min(toMs, Date.parse(other.endedAt)) - Math.max(fromMs, Date.parse(other.startedAt))), 0)
  return toMs > fromMs ? sharedMs / (toMs - fromMs) : 0
}

/**
 * The ratio in company ÷ alone, and its interval with 95 %. Each turn gives one ratio, of the geometric means of its repetitions: what
 * changes from hour to hour is in both.
 *
 * @param turns at least one, each {alone, together}: figures of the repetitions, above 0, at least one on each side
 * @returns {{ratio: number, low: number | null, high: number | null}} low and high are null for one turn
 */
export function ratioOverTurns(turns) {
  const logs = turns.map(({ alone, together }) => mean(together.map(Math.log)) - mean(alone.map(Math.log)))
  const ratio = Math.exp(mean(logs))
  if (logs.length < 2) return { ratio, low: null, high: null }
  const half = studentQuantile(0.975, logs.length - 1) * Math.sqrt(variance(logs) / logs.length)
  return { ratio, low: ratio * Math.exp(-half), high: ratio * Math.exp(half) }
}
