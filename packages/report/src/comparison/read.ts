/** Sets runs side by side. It reads intervals that are in the results; it makes no statistics of its own. */
import type { Cell, Estimate, LoadSpec, Results } from '@bakeoff/model'

export interface NamedRun {
  readonly name: string
  readonly results: Results
}

export type Conclusion = 'higher' | 'lower' | 'not-apart' | 'undecided' | 'different-work' | 'not-in-both'

/** One cell in one run, against the first run. */
export interface Against {
  readonly conclusion: Conclusion
  readonly why: string
  /** its median ÷ the first run's; null when one is missing */
  readonly ratio: number | null
  /** the widest that the two intervals allow */
  readonly low: number | null
  readonly high: number | null
}

/** Differences below this are not worth a word, whatever the intervals say. */
export const SMALLEST_DIFFERENCE = 0.03

/** What a load is compared by. */
export function figureOf(cell: Cell): Estimate | null {
  switch (cell.load.kind) {
    case 'closed':
    case 'open':
    case 'rate':
      return cell.throughput
    case 'capacity':
      return cell.capacity?.perSecond ?? null
    case 'batch':
      return cell.batch?.cpuMsPerTask ?? null
  }
}

export function figureName(load: LoadSpec): { readonly name: string; readonly unit: string } {
  switch (load.kind) {
    case 'closed':
    case 'open':
    case 'rate':
      return { name: 'Throughput', unit: 'right answers/s' }
    case 'capacity':
      return { name: 'Capacity', unit: 'requests/s' }
    case 'batch':
      return { name: 'CPU/task', unit: 'ms' }
  }
}

/**
 * Compares by the runs' own 95 % intervals: apart when the intervals do not meet and the medians differ by more than
 * 3 %. That is stricter than a test of the difference, so it errs by saying too little.
 */
export function against(first: Cell | null, other: Cell | null, sameWork: boolean): Against {
  const nothing = { ratio: null, low: null, high: null }
  if (!first || !other) return { conclusion: 'not-in-both', why: 'not part of both runs', ...nothing }
  const [a, b] = [figureOf(first), figureOf(other)]
  if (!a || !b)
    return {
      conclusion: 'not-in-both',
      why: `${a ? 'here' : 'in the first run'} it has no figure${reasonOf(a ? other : first)}`,
      ...nothing,
    }
  const ratio = b.median / a.median
  if (!sameWork)
    return {
      conclusion: 'different-work',
      why: 'requests, answers, load or caps differ: the figures are not of the same work',
      ratio,
      low: null,
      high: null,
    }
  if (a.low === null || a.high === null || b.low === null || b.high === null)
    return { conclusion: 'undecided', why: 'a single repetition has no interval', ratio, low: null, high: null }
  const bounds = { ratio, low: a.high > 0 ? b.low / a.high : null, high: a.low > 0 ? b.high / a.low : null }
  if (invalid(first) || invalid(other))
    return { conclusion: 'undecided', why: 'the figure does not count in one of the runs', ...bounds }
  if (Math.abs(ratio - 1) <= SMALLEST_DIFFERENCE)
    return { conclusion: 'not-apart', why: 'the medians differ by 3 % or less', ...bounds }
  if (b.low > a.high) return { conclusion: 'higher', why: 'the intervals do not meet', ...bounds }
  if (b.high < a.low) return { conclusion: 'lower', why: 'the intervals do not meet', ...bounds }
  return { conclusion: 'not-apart', why: 'the intervals meet', ...bounds }
}

/** What differs between runs besides the figures. `breaks`: the figures cannot be of the same thing. */
export interface Difference {
  readonly what: string
  readonly values: readonly string[]
  readonly breaks: boolean
}

export function differencesOf(runs: readonly NamedRun[]): Difference[] {
  const all: Difference[] = []
  const add = (what: string, of: (results: Results) => string | null, breaks = false) => {
    const values = runs.map(({ results }) => of(results) ?? '–')
    if (new Set(values).size > 1) all.push({ what, values, breaks })
  }
  add('Host', ({ host }) => host.hostname)
  add('Processor', ({ host }) => host.cpuModel)
  add('Logical CPUs', ({ host }) => String(host.cpus.length))
  add('Memory', ({ host }) => (host.memoryBytes === null ? null : `${host.memoryBytes} bytes`))
  add('Kernel', ({ host }) => host.kernel)
  add('Governor', ({ host }) => host.governor)
  add('Engine', ({ engine }) => `${engine.name} ${engine.version}`)
  add('Base image', ({ base }) => base.id)
  add('Profile', ({ run }) => run.profile)
  add('Measured window', ({ run }) => `${run.windowMs} ms`)
  add('Commit', ({ run }) => run.gitCommit && `${run.gitCommit.slice(0, 10)}${run.gitDirty ? ' + changes' : ''}`)
  for (const id of sharedScenarios(runs)) {
    const scenario = (results: Results) => results.scenarios.find((one) => one.id === id)
    add(`${id}: requests and answers`, (results) => scenario(results)?.workDigest ?? null, true)
    add(`${id}: caps of the target`, (results) => capsText(scenario(results)?.targetCaps), true)
    const services = [
      ...new Set(runs.flatMap(({ results }) => scenario(results)?.services.map(({ name }) => name) ?? [])),
    ]
    for (const name of services)
      add(
        `${id}: caps of ${name}`,
        (results) => capsText(scenario(results)?.services.find((one) => one.name === name)?.caps),
        true,
      )
  }
  const entries = [...new Set(runs.flatMap(({ results }) => results.entries.map(({ id }) => id)))]
  for (const id of entries) {
    const entry = (results: Results) => results.entries.find((one) => one.id === id)
    if (!runs.every(({ results }) => entry(results))) continue
    add(`${id}: versions`, (results) => versionsText(entry(results)?.info))
    add(
      `${id}: environment`,
      (results) =>
        Object.entries(entry(results)?.environment ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(' ') || null,
    )
  }
  return all
}

/** Whether a scenario is the same work under the same caps in both runs. */
export function isSameWork(a: Results, b: Results, scenario: string): boolean {
  const of = (results: Results) => {
    const found = results.scenarios.find(({ id }) => id === scenario)
    return (
      found &&
      JSON.stringify([
        found.workDigest,
        capsText(found.targetCaps),
        found.services.map(({ name, caps }) => [name, capsText(caps)]).sort(),
      ])
    )
  }
  return of(a) !== undefined && of(a) === of(b)
}

function sharedScenarios(runs: readonly NamedRun[]): string[] {
  const [first, ...others] = runs
  return first
    ? first.results.scenarios
        .map(({ id }) => id)
        .filter((id) => others.every(({ results }) => results.scenarios.some((one) => one.id === id)))
    : []
}

function capsText(caps: { cpus: number; memoryBytes: number; quotaCpus: number | null } | undefined): string | null {
  return caps
    ? `${caps.cpus} cores${caps.quotaCpus === null ? '' : ` (quota ${caps.quotaCpus})`}, ${Math.round(caps.memoryBytes / 1024 ** 2)} MiB`
    : null
}

function versionsText(info: Results['entries'][number]['info'] | undefined): string | null {
  if (!info) return null
  return [
    info.languageVersion,
    ...Object.entries(info.versions ?? {})
      .sort()
      .map(([name, version]) => `${name} ${version ?? '?'}`),
  ]
    .filter(Boolean)
    .join(', ')
}

function invalid({ verdict }: Cell): boolean {
  return verdict?.status === 'invalid'
}

function reasonOf({ outcome, outcomeReason }: Cell): string {
  return outcome === 'measured' ? '' : ` (${outcome}${outcomeReason ? `: ${outcomeReason}` : ''})`
}
