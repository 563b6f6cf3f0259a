import {
  BENCH_HERE,
  type Caps,
  type EntryResult,
  limitsWords,
  loadIdOf,
  type NamedRun,
  type Results,
  reachOf,
  reachWords,
  type ScenarioResult,
  type SettingDifference,
} from '@bakeoff/model'
import { loadSettingsText, warmedUpBy } from './load-settings.js'
import { benchShape, otherMachinesWords } from './words/benches.js'

/** The differences between runs besides their figures: machine, engine, rules, work, versions. */
export function settingDifferences(runs: readonly NamedRun[]): SettingDifference[] {
  return [...ofRuns(runs), ...ofScenarios(runs), ...ofEntries(runs)]
}

function ofRuns(runs: readonly NamedRun[]): SettingDifference[] {
  return [
    ...differing(runs, 'Host', ({ host }) => host.hostname),
    ...differing(runs, 'Kind of network', ({ site }) => site?.network ?? 'bridge', 'other-network'),
    ...differing(
      runs,
      'Machines of a bench',
      ({ site }) => benchShape(site?.benches[0] ?? BENCH_HERE),
      'other-machine',
    ),
    ...differing(
      runs,
      'Machine of services',
      ({ site }) => site && otherMachinesWords(site, 'services'),
      'other-machine',
    ),
    ...differing(
      runs,
      'Machines of load agents',
      ({ site }) => site && otherMachinesWords(site, 'agents'),
      'other-machine',
    ),
    ...differing(runs, 'Hosts', ({ site }) => site?.hosts.map(({ name }) => name).join(', ')),
    ...differing(runs, 'Processor', ({ host }) => host.cpuModel, 'other-machine'),
    ...differing(runs, 'Architecture', ({ host }) => host.architecture, 'other-machine'),
    ...differing(runs, 'Logical CPUs', ({ host }) => String(host.cpus.length)),
    ...differing(runs, 'Memory', ({ host }) => (host.memoryBytes === null ? null : `${host.memoryBytes} bytes`)),
    ...differing(runs, 'Kernel', ({ host }) => host.kernel),
    ...differing(runs, 'Governor', ({ host }) => host.governor),
    ...differing(runs, 'Engine', ({ engine }) => `${engine.name} ${engine.version}`),
    ...differing(runs, 'Base image', ({ base }) => base.id),
    ...differing(runs, 'Profile', ({ run }) => run.profile),
    ...differing(runs, 'Measured window', ({ run }) => `${run.windowMs} ms`),
    ...differing(runs, 'Commit', ({ run }) => commitText(run)),
  ]
}

function ofScenarios(runs: readonly NamedRun[]): SettingDifference[] {
  return inAll(runs, ({ scenarios }) => scenarios).flatMap((id) => {
    const scenarioOf = ({ scenarios }: Results) => scenarios.find((each) => each.id === id)
    const services = runs.flatMap(({ results }) => scenarioOf(results)?.services.map(({ name }) => name) ?? [])
    const loadOf = (results: Results, loadId: string) =>
      scenarioOf(results)?.loads.find((load) => loadIdOf(load) === loadId)
    const capsOf = (results: Results, service: string) =>
      scenarioOf(results)?.services.find(({ name }) => name === service)?.caps
    return [
      ...differing(runs, `${id}: requests and answers`, (results) => scenarioOf(results)?.workDigest, 'other-work'),
      ...differing(runs, `${id}: load that warms targets up`, (results) =>
        warmedUpBy(scenarioOf(results)?.loads ?? []),
      ),
      ...differing(runs, `${id}: service levels asked for`, (results) => levelsText(scenarioOf(results)?.levels)),
      ...(scenarioOf(runs[0]!.results)?.loads ?? [])
        .map(loadIdOf)
        .filter((loadId) => runs.every(({ results }) => loadOf(results, loadId)))
        .flatMap((loadId) =>
          differing(
            runs,
            `${id}: load ${loadId}`,
            (results) => loadSettingsText(loadOf(results, loadId)!),
            'other-work',
          ),
        ),
      ...differing(
        runs,
        `${id}: caps of the target`,
        (results) => capsText(scenarioOf(results)?.targetCaps),
        'other-work',
      ),
      ...[...new Set(services)].flatMap((name) =>
        differing(runs, `${id}: caps of ${name}`, (results) => capsText(capsOf(results, name)), 'other-work'),
      ),
    ]
  })
}

function ofEntries(runs: readonly NamedRun[]): SettingDifference[] {
  return inAll(runs, ({ entries }) => entries).flatMap((id) => {
    const entryOf = ({ entries }: Results) => entries.find((each) => each.id === id)
    return [
      ...differing(runs, `${id}: versions`, (results) => versionsText(entryOf(results)?.info)),
      ...differing(runs, `${id}: image`, (results) => asItIsText(entryOf(results))),
      ...differing(runs, `${id}: how it is reached`, (results) => reachText(entryOf(results))),
      ...differing(runs, `${id}: folders that it writes to`, (results) => entryOf(results)?.tmpfs?.join(' ')),
      ...differing(runs, `${id}: environment`, (results) => environmentText(entryOf(results)?.environment)),
    ]
  })
}

/** One difference, or none. */
function differing(
  runs: readonly NamedRun[],
  what: string,
  read: (results: Results) => string | null | undefined,
  makes: SettingDifference['makes'] = null,
): SettingDifference[] {
  const values = runs.map(({ results }) => read(results) ?? null)
  return new Set(values).size > 1 ? [{ what, values, makes }] : []
}

/** The ids that every run has, in the order of the first run. */
function inAll(runs: readonly NamedRun[], of: (results: Results) => readonly { readonly id: string }[]): string[] {
  const [first = [], ...others] = runs.map(({ results }) => of(results).map(({ id }) => id))
  return first.filter((id) => others.every((ids) => ids.includes(id)))
}

function capsText(caps: Caps | undefined): string | null {
  return caps
    ? `${caps.cpus} cores${caps.quotaCpus === null ? '' : ` (quota ${caps.quotaCpus})`}, ${Math.round(caps.memoryBytes / 1024 ** 2)} MiB`
    : null
}

/** `p99 30 ms at 200/s`; windows are as long as it takes to know the percentiles that are limited. */
function levelsText(levels: ScenarioResult['levels']): string {
  return (levels ?? []).map((level) => `${limitsWords(level)} at ${level.perSecond}/s`).join(', ') || 'none'
}

function commitText({ gitCommit, gitDirty }: Results['run']): string | null {
  return gitCommit && `${gitCommit.slice(0, 10)}${gitDirty ? ' + changes' : ''}`
}

function versionsText(info: EntryResult['info'] | undefined): string | null {
  if (!info) return null
  const versions = Object.entries(info.versions ?? {})
    .sort()
    .map(([name, version]) => `${name} ${version ?? '?'}`)
  return [info.languageVersion, ...versions].filter(Boolean).join(', ')
}

/** An image that nothing here builds is what its id says, whatever its name. */
function asItIsText(entry: EntryResult | undefined): string | null {
  if (entry?.imageFrom?.kind !== 'as-it-is' || entry.image === null) return null
  return `${entry.image.name} ${entry.image.id.replace(/^sha256:/, '').slice(0, 12)}`
}

function reachText(entry: EntryResult | undefined): string | null {
  return entry ? reachWords(reachOf(entry)) : null
}

function environmentText(environment: EntryResult['environment'] = {}): string | null {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  return settings.join(' ') || null
}
