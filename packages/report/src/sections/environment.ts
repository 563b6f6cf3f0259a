import {
  type Certificate,
  type CoreAssignment,
  type HostFacts,
  isToldApart,
  limitsWords,
  loadLabel,
  type Results,
  type ScenarioResult,
  type TwinComparison,
} from '@bakeoff/model'
import { folded } from '../html/folded.js'
import { type Content, type Html, html } from '../html/html.js'
import { subjectName } from '../html/marks.js'
import { part, type Scope } from '../html/scope.js'
import { facts, known, table } from '../html/table.js'
import {
  formatBytes,
  formatCores,
  formatDurationMs,
  formatNumber,
  formatRepetitions,
  formatShare,
  formatTime,
} from '../shared/format.js'
import { entriesInOrder, type View } from '../shared/subjects.js'
import { machines } from './machines.js'
import type { Section } from './section.js'

export const environment: Section = {
  id: 'environment',
  title: 'Environment',
  question: 'Where, with what and how was this measured, and how can it be repeated?',
  render: ({
    view,
    scopes,
  }) => html`${folded(html`${again(view)}<div class="columns">${run(view)}${machine(view)}</div>${machines(view)}`)}
    ${scopes.map((scope) => part(scope, null, [coresBlock(scope), versions(view, scope)]))}
    ${folded([certificate(view), twins(view), calibrations(view), method(view), glossary(view)])}`,
}

const NOT_READ = 'could not be read here'
const NOT_TRIED = 'was not tried'

function again({ results: { run } }: View): Html {
  return html`<section class="block"><h3>Measure it again</h3><pre class="command"><code>npm run matrix -- --replay ${run.id}</code></pre>
    <p class="legend">This command measures the same plan on the machine that has this run and its images, and compares the two. On any other machine: <code>${run.command}</code></p>
    <p class="legend">The plan has the seed ${run.seed}: the same seed gives the same order of repetitions and the same times at which requests arrive.</p></section>`
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
    ...repetitionFacts(run),
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

/** How often entries were to be measured; older runs went on until intervals were narrow. */
function repetitionFacts({ repetitions, tightness }: Results['run']): [string, string][] {
  if (repetitions) return [['Repetitions', formatRepetitions(repetitions)]]
  return typeof tightness === 'number' ? [['Precision aimed at', `± ${formatShare(tightness)} of throughput`]] : []
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
    ['CPU governor', known(host.governor, (governor) => governor, NOT_READ)],
    ['Scheduler autogroup', known(host.autogroup, (on) => (on ? 'on' : 'off'), NOT_READ)],
    ['CPU pressure before', known(host.cpuPressure, formatShare, NOT_READ)],
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
    ['Reachable from targets', reached(boundary)],
    ['Storage driver', known(engine.storageDriver, (driver) => driver, NOT_READ)],
    [
      'Separate machine',
      engine.sameKernel
        ? 'no: same kernel as the orchestrator'
        : `yes: ${engine.operatingSystem ?? 'unknown system'}, ${engine.cpus} CPUs, ${formatBytes(engine.memoryBytes)}`,
    ],
    ['Node', host.nodeVersion],
    ...(engine.reducedTruth
      ? [['Accuracy', 'reduced: the statistics and out-of-memory events of this engine are less reliable'] as const]
      : []),
  ])}</section>`
}

/** The result of trying to reach the engine's machine from where targets run. */
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
      { head: 'Role', names: true, field: ({ name }) => html`<bdi>${name}</bdi>` },
      {
        head: 'Cap',
        unit: 'cores',
        field: ({ caps }) =>
          known(caps, ({ cpus }) => formatCores(cpus), 'a part of the tool itself has no cap except its cores'),
      },
      {
        head: 'Asked for',
        unit: 'cores',
        field: ({ requested }) =>
          known(requested, formatCores, 'a part of the tool itself has no cap except its cores'),
      },
      {
        head: 'On cores',
        align: 'start',
        field: ({ cores }) =>
          cores.length > 0 ? cores.join(', ') : known(null, String, 'the engine cannot pin cores'),
      },
      {
        head: 'Memory',
        field: ({ caps }) =>
          known(
            caps,
            ({ memoryBytes }) => formatBytes(memoryBytes),
            'a part of the tool itself has no cap except its cores',
          ),
      },
      { head: 'Quota', field: ({ caps }) => (caps?.quotaCpus ? formatCores(caps.quotaCpus) : 'none') },
      {
        head: 'Image',
        align: 'start',
        field: ({ image }) => known(image, (name) => html`<code>${name}</code>`, 'part of the tool'),
      },
    ],
    rows,
  })}${coreNotes(scenario.cores)}
  ${workFacts(scenario)}</section>`
}

/** The roles that have cores of their own: target and services of the scenario, and the parts of the tool. */
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
    ...agentsOf(scenario).map((cores, index, all) => ({
      name: all.length === 1 ? 'load agent' : `load agent ${index + 1}`,
      caps: null,
      requested: null,
      cores,
      image: null,
    })),
    { name: 'orchestrator', caps: null, requested: null, cores: scenario.cores.orchestrator, image: null },
  ]
}

function agentsOf({ agents, cores }: ScenarioResult): readonly (readonly number[])[] {
  return agents ?? [cores.agent]
}

function workFacts(scenario: ScenarioResult): Html {
  return facts([
    ['Requests', `${formatNumber(scenario.requests)} different ones, sent over and over${stateWords(scenario)}`],
    ['Answers compared', `${scenario.compare}${scenario.tolerance > 0 ? `, tolerance ${scenario.tolerance}` : ''}`],
    [
      'Service level',
      scenario.slo
        ? `p99 within ${formatNumber(scenario.slo.p99Ms)} ms, errors within ${formatShare(scenario.slo.errors)}`
        : 'none',
    ],
    ...(scenario.levels ?? []).map(
      (level) =>
        [
          `Asked for at ${formatNumber(level.perSecond)}/s`,
          `${limitsWords(level)}, errors within ${formatShare(level.errors)}`,
        ] as const,
    ),
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
      { head: 'Target', names: true, field: (entry) => subjectName(view.subjectOf(entry.id)) },
      {
        head: 'Language',
        align: 'start',
        field: ({ info, language }) => (info?.languageVersion ? `${language} ${info.languageVersion}` : language),
      },
      {
        head: 'Server',
        align: 'start',
        field: ({ info }) => known(info?.server, (server) => server, 'its /info does not say'),
      },
      {
        head: 'Versions',
        align: 'start',
        field: ({ info }) =>
          known(
            info?.versions && Object.keys(info.versions).length > 0 ? info.versions : null,
            (all) =>
              html`<span class="wrap">${Object.entries(all)
                .map(([name, version]) => `${name} ${version ?? '?'}`)
                .join(', ')}</span>`,
            'its /info does not say',
          ),
      },
      { head: 'Workers', field: ({ info }) => known(info?.workers, formatNumber, 'its /info does not say') },
      { head: 'CPUs seen', field: ({ info }) => known(info?.cpus, formatNumber, 'its /info does not say') },
      { head: 'Image', field: ({ image }) => known(image?.bytes, formatBytes, 'no image was built') },
      {
        head: 'Digest',
        align: 'start',
        field: ({ image }) =>
          known(
            image,
            ({ id }) => html`<code>${id.replace(/^sha256:/, () => '').slice(0, 12)}</code>`,
            'no image was built',
          ),
      },
    ],
    rows,
    subject: (entry) => view.subjectOf(entry.id).index,
  })}</section>`
}

/** The certificate of the machine: what a server that does nothing reached at the start of every block. */
function certificate({ results: { certificates } }: View): Html {
  return html`<section class="block"><h3>How steady the machine was <small>canaries: the null server, which does nothing, measured at the start of every block</small></h3>${table<Certificate>(
    {
      caption: 'Canaries of each scenario',
      columns: [
        { head: 'Scenario', names: true, field: ({ scenario }) => scenario },
        { head: 'Canaries', field: ({ canaries }) => formatNumber(canaries.length) },
        {
          head: 'Reached',
          unit: 'requests/s',
          field: ({ canaries }) => {
            const rates = canaries.map(({ perSecond }) => perSecond)
            return rates.length === 1
              ? formatNumber(rates[0] as number)
              : html`${formatNumber(Math.min(...rates))}–${formatNumber(Math.max(...rates))}`
          },
        },
        {
          head: 'Drift',
          unit: 'first to last',
          field: ({ drift }) => known(drift, (share) => formatShare(share), 'one canary has no drift'),
        },
        {
          head: 'Noise floor',
          unit: 'no smaller difference is claimed',
          field: ({ noiseFloor }) =>
            known(noiseFloor, (share) => formatShare(share), 'one canary has nothing to differ from'),
        },
        {
          head: 'Limited by',
          align: 'start',
          field: ({ canaries }) => [...new Set(canaries.map(({ limit }) => limit ?? 'not known'))].join(', '),
        },
        {
          head: 'Bytes',
          unit: 'asked, answered',
          field: ({ requestBytes, answerBytes }) =>
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

/** The twins: one entry of each scenario beside itself. They show how often the judge was wrong in this run, and by how much. */
function twins({ results, figures, subjectOf }: View): Html {
  return html`<section class="block"><h3>Twins <small>one entry of each scenario, measured twice under two names: what is told apart here is an error of the method</small></h3>${table<TwinComparison>(
    {
      caption: 'The same entry twice',
      columns: [
        { head: 'Entry', names: true, field: ({ entry }) => subjectName(subjectOf(entry)) },
        { head: 'Scenario', align: 'start', field: ({ scenario }) => html`<bdi>${scenario}</bdi>` },
        { head: 'Load', align: 'start', field: ({ loadId }) => loadId },
        { head: 'Figure', align: 'start', field: ({ metric }) => figures.get(metric)?.title ?? metric },
        {
          head: 'Twin ÷ entry',
          unit: '95 % interval',
          field: ({ ratio, why }) =>
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
          field: (twin) => known(twin.conclusion, () => (isToldApart(twin) ? 'yes, wrongly' : 'no'), twin.why),
        },
      ],
      rows: [...(results.twins ?? [])],
      empty: 'No entry was measured twice: runs with fewer than three repetitions, or with one entry, have no twins.',
    },
  )}</section>`
}

function calibrations({ results: { calibration } }: View): Html {
  return html`<section class="block"><h3>Ceiling of the load agent <small>against a null server, in this run</small></h3>${table<
    (typeof calibration)[number]
  >({
    caption: 'Ceiling of the load agent',
    columns: [
      { head: 'Cores', names: true, field: ({ key }) => html`<code>${key}</code>` },
      { head: 'Connections', field: ({ connections }) => formatNumber(connections) },
      { head: 'Ceiling', unit: 'requests/s', field: ({ throughput }) => formatNumber(throughput) },
      {
        head: 'p50',
        unit: 'ms',
        field: ({ p50Us }) => known(p50Us, (us) => formatNumber(us / 1000), 'no latencies were recorded'),
      },
      {
        head: 'Event loop',
        unit: 'busy',
        field: ({ eventLoopUtilisation }) => known(eventLoopUtilisation, formatShare, 'was not read'),
      },
    ],
    rows: [...calibration].sort((a, b) => a.key.localeCompare(b.key) || a.connections - b.connections),
    empty: 'The load agent was not calibrated: whether it was the limit of a cell is not known.',
  })}</section>`
}

function method({ results }: View): Html {
  const { run } = results
  return html`<section class="block prose"><h3>Method</h3>
    <p>The unit of measurement is one <b>repetition</b>: a target and its services start in fresh containers on whole cores of their own, every golden (expected) answer is verified before any load, the target is warmed up until its throughput is steady, and then each load is measured in a window of at least ${formatDurationMs(run.windowMs)}, longer where answers are slow. Repetitions of different targets are interleaved in random order, so that a drift of the machine affects all of them alike. ${untilWhen(run)}</p>
    <p><b>Throughput</b> counts correct responses only. Each counts with the share of its duration that lies within the window, so that an answer under way at the start or the end is neither lost nor counted whole. The interval of throughput is Student’s t at 95 % over repetitions. Ratios are compared on logarithms by a model of blocks, in which the variances of targets are drawn towards their common one. <b>Percentiles</b> are taken per repetition from a histogram in microseconds; the figure is their median, with the range beside it. They are never averaged. Requests that never ended count with the age that they reached; a percentile that they could move is shown as “at least”.</p>
    <p><b>Groups</b> take the place of ranks: two targets are told apart only when the whole interval of their ratio lies beyond ${formatShare(results.legend.thresholds.relevantDifference)}, or beyond the noise floor (what the machine itself differed by) where that is more. The intervals of all pairs hold at once with 95 % confidence, and they are the intervals that are printed. Two targets share a letter exactly when they are not told apart. Outliers are flagged and stay in. With one repetition there is no interval, and nothing is told apart.</p>
    <p><b>Verdicts</b> come before groups. Figures that rest on wrong or missing answers are invalid and not ranked; figures that the load agent or a noisy machine may have moved are suspect, and ranked with that mark. Little’s law audits every closed load: the time of all connections must have gone into answered requests.</p></section>`
}

/** The sentence about what decided how many repetitions there were. */
function untilWhen({ repetitions, tightness }: Results['run']): string {
  if (repetitions && repetitions.least < repetitions.most)
    return `After ${repetitions.least} repetitions a scenario is measured again where a decision is open (the best target of each language against the leader, and published claims) and where the repetitions that are left are likely to decide it, up to ${repetitions.most}, or until the time budget ends.`
  if (repetitions) return `There are ${repetitions.most} of them, or as many as the time budget allows.`
  return typeof tightness === 'number'
    ? `They go on until the interval of throughput is within ± ${formatShare(tightness)}, or until the time budget ends.`
    : ''
}

/** The words of the report, one for each thing, with the meanings of docs/dictionary.md. */
const GLOSSARY: readonly (readonly [string, string])[] = [
  ['Target', 'A service under test, a folder in targets/.'],
  ['Variant', 'A named configuration of a target.'],
  ['Service', 'What a target needs, such as a database.'],
  ['Scenario', 'Topology, requests, expected answers and load.'],
  ['Caps', 'Cores and memory that a container may use.'],
  ['Entry', 'Scenario × target × variant × caps: what one repetition starts.'],
  ['Cell', 'An entry under one load: one row of a leaderboard.'],
  ['Repetition', 'One fresh start of a target with all its loads.'],
  ['Block', 'One repetition of every entry of a scenario, in random order.'],
  ['Closed load', 'n connections, each of which waits for its answer before it asks again.'],
  ['Open load', 'Requests arrive at a rate, whether or not earlier ones were answered.'],
  ['Service time', 'From sending a request to its complete answer.'],
  ['Response time', 'From the moment a request was due to its complete answer.'],
  ['Ceiling', 'What the load agent reaches against a server that does nothing.'],
  ['Canary', 'The null server, which does nothing, measured at the start of every block.'],
  [
    'Noise floor',
    'The furthest that a canary lies from the median of all canaries of its scenario: no smaller difference is claimed.',
  ],
  [
    'Service level',
    'The highest p99 and the largest share of errors that a scenario allows (SLO); its file names it slo. Where it is asked for at a rate, a target keeps it when at least nine of ten windows do.',
  ],
  ['p99', '99 of 100 answers were at least as fast as this.'],
  ['Group', 'A letter: two targets share one exactly when they are not told apart.'],
  ['Verdict', 'Whether a cell’s figures count, and what limited it.'],
  ['Claim', 'A published comparison with its figures.'],
  [
    'Knee',
    'Of connections: the fewest that bring nearly all of the throughput. Of rates: the one at which throughput ÷ p99 is largest.',
  ],
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

/** What is filled into requests, and which go together, as it stands after them; nothing where neither is. */
function stateWords({ state }: ScenarioResult): string {
  if (!state) return ''
  const filled = Object.entries(state.values).map(([key, kind]) => `${key} (${kind})`)
  const parts = state.traffic?.map(({ weight, send }) => `${weight} × ${send.join(', then ')}`) ?? []
  return [
    filled.length > 0 ? `; filled in: ${filled.join(', ')}` : '',
    parts.length > 0 ? `; traffic: ${parts.join('; ')}` : '',
  ].join('')
}
