import {
  type AgainstCommit,
  againstWords,
  type Cell,
  type ClaimResult,
  type Decision,
  type DecisionColumn,
  decidesWords,
  type Estimate,
  type Finding,
  figureOf,
  kindOf,
  type LevelAnswer,
  legendOf,
  lettersOf,
  limitsWords,
  loadIdOf,
  loadLabel,
  machinesWords,
  moneyWords,
  type Outcome,
  type Results,
  roleWords,
  type ScenarioResult,
  signsOf,
  typicalOf,
  windowsWords,
} from '@bakeoff/model'
import { md, mdCode, mdTable } from './markdown.js'
import { atLeastMs, shownMs } from './shared/figures.js'
import {
  formatBytes,
  formatCores,
  formatFactor,
  formatInterval,
  formatNumber,
  formatRepetitions,
  formatTime,
} from './shared/format.js'
import { askedCells } from './shared/levels.js'
import { outcomeWord } from './shared/outcome-word.js'
import { cellsInOrder, groupingOf, labelOf, type View, viewOf } from './shared/subjects.js'

/** Renders a run on one screen, for a terminal, an e-mail or GitHub's job summary. */
export function renderSummary(results: Results): string {
  const view = viewOf(results)
  const parts = [
    title(results),
    banner(results),
    levelsPart(view, results.decision ?? null),
    againstPart(view, results.against ?? null),
    decisionPart(results.decision ?? null),
    ...results.scenarios.map((scenario) => scenarioPart(view, scenario)),
    claims(results.claims),
    warnings(results),
    failures(view),
    again(results),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function title({ run, host, site, scenarios }: Results): string {
  const names = scenarios.map(({ id }) => md(id)).join(', ') || md(run.id)
  const facts = [
    formatTime(run.startedAt),
    md(host.hostname),
    site && machinesWords(site),
    run.gitCommit && `commit ${mdCode(run.gitCommit.slice(0, 10))}${run.gitDirty ? ' + changes' : ''}`,
    `${md(run.profile)} profile`,
    `run ${mdCode(run.id)}`,
  ]
  return `# Bakeoff: ${names}\n\n${facts.filter(Boolean).join(' · ')}`
}

function banner({ run, cells }: Results): string {
  const lines = []
  if (run.profile === 'quick')
    lines.push(
      '**Smoke run.** Measured briefly: enough to see that everything works, not to say which target is faster.',
    )
  if (run.status === 'aborted')
    lines.push(`**Aborted.** ${md(run.statusReason ?? 'The run was stopped before its end.')}`)
  if (run.status === 'partial')
    lines.push(`**Partial.** ${md(run.statusReason ?? 'Some of what was planned has no figures.')}`)
  if (cells.length > 0 && cells.every(({ outcome }) => outcome !== 'measured')) lines.push('**Nothing was measured.**')
  return lines.length > 0 ? `> [!WARNING]\n${lines.map((line) => `> ${line}`).join('\n>\n')}` : ''
}

/** Who keeps each service level that was asked for at a rate, where some were. */
function levelsPart(view: View, decision: Decision | null): string {
  return (decision?.levels ?? [])
    .map((decided) => {
      const asked = askedCells(view, decided)
      const level = asked[0]?.serviceLevel?.level
      const rows = asked.flatMap((cell) => (cell.serviceLevel ? [levelRow(view, cell, cell.serviceLevel)] : []))
      return [
        level
          ? `## Who keeps ${md(limitsWords(level))} at ${formatNumber(level.perSecond)}/s in ${md(decided.scenario)}?`
          : '',
        md(decided.says),
        mdTable(['Target', 'Keeps it', 'Windows:', 'Cores:', 'A million requests:', 'Why'], rows),
      ]
        .filter(Boolean)
        .join('\n\n')
    })
    .join('\n\n')
}

function levelRow(view: View, cell: Cell, found: LevelAnswer): string[] {
  return [
    md(labelOf(view.subjectOf(cell.entry).target, cell.variant)),
    ANSWERS[found.answer],
    windowsWords(found) || '–',
    number(typicalOf(cell, 'coresUsed')),
    found.cost === null ? '–' : md(moneyWords(found.cost.perMillion)),
    md(found.says),
  ]
}

const ANSWERS: Readonly<Record<LevelAnswer['answer'], string>> = { yes: '**yes**', no: 'no', undecided: 'not decided' }

/** What changed since another commit, where the run was compared with one. */
function againstPart({ figures: titles }: View, against: AgainstCommit | null): string {
  if (against === null) return ''
  const { ref, says, figures, leftOut } = against
  const table = mdTable(
    ['Cell', 'Figure', 'Here ÷ there:', 'Answer'],
    figures.map((figure) => {
      const { ratio, answer } = againstWords(figure)
      const missing = figure.missing === null ? '' : `: ${figure.why}`
      return [md(figure.cell), md(titles.get(figure.metric)?.title ?? figure.metric), ratio, md(`${answer}${missing}`)]
    }),
  )
  return [
    `## Against ${md(ref)}`,
    md(says),
    figures.length > 0 ? table : '',
    leftOut.map(({ entry, why }) => `- ${md(entry)} is not compared: ${md(why)}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** The decision, with the same table that the run ends with on a terminal. Results from before 2026-12 have none. */
function decisionPart(decision: Decision | null): string {
  if (decision === null) return ''
  const { rows, columns, provisional, next, trust } = decision
  const shown = columns.filter(({ figures }) => figures.some(({ value }) => value !== null))
  const cellOf = (column: DecisionColumn, row: string) => {
    const figure = column.figures.find((each) => each.row === row)
    if (!figure) return ''
    const name = rows.by === 'language' && figure.value !== null ? ` ${md(figure.name)}` : ''
    const value = figure.value === null ? '' : formatNumber(figure.value)
    return `${[figure.marks.includes('leads') ? `**${value}**` : value, md(signsOf(figure.marks))].filter(Boolean).join(' ')}${name}`
  }
  const table =
    shown.length === 0
      ? ''
      : mdTable(
          ['', ...shown.map(({ scenario, unit }) => `${md(scenario)}, ${unit}:`)],
          rows.names.map((row) => [md(row), ...shown.map((column) => cellOf(column, row))]),
        )
  const legend = legendOf(shown.flatMap(({ figures }) => figures.flatMap(({ marks }) => marks)))
  return [
    provisional ? `**Provisional** (${md(provisional)}): it says who is ahead, and no target leads.` : '',
    table,
    legend.length > 0 ? md(legend.join(' · ')) : '',
    columns.map(({ scenario, says }) => `- **${md(scenario)}**: ${md(says)}`).join('\n'),
    next ? `${md(decidesWords(decision) ?? '')} ${mdCode(next.command)}` : '',
    trust.map((says) => `- ${md(says)}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n')
}

function scenarioPart(view: View, scenario: ScenarioResult): string {
  const findings = view.results.findings.filter(
    (finding) => (finding.scenario === null || finding.scenario === scenario.id) && !isSaidBelow(view, finding),
  )
  const cells = cellsInOrder(view, scenario.id, scenario.mainLoad)
  const load = cells[0]?.load
  const caps = [
    [scenario.isUncapped ? 'target, without a cap:' : 'target', scenario.targetCaps] as const,
    ...scenario.services.map(({ name, caps: of }) => [name, of] as const),
  ]
  return [
    `## ${md(scenario.id)}`,
    `${md(scenario.summary)}`,
    findings.map(({ text }) => `- ${md(text)}`).join('\n'),
    `${load ? `${loadLabel(load)} · ` : ''}${caps.map(([name, of]) => `${md(name)} ${formatCores(of.cpus)} ${of.cpus === 1 ? 'core' : 'cores'}${of.quotaCpus === null ? '' : ' by quota'}, ${formatBytes(of.memoryBytes)}`).join(' · ')}`,
    cells.length > 0 ? board(view, scenario, cells) : '',
    otherLoads(view, scenario),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** A longer table of the other loads is folded: curves have many rates. */
const MOST_UNFOLDED = 24

/** Every load of a scenario but the main one, in one table: rates that were asked for, fractions, the capacity. */
function otherLoads(view: View, scenario: ScenarioResult): string {
  const cells = scenario.loads
    .map(loadIdOf)
    .filter((loadId) => loadId !== scenario.mainLoad)
    .flatMap((loadId) => cellsInOrder(view, scenario.id, loadId))
  if (cells.length === 0) return ''
  const table = mdTable(
    ['Load', 'Target', 'Right /s:', '95 %:', 'p50 ms:', 'p99 ms:', 'Errors:', 'CPU ms:', 'Verdict'],
    cells.map((cell) => {
      const rate = kindOf(cell.load).headline === 'capacityPerSecond' ? 'capacityPerSecond' : 'throughput'
      return [
        md(loadLabel(cell.load)),
        md(labelOf(view.subjectOf(cell.entry).target, cell.variant)),
        number(typicalOf(cell, rate)),
        intervalOf(figureOf(cell, rate)),
        number(shownMs(cell, 'p50')),
        atLeast(cell) ?? number(shownMs(cell, 'p99')),
        errorsOf(cell),
        number(typicalOf(cell, 'cpuMsPerRequest')),
        verdictOf(cell),
      ]
    }),
  )
  const head = `Other loads (${cells.length} rows)`
  return cells.length <= MOST_UNFOLDED
    ? `${head}:\n\n${table}`
    : `<details><summary>${head}</summary>\n\n${table}\n\n</details>`
}

/** Whether the table of claims has it, or "Without figures" says the same of an entry, with what to do about it. */
function isSaidBelow(view: View, { kind, tone, cells }: Finding): boolean {
  if (kind === 'claim') return true
  if (kind !== 'not-measured' || tone !== 'caveat') return false
  const entries = cells.flatMap((id) => view.entries.get(view.cells.get(id)?.entry ?? '') ?? [])
  return entries.length > 0 && entries.every(({ outcome }) => outcome.kind !== 'measured')
}

/** The least that a p99 can be, when it is not known because too many requests never ended. */
function atLeast(cell: Cell): string | null {
  const least = shownMs(cell, 'p99') === null ? atLeastMs(cell, 'p99') : null
  return least === null ? null : `≥ ${formatNumber(least)}`
}

function number(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatNumber(value)
}

/** Requests that failed, whatever way. */
function errorsOf({ requests }: Cell): string {
  return requests ? formatNumber(requests.wrong + requests.errors + requests.timeouts + requests.lost) : '–'
}

/** `valid: target-cpu`, or why it was not measured. */
function verdictOf({ verdict, outcome, outcomeReason }: Cell): string {
  const word = verdict?.status ?? outcomeWord(outcome)
  const why = verdict?.limitedBy ?? outcomeReason
  return md([why?.startsWith(word) ? null : word, why].filter(Boolean).join(': '))
}

function intervalOf(estimate: Estimate | null): string {
  return (estimate && formatInterval(estimate)) ?? '–'
}

function board(view: View, scenario: ScenarioResult, cells: readonly Cell[]): string {
  const grouping = groupingOf(view, scenario.id, scenario.mainLoad)
  const lettersIn = (cell: Cell) => (grouping ? lettersOf(grouping, cell.id) : '')
  const [first] = cells
  const figures =
    first && kindOf(first.load).unit === 'task'
      ? {
          heads: ['Tasks:', 'Wall s:', 'CPU ms/task:'],
          of: (cell: Cell) => [
            number('tasks' in cell.load ? cell.load.tasks : null),
            number(typicalOf(cell, 'wallSeconds')),
            number(typicalOf(cell, 'cpuMsPerRequest')),
          ],
        }
      : {
          heads: ['Throughput /s:', '95 %:', 'p50 ms:', 'p99 ms:', 'Errors:', 'CPU ms/request:'],
          of: (cell: Cell) => [
            number(typicalOf(cell, 'throughput')),
            intervalOf(figureOf(cell, 'throughput')),
            number(shownMs(cell, 'p50')),
            atLeast(cell) ?? number(shownMs(cell, 'p99')),
            errorsOf(cell),
            number(typicalOf(cell, 'cpuMsPerRequest')),
          ],
        }
  const withRoles = cells.some((cell) => !view.subjectOf(cell.entry).competes)
  return mdTable(
    ['Group', 'Target', ...(withRoles ? ['Role'] : []), ...figures.heads, 'Memory:', 'Verdict'],
    cells.map((cell) => [
      lettersIn(cell) || '–',
      md(labelOf(view.subjectOf(cell.entry).target, cell.variant)),
      ...(withRoles ? [md(roleOf(view, cell))] : []),
      ...figures.of(cell),
      cell.target.memoryPeakBytes === null ? '–' : formatBytes(cell.target.memoryPeakBytes),
      verdictOf(cell),
    ]),
  )
}

/** The role of a cell: `contender`, `as published`, `experiment`, or the libraries for which it stands in. */
function roleOf(view: View, { entry }: Cell): string {
  const { role, standIn } = view.entries.get(entry) ?? {}
  return (
    [standIn ? `stand-in for ${standIn.for.join(', ')}` : '', roleWords({ role })].filter(Boolean).join(', ') ||
    'contender'
  )
}

function claims(all: readonly ClaimResult[]): string {
  if (all.length === 0) return ''
  const rows = all.flatMap((claim) => [
    ...claim.comparisons.map(({ statement, published, measured, conclusion, why }) => [
      md(claim.title),
      md(statement),
      formatFactor(published),
      measured
        ? `${formatFactor(measured.median)}${formatInterval(measured) ? ` (${formatInterval(measured)})` : ''}`
        : '–',
      `**${conclusion}**: ${md(why)}`,
    ]),
    ...claim.statements.map(({ says, conclusion, why }) => [
      md(claim.title),
      md(says),
      '–',
      '–',
      `**${conclusion}**: ${md(why)}`,
    ]),
  ])
  return `## Claims\n\n${mdTable(['Source', 'Says', 'Published:', 'Measured:', 'Conclusion'], rows)}`
}

function warnings({ warnings: all }: Results): string {
  return all.length === 0
    ? ''
    : `## Warnings\n\n${all.map(({ what, where, why, todo }) => `- **${md(what)}** (${md(where)}): ${md(why)}${todo ? ` → ${md(todo)}` : ''}`).join('\n')}`
}

function failures(view: View): string {
  const lines = view.results.entries.flatMap((entry): string[] => {
    const name = md(`${entry.scenario}: ${view.subjectOf(entry.id).label}`)
    const end = howItEnded(entry.outcome)
    const never = entry.neverRun ? `; never run: ${md(entry.neverRun)}` : ''
    return end === null ? [] : [`- **${name}** ${end}${never}`]
  })
  return lines.length === 0 ? '' : `## Without figures\n\n${lines.join('\n')}`
}

/** The words for how an entry ended; null when it was measured. */
function howItEnded(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'measured':
      return null
    case 'failed':
      return `failed at ${outcome.stage}: ${md(outcome.error.message)}${outcome.error.hint ? ` → ${md(outcome.error.hint)}` : ''}`
    case 'unsupported':
      return `unsupported: ${md(outcome.reason)}`
    case 'aborted':
      return `not measured: ${md(outcome.reason)}`
  }
}

function again({ run, host, engine }: Results): string {
  const machine = [
    host.cpuModel ?? 'unknown processor',
    `${host.cpus.length} CPUs`,
    host.memoryBytes === null ? null : formatBytes(host.memoryBytes),
    host.kernel,
    `${engine.name} ${engine.version}`,
  ]
  return `Measured on ${md(machine.filter(Boolean).join(', '))}, with seed ${run.seed}, in windows of ${formatNumber(run.windowMs / 1000)} s${run.repetitions ? `, with ${formatRepetitions(run.repetitions)} repetitions` : ''}. To repeat it: ${mdCode(run.command)}`
}
