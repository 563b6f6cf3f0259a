import { sampleRequests } from '@bakeoff/core'
import {
  benchWords,
  type Caps,
  formatBytes,
  formatDurationMs,
  formatNumber,
  imageFromWords,
  limitsWords,
  loadIdOf,
  machinesWords,
  type Plan,
  type PlannedBench,
  type PlannedEntry,
  type PlannedHost,
  type PlannedScenario,
  type PlannedSite,
  reachWords,
  roleWords,
} from '@bakeoff/model'
import { makePlan } from '../planning.js'
import { brokenFiles, openSetting, type PlanSetting } from '../setting.js'
import { type AddCommand, withOptions } from './shared/command.js'
import { type HostsFlags, hostsOption } from './shared/hosts.js'
import { jsonOption, toJson } from './shared/json.js'
import { againstOption, type PlanFlags, planOptions, toPlanOptions } from './shared/planning.js'

interface Flags extends PlanFlags, HostsFlags {
  readonly json?: boolean
}

export const addPlan: AddCommand = (program, invocation) =>
  withOptions(program.command('plan'), [...planOptions, againstOption, hostsOption, jsonOption('the whole plan')])
    .description('show what a run would do, and how long it would take')
    .action(async (flags: Flags) => {
      await using setting = await openSetting(invocation, flags.hosts)
      const plan = makePlan(setting, toPlanOptions(flags), new Date())
      invocation.terminal.print(
        flags.json ? toJson(plan) : planText(plan, brokenFiles(setting), samplesOf(plan, setting)),
      )
    })

/** What requests of a plan's scenarios look like, by scenario: where something is filled in, or they go in an order. */
export function samplesOf(
  { scenarios, seed }: Plan,
  { catalogue }: PlanSetting,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    catalogue.scenarios
      .filter(({ id }) => scenarios.some((planned) => planned.id === id))
      .map((scenario) => [scenario.id, sampleRequests(scenario, seed)] as const),
  )
}

/**
 * A plan as text, for a user to read before starting the run.
 *
 * @param told    files whose problems were already printed in full
 * @param samples what requests look like, by scenario
 */
export function planText(
  plan: Plan,
  told: ReadonlySet<string> = new Set(),
  samples: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  const lines: string[] = plan.site ? siteLines(plan.site) : []
  const leftOut = plan.leftOut ?? []
  for (const scenario of plan.scenarios) {
    lines.push(`${scenario.id}: ${scenario.loads.map(loadIdOf).join(', ')}`)
    for (const level of scenario.levels ?? [])
      lines.push(`  asks who keeps ${limitsWords(level)} at ${formatNumber(level.perSecond)}/s`)
    lines.push(`  ${plan.site ? rolesOnHosts(scenario, plan.site) : rolesHere(scenario)}`)
    for (const sample of samples.get(scenario.id) ?? []) lines.push(`  > ${sample}`)
    for (const entry of plan.entries.filter((one) => one.scenario === scenario.id)) {
      lines.push(
        `  ${`${entry.target}/${entry.variant}`.padEnd(44)} ${entry.language.padEnd(8)} ${[entry.replicas > 1 ? `${entry.replicas} × behind ${entry.proxy}` : '', ...sourceWords(entry), wordsOf(entry, plan)].filter(Boolean).join(', ')}`.trimEnd(),
      )
    }
    lines.push(...leftOutRows(leftOut, scenario.id))
  }
  const planned = plan.scenarios.map(({ id }) => id)
  for (const id of new Set(leftOut.map(({ entry }) => scenarioOf(entry)).filter((one) => !planned.includes(one))))
    lines.push(`${id}: not measured`, ...leftOutRows(leftOut, id))
  for (const { what, where, todo } of plan.warnings.filter((warning) => !told.has(warning.where)))
    lines.push(`! ${where}: ${what}. ${todo}`)
  const { minRepetitions, maxRepetitions, budgetMs } = plan.rules
  const repetitions =
    minRepetitions === maxRepetitions
      ? `${minRepetitions} repetitions`
      : `${minRepetitions} to ${maxRepetitions} repetitions, more than ${minRepetitions} where a decision is open`
  lines.push(
    maxRepetitions === 1
      ? `1 repetition: about ${formatDurationMs(plan.estimateMs.least)}, builds aside`
      : `${repetitions}; no block begins after ${formatDurationMs(budgetMs)}: ${spanText(plan.estimateMs)}, builds aside`,
  )
  return lines.join('\n')
}

/** The machines of a plan, with the ways to them, and which roles are where. */
function siteLines({ file, network, mtu, hosts, benches }: PlannedSite): string[] {
  const width = (textOf: (host: PlannedHost) => string) => Math.max(...hosts.map((host) => textOf(host).length))
  const [names, ways] = [width(({ name }) => name), width(({ docker }) => docker)]
  return [
    `${file}: ${machinesWords({ hosts, network })}${mtu === null ? '' : `, MTU ${mtu}`}`,
    ...hosts.map(
      ({ name, docker, address, facts, engine }) =>
        `  ${name.padEnd(names)}  ${docker.padEnd(ways)}  ${[address, facts.cpuModel, `${facts.cpus.length} CPUs`, facts.memoryBytes === null ? null : formatBytes(facts.memoryBytes), `${engine.name} ${engine.version}`].filter((part) => part !== null).join(', ')}`,
    ),
    ...(benches.length > 1 || hosts.length > 1
      ? benches.map((bench) => `  bench ${bench.id}: ${benchWords(bench)}`)
      : []),
  ]
}

/** Cores and memory of a container: `1,2 with 512 MiB`. */
function onCores({ quotaCpus, memoryBytes }: Caps, ids: readonly number[]): string {
  return `${ids.join(',')}${quotaCpus === null ? '' : ` by a quota of ${quotaCpus}`} with ${formatBytes(memoryBytes)}`
}

function rolesHere({ targetCaps, services, cores }: PlannedScenario): string {
  return [
    `target on core ${onCores(targetCaps, cores.target)}`,
    ...services.map(({ name, caps }) => `${name} on ${onCores(caps, caps.cpuset)}`),
    `agent on ${cores.agent.join(',')}`,
    `orchestrator on ${cores.orchestrator.join(',')}`,
  ].join('; ')
}

/** As `rolesHere`, with the host of each role; those of several benches stand above. */
function rolesOnHosts({ targetCaps, services, cores, agents }: PlannedScenario, { benches }: PlannedSite): string {
  const [bench] = benches as [PlannedBench]
  const on = (host: string) => (benches.length > 1 ? 'on core' : `on ${host} core`)
  return [
    `target ${on(bench.target)} ${onCores(targetCaps, cores.target)}`,
    ...services.map(({ name, caps }) => `${name} ${on(bench.services)} ${onCores(caps, caps.cpuset)}`),
    ...bench.agents.map(
      (host, index) =>
        `agent${bench.agents.length > 1 ? ` ${index + 1}` : ''} ${on(host)} ${(agents?.[index] ?? cores.agent).join(',')}`,
    ),
  ].join('; ')
}

/** `40 min to 1 h 30 min`, or `about 15 min` where both are the same to a reader. */
function spanText(span: Plan['estimateMs']): string {
  const [least, most] = [formatDurationMs(span.least), formatDurationMs(span.most)]
  return least === most ? `about ${least}` : `${least} to ${most}`
}

function leftOutRows(leftOut: NonNullable<Plan['leftOut']>, scenario: string): string[] {
  return leftOut
    .filter(({ entry }) => scenarioOf(entry) === scenario)
    .map(({ entry, why, command }) => `  – ${entry.slice(scenario.length + 1).padEnd(42)} left out, ${why}: ${command}`)
}

function scenarioOf(entry: string): string {
  return entry.split('/', 1)[0] as string
}

/** Where the image of an entry comes from and how it is reached, as far as that is not as usual. */
function sourceWords({ image, imageFrom, reach }: PlannedEntry): string[] {
  return [
    ...(imageFrom ? [imageFrom.kind === 'as-it-is' ? `${image} as it is` : (imageFromWords(imageFrom) as string)] : []),
    ...(reach ? [reachWords(reach)] : []),
  ]
}

/** What an entry is there for, where it is not simply compared with the others. */
function wordsOf(entry: PlannedEntry, { against }: Plan): string {
  if (entry.twinOf) return 'once more, to see how much equals differ'
  if (entry.ofRef && against)
    return `as in ${against.ref} (${against.commit.slice(0, 8)})${entry.ofRef.isSame ? ', of which nothing changed: the same image' : ''}`
  return roleWords(entry, entry.variant) ?? ''
}

/** One line: how many entries are left out because of their role, and which option measures them. Null when there are none. */
export function leftOutText({ leftOut }: Pick<Plan, 'leftOut'>): string | null {
  if (!leftOut || leftOut.length === 0) return null
  const counts = new Map<string, number>()
  for (const { why, command } of leftOut) {
    const reason = `${why} (${command})`
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return `Left out: ${[...counts].map(([reason, count]) => `${count} × ${reason}`).join(', ')}. npm run plan names them`
}
