import type { RunFolder } from './run-folder.js'
import { rebuildReport, writeIndex } from './write-report.js'

/**
 * Writes the end of a run that the process leaves in the middle, and the report of what was measured by then. For a run that
 * has ended already it only writes the report.
 */
export function writeEnd(reports: string, run: RunFolder, signal: AbortSignal): void {
  if (run.readEvents().at(-1)?.kind !== 'run-ended') {
    const reason = signal.reason instanceof Error ? signal.reason.message : 'stopped'
    run.event({ kind: 'run-ended', at: new Date().toISOString(), status: 'aborted', reason })
  }
  rebuildReport(run)
  writeIndex(reports)
}
