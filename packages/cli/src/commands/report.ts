import { join } from 'node:path'
import type { OwnerState } from '@bakeoff/containers'
import { BakeoffError, type Results } from '@bakeoff/model'
import { Option } from 'commander'
import { exitCodes } from '../exit.js'
import { type Gate, openGate, passesGate, refuseOtherSetting } from '../gating.js'
import type { Invocation } from '../invocation.js'
import { newestRun } from '../own-runs.js'
import { findRun, RunFolder } from '../run-folder.js'
import { writerOf } from '../run-owner.js'
import type { Terminal } from '../terminal.js'
import {
  drawResults,
  fileLink,
  hasEnded,
  readResults,
  rebuildReport,
  tellDamage,
  type Unended,
  writeIndex,
} from '../write-report.js'
import { compare } from './compare.js'
import { type AddCommand, withOptions } from './shared/command.js'
import { type GateFlags, gateOptions } from './shared/gate.js'
import { pageAddress } from './shared/values.js'

const addressOption = new Option(
  '--address <url>',
  'where the page will be on the web: the picture that is shown with a link to it needs a whole address',
).argParser(pageAddress)

export const addReport: AddCommand = (program, invocation) =>
  withOptions(program.command('report'), [...gateOptions, addressOption])
    .description('rebuild the report of a run, without measuring')
    .argument('[run...]', 'the folder or id of the run, default the newest; or `compare A B`')
    .action(
      async (runs: string[], { failOn, baseline = [], address = null }: GateFlags & { address?: string | null }) => {
        if (runs[0] === 'compare') return compare(invocation, runs.slice(1), null)
        const { reports } = invocation.project
        if (address !== null && runs.length > 1)
          throw new BakeoffError('BAD_SPEC', `${address} is the address of one page, not of ${runs.length}`, {
            hint: 'Rebuild each report by itself: npm run report -- RUN --address ADDRESS',
          })
        let passed = true
        for (const run of runs.length > 0 ? runs : [null]) {
          const against = failOn === undefined || baseline.length > 0 ? null : againstIn(reports, run)
          const gate = await openGate(reports, failOn, { baseline, against })
          passed = (await report(invocation, run, gate, address)) && passed
        }
        invocation.leave(passed ? exitCodes.fine : exitCodes.failed)
      },
    )

/** The commit that a run was compared with; null: none. */
function againstIn(reports: string, wanted: string | null): string | null {
  const folder = openRun(reports, wanted)
  const { against } = folder.isWhole ? folder.readPlan() : readResults(reports, folder.path).results
  return against?.ref ?? null
}

function openRun(reports: string, wanted: string | null): RunFolder {
  return RunFolder.open(wanted === null ? newestRun(reports) : findRun(reports, wanted))
}

/**
 * Rebuilds the report of a run, by default the newest, from its repetitions or, where only that was kept, from results.json.
 * False when the run breaks a rule of the gate.
 */
export async function report(
  { project, terminal }: Pick<Invocation, 'project' | 'terminal'>,
  wanted: string | null,
  gate: Gate | null,
  address: string | null = null,
): Promise<boolean> {
  const folder = openRun(project.reports, wanted)
  const results = folder.isWhole
    ? await rebuild(folder, terminal, address)
    : drawResults(folder, readResults(project.reports, folder.path).results, address)
  writeIndex(project.reports)
  terminal.print(`Report: ${fileLink(join(folder.path, 'index.html'))}`)
  refuseOtherSetting(gate, results)
  return gate === null || passesGate(results, gate, terminal)
}

const UNENDED: Readonly<Record<OwnerState, Unended>> = { alive: 'running', dead: 'aborted', elsewhere: 'elsewhere' }

async function rebuild(folder: RunFolder, terminal: Terminal, address: string | null): Promise<Results> {
  const { results, damage } = rebuildReport(folder, UNENDED[await writerOf(folder.path)], address)
  const isRunning = results.run.status === 'running'
  // The run may have ended while this report was drawn: an older report must not replace the final one.
  if (isRunning && (hasEnded(folder.readEvents()) || (await writerOf(folder.path)) !== 'alive'))
    return rebuild(folder, terminal, address)
  tellDamage(damage, terminal)
  if (isRunning) terminal.say(`Run ${results.run.id} is still running: the report shows what is on disk by now.`)
  return results
}
