import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Calibration, Plan, RepetitionRecord } from '@bakeoff/model'
import { calibrationKey } from '@bakeoff/model'
import { sampleClaims } from '../../../core/test/fixtures-claims.js'
import { type SampleOptions, sampleRun } from '../../../core/test/fixtures-results.js'
import { RunFolder, type RunFolderOptions } from '../../src/run-folder.js'

export interface RunOnDisk {
  readonly folder: RunFolder
  readonly plan: Plan
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
}

/** A folder of reports with nothing in it. */
export function emptyReports(): string {
  return mkdtempSync(join(tmpdir(), 'bakeoff-reports-'))
}

/** A complete run as the runner writes one: two targets, two repetitions, nothing failed; by default. */
export async function aRunOnDisk(
  reports: string,
  sample: SampleOptions = {},
  options: RunFolderOptions = {},
): Promise<RunOnDisk> {
  const made = sampleRun({ targets: 2, repetitions: 2, scenarios: ['predict'], failing: 'none', ...sample })
  const folder = RunFolder.create(reports, made.plan.runId, options)
  const plan: Plan = { ...made.plan, runId: folder.runId }
  const records = made.records.map((run) => ({ ...run, runId: plan.runId }))
  const calibrations = plan.blocks.map((block) => aCanary(plan, block.id))
  const at = plan.createdAt
  await folder.own()
  await folder.writePlan(JSON.stringify(plan))
  const targets = plan.entries.map(({ target }) => [target, { dockerfile: `FROM ${target}`, yaml: 'language: go' }])
  const base = { id: 'sha256:base', origin: 'debian' }
  folder.write('context.json', JSON.stringify({ base, targets: Object.fromEntries(targets), claims: sampleClaims }))
  const { length: entries } = plan.entries
  folder.event({ kind: 'run-started', at, runId: plan.runId, entries, blocks: plan.blocks.length, estimateMs: 1000 })
  for (const block of plan.blocks) {
    const known = calibrations.slice(0, plan.blocks.indexOf(block) + 1)
    folder.event({ kind: 'calibrated', at, calibration: known.at(-1) as Calibration })
    await folder.writeCalibration(JSON.stringify(known))
    for (const run of records.filter(({ block: id }) => id === block.id)) {
      await folder.writeRecord(run)
      const { entry, repetition, outcome } = run
      folder.event({
        ...{ kind: 'repetition', at, entry, block: block.id, repetition, outcome: outcome.kind },
        ...{ message: null, figures: [], leftMs: 0 },
      })
    }
  }
  folder.event({ kind: 'run-ended', at, status: 'complete', reason: null })
  folder.close()
  return { folder, plan, records, calibrations }
}

function aCanary(plan: Plan, block: string): Calibration {
  const { scenario } = plan.blocks.find(({ id }) => id === block)!
  const { cores } = plan.scenarios.find(({ id }) => id === scenario)!
  return {
    key: calibrationKey(cores.agent, cores.target),
    scenario,
    block,
    connections: 64,
    throughput: 50_000,
    p50Us: 300,
    agentCores: cores.agent.length,
    eventLoopUtilisation: 0.99,
    windows: [],
  }
}
