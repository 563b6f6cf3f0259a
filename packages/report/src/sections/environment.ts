import {
  type Certificate,
  type CoreAssignment,
  type HostFacts,
  loadLabel,
  type Results,
  type ScenarioResult,
  type TwinComparison,
} from '@bakeoff/model'
import { type Content, type Html, html } from '../html/html.js'
import { subjectName } from '../html/marks.js'
import { part, type Scope } from '../html/scope.js'
import { facts, known, table } from '../html/table.js'
import { formatBytes, formatCores, formatDurationMs, formatNumber, formatShare, formatTime } from '../shared/format.js'
import { entriesInOrder, type View } from '../shared/subjects.js'
import type { Section } from './section.js'

export const environment: Section = {
  id: 'environment',
  title: 'Environment',
  question: 'Where, with what and how was this measured, and how is it done again?',
  render: ({ view, scopes }) => html`${again(view)}
    <div class="columns">${run(view)}${machine(view)}</div>
    ${scopes.map((scope) => part(scope, null, [coresBlock(scope), versions(view, scope)]))}
    ${certificate(view)}${twins(view)}${calibrations(view)}${method(view)}${glossary(view)}`,
}

const NOT_READ = 'could not be read here'
const NOT_TRIED = 'was not tried'

function again({ results: { run } }: View): Html {
  return html`<section class="block"><h3>Measure it again</h3><pre class="command"><code>npm run matrix -- --replay ${run.id}</code></pre>
    <p class="legend">Where this run lies, with its images; then compared with it. Anywhere else: <code>${run.command}</code></p>
    <p class="legend">The seed ${run.seed} is in the plan: the same seed gives the same order of repetitions and the same arrivals.</p></section>`
}

function run({ results: { run, base } }: View): Html {
  return html`<section class="block"><h3>Run</h3>${facts([
    ['Run', html`<code>${run.id}</code>`],
    ...(run.replayOf ? [['Replay of', html`<code>${run.replayOf}</code>`] as const] : []),
    ['Started', formatTime(run.startedAt)],
    ['Ended', known(run.endedAt, formatTime, 'it has not ended')],
    ['Status', run.statusReason ? `${run.status}: ${run.statusReason}` : run.status],
    ['Profile', run.profile],
    [
      'Commit',
      known(
        run.gitCommit,
        (commit) => html`<code>${commit}</code>${run.gitDirty && ' with uncommitted changes'}`,
        'not a git checkout',
      ),
    ],
    ['Time budget', formatDurationMs(run.budgetMs)],
    ['Measured window', formatDurationMs(run.windowMs)],
    ['Tight enough at', `± ${formatShare(run.tightness)} of throughput`],
    [
      'Base image',
      known(
        base.id,
        (id) => html`<code>${id}</code>${base.origin && html` <small>${base.origin}</small>`}`,
        'no base image was recorded',
      ),
    ],
  ])}</section>`
}

function machine({ results: { host, engine, boundary } }: View): Html {
  return html`<section class="block"><h3>Machine and engine</h3>${facts([
    ['Host', html`<bdi>${host.hostname}</bdi>`],
    ['Processor', known(host.cpuModel, (model) => model, NOT_READ)],
    ['Topology', topology(host)],
    ['Memory', known(host.memoryBytes, formatBytes, NOT_READ)],
    ['Free disk', known(host.diskFreeBytes, formatBytes, NOT_READ)],
    ['System', `${host.os}, ${host.architecture}`],
    ['Kernel', known(host.kernel, (kernel) => kernel, NOT_READ)],
    ['Governor', known(host.governor, (governor) => governor, NOT_READ)],
    ['Autogroup', known(host.autogroup, (on) => (on ? 'on' : 'off'), NOT_READ)],
    ['Pressure before', known(host.cpuPressure, formatShare, NOT_READ)],
    ['Virtualisation', known(host.virtualisation, (kind) => kind, 'none was found')],
    ['Engine', `${engine.name} ${engine.version} (API ${engine.apiVersion})${engine.rootless ? ', rootless' : ''}`],
    ['Endpoint', html`<code>${engine.endpoint}</code> <small>${engine.foundBy}</small>`],
    [
      'cgroup',
      known(
        engine.cgroupVersion,
        (version) => `v${version}${engine.cgroupDriver ? `, ${engine.cgroupDriver}` : ''}`,
        NOT_READ,
      ),
    ],
    ['Reached from a cell', reached(boundary)],
    ['Storage driver', known(engine.storageDriver, (driver) => driver, NOT_READ)],
    [
      'Its own machine',
      engine.sameKernel
        ? 'no: same kernel as the orchestrator'
        : `yes: ${engine.operatingSystem ?? 'unknown system'}, ${engine.cpus} CPUs, ${formatBytes(engine.memoryBytes)}`,
    ],
    ['Node', host.nodeVersion],
    ...(engine.reducedTruth
      ? [['Reduced truth', 'this engine’s statistics and OOM events are less reliable'] as const]
      : []),
  ])}</section>`
}

/** What became of trying to reach the engine's machine from where targets run. */
function reached(boundary: Results['boundary']): Content {
  if (!boundary || boundary.asked.length === 0) return NOT_TRIED
  if (boundary.answered.length > 0) return `yes: it answered at ${boundary.answered.join(', ')}`
  return `no: there was no answer at ${boundary.asked.join(', ')}`
}

function topology({ cpus }: HostFacts): Content {
  const cores = new Set(cpus.map(({ package: socket, core }) => `${socket}:${core}`)).size
  const efficient = cpus.filter(({ kind }) => kind === 'efficiency').length
  return `${cpus.length} logical CPUs on ${cores} ${cores === 1 ? 'core' : 'cores'}${efficient > 0 ? `, ${efficient} of them efficiency cores` : ''}`
}

function coresBlock({ scenario }: Scope): Html {
  const rows = rolesOf(scenario)
  return html`<section class="block"><h3>Cores and caps <small>scenario <bdi>${scenario.id}</bdi></small></h3>${table<
    (typeof rows)[number]
  >({
    caption: `Cores and caps of ${scenario.id}`,
    columns: [
      { head: 'Role', names: true, cell: ({ name }) => html`<bdi>${name}</bdi>` },
      {
        head: 'Cap',
        unit: 'cores',
        cell: ({ caps }) =>
          known(caps, ({ cpus }) => formatCores(cpus), 'a role of the tool itself has no cap but its cores'),
      },
      {
        head: 'Asked for',
        unit: 'cores',
        cell: ({ requested }) => known(requested, formatCores, 'a role of the tool itself has no cap but its cores'),
      },
      {
        head: 'On cores',
        align: 'start',
        cell: ({ cores }) => (cores.length > 0 ? cores.join(', ') : known(null, String, 'the engine cannot pin cores')),
      },
      {
        head: 'Memory',
        cell: ({ caps }) =>
          known(
            caps,
            ({ memoryBytes }) => formatBytes(memoryBytes),
            'a role of the tool itself has no cap but its cores',
          ),
      },
      { head: 'Quota', cell: ({ caps }) => (caps?.quotaCpus ? formatCores(caps.quotaCpus) : 'none') },
      {
        head: 'Image',
        align: 'start',
        cell: ({ image }) => known(image, (name) => html`<code>${name}</code>`, 'part of the tool'),
      },
    ],
    rows,
  })}${coreNotes(scenario.cores)}
  ${workFacts(scenario)}</section>`
}

/** Everything that has cores of its own, of the scenario and of the tool. */
function rolesOf(scenario: ScenarioResult) {
  return [
    {
      name: 'target',
      caps: scenario.targetCaps,
      requested: scenario.requestedTargetCpus,
      cores: scenario.cores.target,
      image: 'one per target',
    },
    ...scenario.services.map((service) => ({
      name: service.name,
      caps: service.caps,
      requested: service.requestedCpus,
      cores: scenario.cores.services[service.name] ?? service.caps.cpuset,
      image: service.image,
    })),
    { name: 'load agent', caps: null, requested: null, cores: scenario.cores.agent, image: null },
    { name: 'orchestrator', caps: null, requested: null, cores: scenario.cores.orchestrator, image: null },
  ]
}

function workFacts(scenario: ScenarioResult): Html {
  return facts([
    ['Requests', `${formatNumber(scenario.requests)} different ones, cycled`],
    ['Answers compared', `${scenario.compare}${scenario.tolerance > 0 ? `, tolerance ${scenario.tolerance}` : ''}`],
    [
      'SLO',
      scenario.slo
        ? `p99 within ${formatNumber(scenario.slo.p99Ms)} ms, errors within ${formatShare(scenario.slo.errors)}`
        : 'none',
    ],
    ['Loads', scenario.loads.map(loadLabel).join(' · ')],
    ['Work digest', html`<code>${scenario.workDigest}</code>`],
  ])
}

function coreNotes({ shared, notes }: CoreAssignment): Html | null {
  const lines = [...shared.map((roles) => `${roles.join(', ')} share cores.`), ...notes]
  return lines.length > 0 ? html`<ul class="plain">${lines.map((line) => html`<li>${line}</li>`)}</ul>` : null
}

function versions(view: View, { scenario }: Scope): Html {
  const rows = entriesInOrder(view, scenario)
  return html`<section class="block"><h3>Images and toolchains</h3>${table<(typeof rows)[number]>({
    caption: 'Images and toolchains',
    columns: [
      { head: 'Target', names: true, cell: (entry) => subjectName(view.subjectOf(entry.id)) },
      {
        head: 'Language',
        align: 'start',
        cell: ({ info, language }) => (info?.languageVersion ? `${language} ${info.languageVersion}` : language),
      },
      {
        head: 'Server',
        align: 'start',
        cell: ({ info }) => known(info?.server, (server) => server, 'its /info does not say'),
      },
      {
        head: 'Versions',
        align: 'start',
        cell: ({ info }) =>
          known(
            info?.versions && Object.keys(info.versions).length > 0 ? info.versions : null,
            (all) =>
              html`<span class="wrap">${Object.entries(all)
                .map(([name, version]) => `${name} ${version ?? '?'}`)
                .join(', ')}</span>`,
            'its /info does not say',
          ),
      },
      { head: 'Workers', cell: ({ info }) => known(info?.workers, formatNumber, 'its /info does not say') },
      { head: 'CPUs seen', cell: ({ info }) => known(info?.cpus, formatNumber, 'its /info does not say') },
      { head: 'Image', cell: ({ image }) => known(image?.bytes, formatBytes, 'no image was built') },
      {
        head: 'Digest',
        align: 'start',
        cell: ({ image }) =>
          known(
            image,
            ({ id }) => html`<code title="${id}">${id.replace(/^sha256:/, () => '').slice(0, 12)}</code>`,
            'no image was built',
          ),
      },
    ],
    rows,
    subject: (entry) => view.subjectOf(entry.id).index,
  })}</section>`
}

/** The machine's own word: what a server that does nothing reached at the start of every block. */
function certificate({ results: { certificates } }: View): Html {
  return html`<section class="block"><h3>What the machine certifies <small>the null server at the start of every block</small></h3>${table<Certificate>(
    {
      caption: 'Canaries of each scenario',
      columns: [
        { head: 'Scenario', names: true, cell: ({ scenario }) => scenario },
        { head: 'Canaries', cell: ({ canaries }) => formatNumber(canaries.length) },
        {
          head: 'Reached',
          unit: 'requests/s',
          cell: ({ canaries }) => {
            const rates = canaries.map(({ perSecond }) => perSecond)
            return rates.length === 1
              ? formatNumber(rates[0] as number)
              : html`${formatNumber(Math.min(...rates))}–${formatNumber(Math.max(...rates))}`
          },
        },
        {
          head: 'Drift',
          unit: 'first to last',
          cell: ({ drift }) => known(drift, (share) => formatShare(share), 'one canary has no drift'),
        },
        {
          head: 'Noise floor',
          unit: 'no smaller difference is claimed',
          cell: ({ noiseFloor }) =>
            known(noiseFloor, (share) => formatShare(share), 'one canary has nothing to differ from'),
        },
        {
          head: 'Limited by',
          align: 'start',
          cell: ({ canaries }) => [...new Set(canaries.map(({ limit }) => limit ?? 'not known'))].join(', '),
        },
        {
          head: 'Bytes',
          unit: 'asked, answered',
          cell: ({ requestBytes, answerBytes }) =>
            known(
              requestBytes,
              (bytes) => html`${formatNumber(bytes)}, ${formatNumber(answerBytes ?? 0)}`,
              'were not kept',
            ),
        },
      ],
      rows: [...(certificates ?? [])],
      empty: 'This run has no canaries: how much the machine itself varied is not known.',
    },
  )}</section>`
}

/** One entry of each scenario beside itself: how often the judge was wrong in this run, and by how much. */
function twins({ results, figures, subjectOf }: View): Html {
  return html`<section class="block"><h3>Equals beside each other <small>one entry of each scenario, measured twice under two names</small></h3>${table<TwinComparison>(
    {
      caption: 'The same entry twice',
      columns: [
        { head: 'Entry', names: true, cell: ({ entry }) => subjectName(subjectOf(entry)) },
        { head: 'Scenario', align: 'start', cell: ({ scenario }) => html`<bdi>${scenario}</bdi>` },
        { head: 'Load', align: 'start', cell: ({ loadId }) => loadId },
        { head: 'Figure', align: 'start', cell: ({ metric }) => figures.get(metric)?.title ?? metric },
        {
          head: 'Once more ÷ it',
          unit: '95 % interval',
          cell: ({ ratio, why }) =>
            known(
              ratio,
              ({ median, low, high }) =>
                html`${median.toFixed(3)}×${low === null || high === null ? '' : html` <small>${low.toFixed(3)}–${high.toFixed(3)}</small>`}`,
              why,
            ),
        },
        {
          head: 'Told apart',
          align: 'start',
          cell: ({ conclusion, why }) =>
            known(conclusion, (found) => (found === 'higher' || found === 'lower' ? 'yes, wrongly' : 'no'), why),
        },
      ],
      rows: [...(results.twins ?? [])],
      empty: 'This run has no entry twice: runs of fewer than three repetitions, and of one entry, have none.',
    },
  )}</section>`
}

function calibrations({ results: { calibration } }: View): Html {
  return html`<section class="block"><h3>Ceiling of the load agent <small>against a null server, in this run</small></h3>${table<
    (typeof calibration)[number]
  >({
    caption: 'Ceiling of the load agent',
    columns: [
      { head: 'Cores', names: true, cell: ({ key }) => html`<code>${key}</code>` },
      { head: 'Connections', cell: ({ connections }) => formatNumber(connections) },
      { head: 'Ceiling', unit: 'requests/s', cell: ({ throughput }) => formatNumber(throughput) },
      {
        head: 'p50',
        unit: 'ms',
        cell: ({ p50Us }) => known(p50Us, (us) => formatNumber(us / 1000), 'no latencies were recorded'),
      },
      {
        head: 'Event loop',
        unit: 'busy',
        cell: ({ eventLoopUtilisation }) => known(eventLoopUtilisation, formatShare, 'was not read'),
      },
    ],
    rows: [...calibration].sort((a, b) => a.key.localeCompare(b.key) || a.connections - b.connections),
    empty: 'The agent was not calibrated: no cell can be called agent-bound, and none cleared of it.',
  })}</section>`
}

function method({ results }: View): Html {
  const { run } = results
  return html`<section class="block prose"><h3>Method</h3>
    <p>The unit is one <b>repetition</b>: a target and its services start in fresh containers on whole cores of their own, every golden answer is verified before any load, the target is warmed up until its throughput is steady, and then each load is measured in a window of ${formatDurationMs(run.windowMs)} at least, longer where answers are slow. Repetitions of different targets are interleaved in random order, so that a drift of the machine meets all alike. They go on until the interval of throughput is within ± ${formatShare(run.tightness)}, or the time budget ends.</p>
    <p><b>Throughput</b> counts right answers only, each with the share of its life that lies within the window, so that what was under way at its ends is neither lost nor counted whole. Its interval is Student’s t at 95 % over repetitions; ratios are compared on logarithms by a model of blocks, in which the variances of targets are drawn towards their common one. <b>Percentiles</b> are taken per repetition from a histogram in microseconds; the figure is their median, with the range beside it. They are never averaged. Requests that never ended count with the age they reached; a percentile that they could move is shown as “at least”.</p>
    <p><b>Groups</b> instead of ranks: two targets are told apart only when the whole interval of their ratio lies beyond ${formatShare(results.legend.thresholds.relevantDifference)}, or beyond what the machine itself differed by where that is more. The intervals of all pairs hold at once with 95 %, and they are the ones that are printed. Two targets share a letter exactly when they are not told apart. Outliers are flagged and stay in. With one repetition there is no interval, and nothing is told apart.</p>
    <p><b>Verdicts</b> come before ranks. A figure that a wrong answer or missing answers made is invalid and not ranked; one that the load agent or a noisy machine may have moved is suspect, and ranked with that mark. Little’s law audits every closed load: the time of all connections must lie in answered requests.</p></section>`
}

/** One word per thing, as everywhere in the tool. */
const GLOSSARY: readonly (readonly [string, string])[] = [
  ['Target', 'A service under test, a folder in targets/.'],
  ['Variant', 'A named configuration of a target.'],
  ['Service', 'What a target needs, such as a database.'],
  ['Scenario', 'Topology, requests, expected answers and load.'],
  ['Caps', 'Cores and memory that a container may use.'],
  ['Cell', 'Scenario × variant × caps × load: one row of a leaderboard.'],
  ['Repetition', 'One fresh start of a target with all its loads.'],
  ['Closed load', 'n connections, each of which waits for its answer before it asks again.'],
  ['Open load', 'Requests arrive at a rate, whether or not earlier ones were answered.'],
  ['Service time', 'From sending a request to its complete answer.'],
  ['Response time', 'From the moment a request was due to its complete answer.'],
  ['Ceiling', 'What the load agent reaches against a server that does nothing.'],
  ['p99', '99 of 100 answers were at least as fast as this.'],
  ['Group', 'A letter: two targets share one exactly when they are not told apart.'],
  ['Verdict', 'Whether a cell’s figures count, and what limited it.'],
  ['Claim', 'A published comparison with its figures.'],
  ['Knee', 'The fewest connections that bring nearly all the throughput there is.'],
  ['Throttled', 'Not allowed to run by the kernel, because a quota was used up.'],
]

function glossary({ results: { legend } }: View): Html {
  const list = (items: readonly (readonly [string, string])[]) =>
    html`<dl class="glossary">${items.map(([word, meaning]) => html`<div><dt>${word}</dt><dd>${meaning}</dd></div>`)}</dl>`
  return html`<section class="block"><h3>Glossary</h3>${list(GLOSSARY)}
    <h4>Figures</h4>${list(legend.figures.map(({ title, unit, about }) => [`${title}, ${unit}`, about]))}
    <h4>Causes of a verdict</h4>${list(legend.causes.map(({ id, about }) => [id, about]))}
    <h4>Lints</h4>${list(legend.lints.map(({ id, about }) => [id, about]))}</section>`
}
