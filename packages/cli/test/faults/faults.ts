import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@bakeoff/core'
import type { EngineMode } from './engine-proxy.js'
import type { Ending } from './judge.js'
import type { Lane } from './lane.js'
import { type MomentName, withClock } from './moments.js'
import { fullReports, type PlayedFault, powerLoss, sameSecond, secondRun } from './played.js'
import type { Program, ProgramOptions } from './program.js'

export interface Strike {
  readonly lane: Lane
  readonly program: Program
  readonly random: Random
}

/** A row of the table: what is done to a run, when, and what must hold after it. */
export interface Fault {
  readonly name: string
  /** what is measured meanwhile */
  readonly scenario: 'plain' | 'served' | 'balanced'
  /** `fresh`: one run that comes by all moments; `halfway`: for each moment a run with a repetition behind it */
  readonly from: 'fresh' | 'halfway'
  readonly moments: readonly MomentName[]
  /** those of `npm test` without --all */
  readonly fast?: readonly MomentName[]
  readonly through?: ProgramOptions['through']
  readonly options?: readonly string[]
  environment?(lane: Lane): Record<string, string>
  inflict(strike: Strike): Promise<void>
  /** after its end, before anything is looked at */
  recover?(strike: Strike): Promise<void>
  /** the program does not end by it */
  readonly goesOn?: boolean
  /** nobody is left that could remove it at once */
  readonly leavesUntilNextStart?: boolean
  /** how the command may end that the fault met */
  ending(moment: MomentName): Ending
  /** how the run must end that was gone on with */
  readonly whole: Ending
  /** why it cannot be inflicted on this machine; null: it can */
  untriable?(): string | null
}

const COMPLETE: Ending = { exits: [0], statuses: ['complete'] }
const ALL: readonly MomentName[] = [
  'bootstrap',
  'opening the session',
  'build',
  'calibration',
  'start',
  'verify',
  'warm-up',
  'window',
  'later load',
  'run-out',
  'write',
  'report',
]
/** Before these nothing listens to signals, and nothing has begun. */
const EARLY: readonly MomentName[] = ['bootstrap']
/** By then all is measured. */
const LATE: readonly MomentName[] = ['between repetitions', 'report', 'page']

/** A signal that asks: what was measured is kept, reported, and said. */
function asked(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): (moment: MomentName) => Ending {
  return (moment) => {
    if (EARLY.includes(moment)) return { exits: [130, signal], statuses: ['aborted'] }
    if (LATE.includes(moment)) return { exits: [130, 0], statuses: ['complete', 'aborted'] }
    const says = [new RegExp(`${signal}: stopping`), ...(moment === 'opening the session' ? [] : [/--resume/])]
    return { exits: [130], says, statuses: ['aborted'] }
  }
}

/** A signal that asks nobody. */
function killed(signal: string): (moment: MomentName) => Ending {
  return (moment) => ({ exits: [signal], statuses: LATE.includes(moment) ? ['complete', 'aborted'] : ['aborted'] })
}

const signalled = (name: string, signal: NodeJS.Signals, ending: Fault['ending']): Fault => ({
  name: `orchestrator: ${name}`,
  scenario: 'plain',
  from: 'fresh',
  moments: ALL,
  inflict: async ({ program }) => program.signal(signal),
  ending,
  whole: COMPLETE,
})

/** Moments of a run that has its last repetition before it. */
const atItsEnd = (fault: Fault): Fault => ({
  ...fault,
  from: 'halfway',
  moments: ['between repetitions', 'report', 'page'],
})

/** The engine is seen so for a while, or until the run has ended. */
const engine = (
  name: string,
  mode: EngineMode,
  forMs: number | null,
  moments: readonly MomentName[],
  ending: Ending,
): Fault => ({
  name: `engine: ${name}`,
  scenario: 'plain',
  from: 'halfway',
  moments,
  inflict: async ({ lane }) => {
    await lane.engine.become(mode)
    if (forMs === null) return
    await sleep(forMs)
    await lane.engine.become('fine')
  },
  recover: ({ lane }) => lane.engine.become('fine'),
  ending: () => ending,
  whole: COMPLETE,
})

const LOST: Ending = { exits: [3], says: [/engine/, /--resume/], statuses: ['aborted'] }
const LOST_OR_NOT: Ending = { exits: [0, 3], statuses: ['aborted', 'complete'] }

const container = (
  scenario: Fault['scenario'],
  role: string,
  how: 'killed' | 'paused',
  moments: readonly MomentName[],
  ending: Ending,
  whole: Ending = COMPLETE,
): Fault => ({
  name: `${role}: ${how}`,
  scenario,
  from: 'halfway',
  moments,
  inflict: async ({ lane }) => {
    const one = lane.docker.getContainer(await lane.container(role))
    await (how === 'killed' ? one.kill() : one.pause())
  },
  ending: () => ending,
  whole,
})

/** The target's own failure: the repetition is recorded so, and is not tried again. */
const FAILED: Ending = {
  exits: [1],
  says: [/truth/],
  statuses: ['complete'],
  fails: /TARGET_DIED|NOT_READY|START_FAILED/,
}
const FAILED_BEFORE: Ending = { ...FAILED, says: [] }
/** The surroundings failed: the repetition is run again. */
const RETRIED: Ending = { exits: [0], statuses: ['complete'] }

const pipes = (name: string, streams: readonly ('stdout' | 'stderr')[]): Fault => ({
  name: `pipes: ${name} closed`,
  scenario: 'plain',
  from: 'halfway',
  moments: ['window', 'between repetitions'],
  inflict: async ({ program }) => {
    for (const stream of streams) program.closePipe(stream)
  },
  ending: () => ({ exits: [0, 130, 141], statuses: ['complete', 'aborted'] }),
  whole: COMPLETE,
})

const clock = (name: string, hours: number): Fault => {
  const file = (lane: Lane) => join(lane.folder, 'clock')
  return {
    name: `clock: ${name}`,
    scenario: 'plain',
    from: 'fresh',
    moments: ['warm-up', 'between repetitions'],
    goesOn: true,
    environment: (lane) => withClock(file(lane)),
    inflict: async ({ lane, random }) => writeFileSync(file(lane), String(hours * 3_600_000 + random.int(1000))),
    ending: () => COMPLETE,
    whole: COMPLETE,
  }
}

export const faults: readonly Fault[] = [
  { ...signalled('SIGINT', 'SIGINT', asked('SIGINT')), fast: ['window'] },
  atItsEnd(signalled('SIGINT', 'SIGINT', asked('SIGINT'))),
  signalled('SIGTERM', 'SIGTERM', asked('SIGTERM')),
  signalled('SIGHUP', 'SIGHUP', asked('SIGHUP')),
  { ...signalled('SIGKILL', 'SIGKILL', killed('SIGKILL')), fast: ['write'] },
  atItsEnd(signalled('SIGKILL', 'SIGKILL', killed('SIGKILL'))),
  { ...signalled('SIGQUIT', 'SIGQUIT', killed('SIGQUIT')), moments: ['bootstrap', 'calibration', 'window', 'write'] },
  {
    ...signalled('SIGSTOP, SIGCONT after 2 s', 'SIGSTOP', () => COMPLETE),
    goesOn: true,
    inflict: async ({ program }) => {
      program.signal('SIGSTOP')
      await sleep(2000)
      program.signal('SIGCONT')
    },
  },
  {
    ...signalled('SIGINT twice', 'SIGINT', () => ({ exits: [130], statuses: ['aborted'] })),
    from: 'halfway',
    moments: ['start', 'window'],
    inflict: async ({ program, random }) => {
      program.signal('SIGINT')
      await sleep(random.int(40))
      if (!program.isOver) program.signal('SIGINT')
    },
  },
  {
    ...signalled('npm, sh and node: SIGKILL', 'SIGKILL', killed('SIGKILL')),
    through: 'npm',
    moments: ['bootstrap', 'build', 'start', 'window'],
    inflict: async ({ program }) => program.signalGroup('SIGKILL'),
  },
  {
    ...signalled('npm, sh and node: SIGINT, as Ctrl-C', 'SIGINT', (moment) => ({
      ...asked('SIGINT')(moment),
      exits: [130, 'SIGINT'],
    })),
    through: 'npm',
    moments: ['bootstrap', 'calibration', 'run-out'],
    inflict: async ({ program }) => program.signalGroup('SIGINT'),
  },
  {
    ...signalled('and its watchdog: SIGKILL', 'SIGKILL', killed('SIGKILL')),
    from: 'halfway',
    moments: ['start', 'warm-up', 'run-out'],
    leavesUntilNextStart: true,
    inflict: async ({ program }) => {
      const { watchdogs } = program.pids()
      if (watchdogs.length === 0) throw new Error('it has no watchdog')
      for (const pid of watchdogs) process.kill(pid, 'SIGKILL')
      program.signal('SIGKILL')
    },
  },

  { ...engine('gone', 'gone', null, ['opening the session', 'start', 'window'], LOST), fast: ['window'] },
  engine('gone and back after 1.5 s', 'gone', 1500, ['verify', 'window'], LOST_OR_NOT),
  engine('frozen', 'frozen', null, ['start', 'window'], LOST),
  engine('frozen for 3 s', 'frozen', 3000, ['start', 'window'], LOST_OR_NOT),
  {
    ...engine('restarted, its containers dead', 'gone', null, ['warm-up', 'window'], LOST_OR_NOT),
    inflict: async ({ lane }) => {
      await lane.engine.become('gone')
      const label = [`bakeoff.session=${lane.holder()?.session}`]
      for (const { Id } of await lane.docker.listContainers({ filters: { label } }))
        await lane.docker
          .getContainer(Id)
          .kill()
          .catch(() => undefined)
      await lane.engine.become('fine')
    },
  },
  engine('disk full at create', 'full-at-create', null, ['opening the session'], {
    exits: [3],
    says: [/disk is full|no space left/, /--resume/],
    statuses: ['aborted', 'partial', 'complete'],
  }),
  {
    ...engine('disk full at build', 'full-at-build', null, ['opening the session'], {
      exits: [3],
      says: [/disk is full|no space left/, /--resume/],
      statuses: ['aborted', 'partial'],
    }),
    from: 'fresh',
  },
  { ...engine('slow, 250 ms an answer', 'slow', null, ['opening the session'], LOST_OR_NOT), ending: () => COMPLETE },
  engine('answers 500 for 3 s', 'failing', 3000, ['start', 'window'], LOST_OR_NOT),

  { ...container('plain', 'agent', 'killed', ['verify', 'warm-up', 'window'], RETRIED), fast: ['window'] },
  container('plain', 'agent', 'paused', ['warm-up', 'window'], RETRIED),
  {
    ...container('plain', 'agent', 'paused', ['window'], RETRIED),
    name: 'agent: its processes stopped',
    inflict: async ({ lane }) => {
      const { Processes } = await lane.docker.getContainer(await lane.container('agent')).top({ ps_args: '-eo pid' })
      for (const [pid] of Processes as string[][]) process.kill(Number(pid), 'SIGSTOP')
    },
    untriable: () =>
      process.platform === 'linux' && process.getuid?.() === 0 ? null : 'stopping processes of containers needs root',
  },
  {
    ...container('plain', 'target', 'killed', ['verify', 'warm-up', 'window', 'run-out'], FAILED, FAILED_BEFORE),
    fast: ['window'],
  },
  container('plain', 'target', 'paused', ['warm-up', 'window'], FAILED, FAILED_BEFORE),
  { ...container('served', 'store', 'killed', ['verify', 'warm-up', 'window', 'run-out'], RETRIED), fast: ['window'] },
  container('served', 'store', 'paused', ['verify', 'window'], RETRIED),
  container('balanced', 'proxy', 'killed', ['verify', 'window'], FAILED, FAILED_BEFORE),
  container('balanced', 'proxy', 'paused', ['window'], FAILED, FAILED_BEFORE),
  container('balanced', 'target-1', 'killed', ['window'], FAILED, FAILED_BEFORE),

  pipes('stdout', ['stdout']),
  { ...pipes('stderr', ['stderr']), fast: ['window'] },
  pipes('stdout and stderr', ['stdout', 'stderr']),

  { ...clock('+2 h', 2) },
  { ...clock('−2 h', -2) },
]

export const playedFaults: readonly PlayedFault[] = [powerLoss, fullReports, secondRun, sameSecond]
