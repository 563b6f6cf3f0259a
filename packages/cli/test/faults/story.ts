import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@bakeoff/core'
import type { Fault } from './faults.js'
import { type Ending, type Evidence, type Finding, judgeEnd, judgeFolder, judgeLoss } from './judge.js'
import type { Lane } from './lane.js'
import { type HeldFile, heldEnvironment, holdInFiles, type MomentName, moments, type View } from './moments.js'
import type { Program } from './program.js'
import { endOf, evidenceOf, folderOf, judgeToTheEnd, NOTHING, reportAgain, stuck } from './run-look.js'
import type { Trial } from './table.js'

/** So long nothing happens before a moment counts as one that never comes. */
const QUIET_MS = 120_000

export interface Story {
  readonly fault: Fault
  /** in the order in which a run comes to them */
  readonly moments: readonly MomentName[]
  /** target and variant to be measured */
  readonly target: string
  readonly random: Random
}

/**
 * Inflicts one fault at several moments of one run: after each the run is looked at, and gone on with until the next. In
 * the end it is finished, and must be whole.
 */
export async function tell(story: Story, lane: Lane): Promise<Trial[]> {
  const teller = new Teller(story, lane)
  const trials: Trial[] = []
  for (const moment of story.moments) trials.push(await teller.inflict(moment))
  const findings = await teller.finish()
  const last = trials.at(-1) as Trial
  return [...trials.slice(0, -1), { ...last, findings: [...last.findings, ...findings] }]
}

class Teller {
  readonly #story: Story
  readonly #lane: Lane
  #program: Program | null = null
  #held: HeldFile[] = []
  #eventsBefore = 0
  #told = { events: 0, atMs: performance.now() }
  #before: Evidence

  constructor(story: Story, lane: Lane) {
    this.#story = story
    this.#lane = lane
    this.#before = evidenceOf(lane, this.#run(), NOTHING)
  }

  async inflict(moment: MomentName): Promise<Trial> {
    const { fault } = this.#story
    const trial = (findings: Finding[], behind: string[] = []): Trial => ({
      fault: fault.name,
      moment,
      untried: null,
      behind,
      findings,
    })
    const program = this.#program ?? this.#start(moment)
    const missed = await this.#reach(moment, program)
    if (missed !== null) {
      this.#program = null
      return trial([{ kind: 'stuck', text: `it never came to this moment: ${missed}` }])
    }
    await sleep(this.#story.random.next() * moments[moment].spreadMs)
    this.#remember()
    const strike = { lane: this.#lane, program, random: this.#story.random }
    await fault.inflict(strike)
    if (fault.goesOn) return trial(judgeLoss(this.#before, folderOf(this.#lane, this.#run(), null)))
    this.#program = null
    const end = await endOf(program)
    await fault.recover?.(strike)
    if (end === null) {
      program.signal('SIGKILL') // or it would be in the way of all that follows
      return trial([stuck(program)])
    }
    const ending = fault.ending(moment)
    const { behind, left } = await this.#leftovers(program)
    const findings = [...judgeEnd(end, ending), ...left, ...(await this.#judgeReport(moment, ending))]
    this.#remember()
    return trial(findings, behind)
  }

  finish(): Promise<Finding[]> {
    const { fault, random } = this.#story
    const program = this.#program ?? this.#start(null)
    return judgeToTheEnd(this.#lane, program, this.#before, fault.whole, () =>
      fault.recover?.({ lane: this.#lane, program, random }),
    )
  }

  #start(moment: MomentName | null): Program {
    const { fault, target, random } = this.#story
    // A program that goes on comes by all the moments that are left.
    const coming = moment === null ? [] : fault.goesOn ? this.#story.moments : [moment]
    this.#held = holdInFiles(coming, this.#lane.folder, random)
    const run = this.#run()
    this.#eventsBefore = run === null ? 0 : this.#lane.events(run).length
    const args = run === null ? ['matrix', '--target', target, ...(fault.options ?? [])] : ['matrix', '--resume', run]
    this.#program = this.#lane.start(args, {
      ...(fault.through ? { through: fault.through } : {}),
      env: { ...fault.environment?.(this.#lane), ...heldEnvironment(this.#held) },
    })
    return this.#program
  }

  #run(): string | null {
    return this.#lane.runs()[0] ?? null
  }

  /** Null: it is there; else why it never will be. */
  async #reach(moment: MomentName, program: Program): Promise<string | null> {
    const startedAtMs = performance.now()
    for (;;) {
      if (moments[moment].reached(this.#view(moment, program))) return null
      if (program.isOver) return `it ended with ${(await program.ended).how}: ${program.stderr.slice(-400)}`
      if (performance.now() > Math.max(startedAtMs, this.#told.atMs) + QUIET_MS)
        return `nothing happened for ${QUIET_MS / 1000} s: ${program.stderr.slice(-400)}`
      await sleep(10)
    }
  }

  /** Only what a moment looks at is looked for: who holds the engine takes a walk over all processes. */
  #view(moment: MomentName, program: Program): View {
    const run = this.#run()
    const holds = () => this.#isHolder(program)
    const inFile = () => this.#held.some((held) => held.moment === moment && held.isReached)
    const events = run === null ? [] : this.#lane.events(run).slice(this.#eventsBefore)
    if (events.length !== this.#told.events) this.#told = { events: events.length, atMs: performance.now() }
    return {
      events,
      sinceEventMs: performance.now() - this.#told.atMs,
      get holds() {
        return holds()
      },
      get inFile() {
        return inFile()
      },
    }
  }

  /** A lock of a run that was killed is not this one's. */
  #isHolder(program: Program): boolean {
    const pid = this.#lane.holder()?.pid
    return pid !== undefined && program.pids().orchestrators.includes(pid)
  }

  async #leftovers(program: Program): Promise<{ behind: string[]; left: Finding[] }> {
    const processes = await this.#lane.settle(program)
    const onEngine = await this.#lane.onEngine()
    const onDisk = this.#lane.onDisk() // the next start takes a dead lock over, and writes the file anew
    const until = this.#story.fault.leavesUntilNextStart === true
    return {
      behind: [...onDisk, ...(until ? onEngine : [])],
      left: [...(until ? [] : onEngine), ...processes.map((pid) => `process ${pid}`)].map((text) => ({
        kind: 'left',
        text,
      })),
    }
  }

  /** A report that was being written is left to the run that goes on: it must not take it for whole. */
  async #judgeReport(moment: MomentName, ending: Ending): Promise<Finding[]> {
    const run = this.#run()
    const isLeft = run === null || moment === 'report' || moment === 'page'
    const { results, findings } = isLeft ? { results: null, findings: [] } : await reportAgain(this.#lane, run)
    const folder = folderOf(this.#lane, run, results)
    return [...findings, ...judgeLoss(this.#before, folder), ...judgeFolder(folder, ending)]
  }

  #remember(): void {
    this.#before = evidenceOf(this.#lane, this.#run(), this.#before)
  }
}
