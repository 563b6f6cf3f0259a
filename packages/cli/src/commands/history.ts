import { join } from 'node:path'
import { historyOf, type RunSummary } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { historyLines, renderHistory } from '@bakeoff/report'
import { Option } from 'commander'
import type { Invocation } from '../invocation.js'
import { readSummaries } from '../run-summaries.js'
import { widthOf } from '../width.js'
import { fileLink, HISTORY_PAGE, writeIndex, writePage } from '../write-report.js'
import { type AddCommand, withOptions } from './shared/command.js'
import { jsonOption, toJson } from './shared/json.js'
import { scenario, target } from './shared/selection.js'
import { orAll, positiveInteger } from './shared/values.js'

interface HistoryFlags {
  readonly scenario?: readonly string[]
  readonly target?: readonly string[]
  readonly last?: number
  readonly json?: boolean
}

export const addHistory: AddCommand = (program, invocation) =>
  withOptions(program.command('history'), [
    scenario,
    target,
    new Option('--last <n>', 'the newest n runs of each series alone').argParser(positiveInteger),
    jsonOption('the history'),
  ])
    .description('show every figure run by run, and the runs from which on it changed')
    .action((flags: HistoryFlags) => history(invocation, flags))

/** Prints the history of the runs of the folder of reports, each series of runs under the same conditions by itself, and writes its page. */
export async function history(
  { project, terminal }: Pick<Invocation, 'project' | 'terminal'>,
  flags: HistoryFlags,
): Promise<void> {
  const { runs, leftOut } = await readSummaries(project.reports)
  if (runs.length === 0)
    throw new BakeoffError('BAD_RESULTS', `there is no run in ${project.reports} yet`, {
      hint: `Make one: npm run matrix -- --quick${leftOut.length > 0 ? `. Left out: ${leftOut.map(({ name, why }) => `${name} (${why})`).join('; ')}` : ''}`,
    })
  const found = historyOf(selected(runs, flags), { last: flags.last ?? null, leftOut })
  const page = join(project.reports, HISTORY_PAGE)
  writePage(page, renderHistory(found))
  writeIndex(project.reports) // it links the page
  terminal.print(flags.json ? toJson(found) : historyLines(found, widthOf).join('\n'))
  const tell = flags.json ? terminal.say : terminal.print // with --json standard output has the history alone
  tell(`\nHistory: ${fileLink(page)}`)
}

/** The runs with the cells that were asked for. @throws BakeoffError BAD_SPEC when no run has any of them */
function selected(runs: readonly RunSummary[], flags: HistoryFlags): RunSummary[] {
  const [scenarios, targets] = [orAll(flags.scenario), orAll(flags.target)]
  const narrowed = runs
    .map((run) => ({
      ...run,
      cells: run.cells.filter(
        (cell) =>
          (scenarios?.includes(cell.scenario) ?? true) &&
          (targets?.some((name) => name === cell.target || name === `${cell.target}/${cell.variant}`) ?? true),
      ),
    }))
    .filter(({ cells }) => cells.length > 0)
  if (narrowed.length > 0) return narrowed
  const all = (of: (cell: RunSummary['cells'][number]) => string) =>
    [...new Set(runs.flatMap(({ cells }) => cells.map(of)))].sort().join(', ')
  throw new BakeoffError(
    'BAD_SPEC',
    `no run has a cell of ${[...(scenarios ?? []), ...(targets ?? [])].join(' and ')}`,
    {
      hint: `Scenarios: ${all((cell) => cell.scenario)}. Targets: ${all((cell) => cell.target)}`,
    },
  )
}
