import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@bakeoff/core'
import { type Ending, type Finding, judgeEnd, judgeFolder, judgeLoss } from './judge.js'
import type { Lane } from './lane.js'
import { moments } from './moments.js'
import type { Program } from './program.js'
import { endOf, evidenceOf, folderOf, judgeToTheEnd, resultsOf, stuck } from './run-look.js'

/** A fault that is no single blow to a single run: it has a course of its own. */
export interface PlayedFault {
  readonly name: string
  readonly moments: readonly string[]
  readonly fast?: readonly string[]
  /** what there is in the reports before: nothing, a run with one repetition behind it, or one that is complete */
  readonly prepared: null | 'halfway' | 'finished'
  play(stage: Stage): Promise<Finding[]>
  untriable?(): string | null
}

export interface Stage {
  readonly lane: Lane
  readonly moment: string
  readonly random: Random
  /** what `--target` takes */
  readonly target: string
  /** another lane of the same project: it has locks of its own */
  readonly other: () => Promise<Lane>
  /** the folder of the prepared run, to be copied from */
  readonly prepared: string
}

const COMPLETE: Ending = { exits: [0], statuses: ['complete'] }

/** Files whose loss costs only itself, and the one without which a run cannot be read. */
const MAY_BREAK = [
  'context.json',
  'calibration.json',
  'events.ndjson',
  'runs/1',
  'runs/2',
  'results.json',
  'index.html',
  'summary.md',
]
const NEEDED = ['plan.json']

/**
 * What a power cut leaves of files that were never flushed. The report must say what is damaged, and a resumed run must
 * measure just that again.
 */
export const powerLoss: PlayedFault = {
  name: 'power loss: a file of a run cut off',
  moments: [...NEEDED, ...MAY_BREAK, ...MAY_BREAK.slice(0, 5), 'all but the plan'],
  fast: ['events.ndjson'],
  prepared: 'finished',
  async play({ lane, moment, random }) {
    const run = lane.runs()[0] as string
    const whole = evidenceOf(lane, run)
    const cut = moment.startsWith('all')
      ? filesOf(lane, run).filter((file) => !NEEDED.includes(file))
      : [fileOf(lane, run, moment)]
    for (const file of cut) {
      const path = join(lane.reports, run, file)
      truncateSync(path, random.int(statSync(path).size))
    }
    const before = {
      plan: cut.includes('plan.json') ? null : whole.plan,
      measured: new Map([...whole.measured].filter(([name]) => !cut.includes(`runs/${name}`))),
    }
    if (NEEDED.includes(moment)) return unreadable(lane, run, moment, before)
    const report = await lane.run('report', run)
    const findings = judgeEnd(report, { exits: [0], statuses: [] })
    if (/^(runs|context)/.test(moment) && !report.stderr.includes(cut[0] as string))
      findings.push({ kind: 'unsaid', text: `the report does not name ${cut[0]}: ${report.stderr}` })
    if (report.how === 0) {
      const folder = folderOf(lane, run, resultsOf(lane, run))
      findings.push(...judgeLoss(before, folder))
      // Of a file that was cut off nobody can say that it is measured.
      const readable = new Map([...folder.records].filter(([name]) => !cut.includes(`runs/${name}`)))
      findings.push(
        ...judgeFolder({ ...folder, records: readable }, { exits: [], statuses: ['complete', 'partial', 'aborted'] }),
      )
    }
    return [...findings, ...(await judgeToTheEnd(lane, lane.start(['matrix', '--resume', run]), before, COMPLETE))]
  },
}

/** Without its plan a run cannot be read: both commands say so, and change nothing. */
async function unreadable(
  lane: Lane,
  run: string,
  file: string,
  before: ReturnType<typeof evidenceOf>,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const args of [
    ['report', run],
    ['matrix', '--resume', run],
  ]) {
    const end = await lane.run(...args)
    if (args[0] === 'matrix' && end.how === 0) return [...findings, ...judgeLoss(before, folderOf(lane, run, null))] // it could be made again
    findings.push(...judgeEnd(end, { exits: [2], says: [new RegExp(file.replace('.', '\\.'))], statuses: [] }))
  }
  const folder =
    file === 'plan.json' ? { plan: null, records: lane.records(run), results: null } : folderOf(lane, run, null)
  return [...findings, ...judgeLoss(before, folder)]
}

/** The file system of the reports is full: so many KiB are free when the run goes on. */
export const fullReports: PlayedFault = {
  name: 'reports: disk full',
  moments: ['4 KiB free', '16 KiB free', '40 KiB free', '100 KiB free'],
  fast: ['16 KiB free'],
  prepared: null,
  untriable: () => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return 'mounting a small file system needs root on Linux'
    return null
  },
  async play({ lane, moment, prepared }) {
    const room = (KiB: number | null) => (KiB === null ? 'size=64m' : `size=${KiB}k`)
    const mount = (options: string) =>
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', lane.reports], { stdio: 'pipe' })
    mount(room(null))
    lane.onClose(() => execFileSync('umount', ['--lazy', lane.reports]))
    // What is drawn from the others needs most of the room, and is written anew.
    cpSync(prepared, lane.reports, { recursive: true, filter: (path) => !/\.(html|csv|md)$|results\.json$/.test(path) })
    const used = Number(
      execFileSync('df', ['--block-size=1K', '--output=used', lane.reports], { encoding: 'utf8' }).split('\n')[1],
    )
    execFileSync('mount', ['-o', `remount,${room(used + Number.parseInt(moment, 10))}`, lane.reports])
    const run = lane.runs()[0] as string
    const before = evidenceOf(lane, run)
    const program = lane.start(['matrix', '--resume', run])
    const end = await endOf(program)
    execFileSync('mount', ['-o', `remount,${room(null)}`, lane.reports])
    if (end === null) return [stuck(program)]
    const findings = judgeEnd(end, {
      exits: [3],
      says: [/no space left|disk is full/i, /--resume|npm run report/],
      statuses: [],
    })
    findings.push(...(await leftOn(lane, program)))
    const kept = evidenceOf(lane, run, before)
    return [...findings, ...(await judgeToTheEnd(lane, lane.start(['matrix', '--resume', run]), kept, COMPLETE))]
  },
}

/** A second run must not measure the first: it says who holds the engine, and leaves nothing. */
export const secondRun: PlayedFault = {
  name: 'second run: on the same engine',
  moments: ['window', 'its resumption', 'at once'],
  fast: ['window'],
  prepared: 'halfway',
  async play({ lane, moment, target }) {
    const run = lane.runs()[0] as string
    const before = evidenceOf(lane, run)
    const events = lane.events(run).length
    const first = lane.start(['matrix', '--resume', run])
    const reached = () =>
      moments.window.reached({ events: lane.events(run).slice(events), sinceEventMs: 0, holds: true, inFile: false })
    while (moment !== 'at once' && !reached()) {
      if (first.isOver) return [{ kind: 'stuck', text: `the first run ended: ${first.stderr}` }]
      await sleep(20)
    }
    const second = lane.start(
      moment === 'its resumption' ? ['matrix', '--resume', run] : ['matrix', '--target', target],
    )
    const [one, two] = await Promise.all([endOf(first), endOf(second)])
    if (one === null || two === null) return [stuck(one === null ? first : second)]
    const refused = one.how === 75 ? one : two
    const findings = judgeEnd(refused, {
      exits: [75],
      says: [/another run holds this engine: process \d+/],
      statuses: [],
    })
    const runs = lane.runs()
    if (refused === two && runs.length !== 1)
      findings.push({ kind: 'left', text: `the run that was refused left a folder: ${runs}` })
    if (refused === one) return [...findings, ...(await leftOn(lane, first)), ...(await leftOn(lane, second))] // the other is a run of its own
    return [
      ...findings,
      ...judgeEnd(one, COMPLETE),
      ...(await judgeToTheEnd(lane, lane.start(['matrix', '--resume', run]), before, COMPLETE)),
    ]
  },
}

/** Runs that do not share locks do not see each other. Their files must not mix, nor may one remove what the other uses. */
export const sameSecond: PlayedFault = {
  name: 'second run: other locks, same reports',
  moments: ['in the same second'],
  prepared: null,
  async play({ lane, target, other }) {
    const second = await other()
    await sleep(1000 - (Date.now() % 1000))
    const programs = [
      lane.start(['matrix', '--target', target, '--repetitions', '1']),
      second.start(['matrix', '--target', target, '--repetitions', '1'], { env: { BAKEOFF_REPORTS: lane.reports } }),
    ]
    const ends = await Promise.all(programs.map(endOf))
    const findings: Finding[] = []
    for (const [index, end] of ends.entries())
      findings.push(...(end === null ? [stuck(programs[index] as Program)] : judgeEnd(end, COMPLETE)))
    const runs = lane.runs()
    if (runs.length !== 2) findings.push({ kind: 'lost', text: `two runs left ${runs.length} folder(s): ${runs}` })
    for (const run of runs) {
      const folder = folderOf(lane, run, resultsOf(lane, run))
      findings.push(...judgeFolder(folder, COMPLETE))
      const plan = JSON.parse(folder.plan as string) as { runId: string }
      if (plan.runId !== run) findings.push({ kind: 'wrong', text: `${run} holds the plan of ${plan.runId}` })
    }
    return [
      ...findings,
      ...(await leftOn(lane, programs[0] as Program)),
      ...(await leftOn(second, programs[1] as Program)),
    ]
  },
}

async function leftOn(lane: Lane, program: Program): Promise<Finding[]> {
  const processes = await lane.settle(program)
  const left = [...(await lane.onEngine()), ...processes.map((pid) => `process ${pid}`)]
  return left.map((text) => ({ kind: 'left', text }))
}

function filesOf(lane: Lane, run: string): string[] {
  const folder = join(lane.reports, run)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
}

/** `runs/2` is the second record; any other name is its own. */
function fileOf(lane: Lane, run: string, name: string): string {
  const number = /^runs\/(\d)$/.exec(name)?.[1]
  if (number === undefined) return name
  return `runs/${[...lane.records(run).keys()].sort()[Number(number) - 1]}`
}
