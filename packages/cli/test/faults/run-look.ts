import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Results, results as resultsSchema } from '@bakeoff/model'
import { type Ending, type Evidence, type Finding, type Folder, judgeEnd, judgeLoss, judgeWhole } from './judge.js'
import { type Lane, recordOf } from './lane.js'
import type { End, Program } from './program.js'

/** A run takes half a minute here, and much longer when several go on at once. */
const QUIET_MS = 150_000

export const NOTHING: Evidence = { plan: null, measured: new Map() }

/** What is measured by now and must be there for ever; what was seen before stays as it was then. */
export function evidenceOf(lane: Lane, run: string | null, before: Evidence = NOTHING): Evidence {
  if (run === null) return before
  const measured = [...lane.records(run)].filter(([, text]) => recordOf(text)?.outcome.kind === 'measured')
  return { plan: before.plan ?? planOf(lane, run), measured: new Map([...measured, ...before.measured]) }
}

export function folderOf(lane: Lane, run: string | null, results: Results | null): Folder {
  if (run === null) return { plan: null, records: new Map(), results }
  return { plan: planOf(lane, run), records: lane.records(run), results }
}

/** The report is made anew from the files, which must always be possible. */
export async function reportAgain(lane: Lane, run: string): Promise<{ results: Results | null; findings: Finding[] }> {
  // Ended before it had anything to report.
  if (!lane.has(run, 'context.json') && lane.records(run).size === 0) return { results: null, findings: [] }
  const findings = judgeEnd(await lane.run('report', run), { exits: [0], statuses: [] })
  return { results: findings.length > 0 ? null : resultsOf(lane, run), findings }
}

export function resultsOf(lane: Lane, run: string): Results {
  return resultsSchema.parse(JSON.parse(readFileSync(join(lane.reports, run, 'results.json'), 'utf8')))
}

/** Null: it does not end, and has said nothing for a long time. A slow machine only makes it say things later. */
export async function endOf(program: Program): Promise<End | null> {
  for (let said = -1; said < program.stderr.length; ) {
    said = program.stderr.length
    const end = await Promise.race([program.ended, sleep(QUIET_MS, null, { ref: false })])
    if (end !== null) return end
  }
  return null
}

export function stuck(program: Program): Finding {
  return {
    kind: 'stuck',
    text: `it does not end, and was quiet for ${QUIET_MS / 1000} s; it said: ${program.stderr.slice(-400)}`,
  }
}

/** Waits for the end of a run that was gone on with, and looks at all of it. */
export async function judgeToTheEnd(
  lane: Lane,
  program: Program,
  before: Evidence,
  whole: Ending,
  recover: () => Promise<void> | undefined = async () => undefined,
): Promise<Finding[]> {
  const end = await endOf(program)
  if (end === null) return [stuck(program)]
  await recover()
  const processes = await lane.settle(program)
  const behind = [
    ...(await lane.onEngine()),
    ...lane.onDisk('and is held'),
    ...processes.map((pid) => `process ${pid}`),
  ]
  const findings: Finding[] = behind.map((text) => ({ kind: 'left', text: `at the end: ${text}` }))
  const [run] = lane.runs()
  if (run === undefined)
    return [...findings, ...judgeEnd(end, whole), { kind: 'stuck', text: 'there is no run at the end' }]
  for (const file of ['results.json', 'index.html', 'summary.md', 'results.csv'])
    if (!lane.has(run, file)) findings.push({ kind: 'stuck', text: `at the end there is no ${file}` })
  const folder = folderOf(lane, run, lane.has(run, 'results.json') ? resultsOf(lane, run) : null)
  return [...findings, ...judgeLoss(before, folder), ...judgeWhole(folder, end, whole)]
}

function planOf(lane: Lane, run: string): string {
  return readFileSync(join(lane.reports, run, 'plan.json'), 'utf8')
}
