import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@bakeoff/core'
import { type Results, results as resultsSchema } from '@bakeoff/model'
import type { Fault } from './faults.js'
import { type Evidence, type Finding, type Folder, judgeEnd, judgeFolder, judgeLoss, judgeWhole } from './judge.js'
import { type Lane, recordOf } from './lane.js'
import { heldInFile, isHeld, type MomentName, moments, type View } from './moments.js'
import type { End, Program } from './program.js'
import type { Trial } from './table.js'

/** A run takes half a minute here, and much longer when several go on at once. */
const MOMENT_MS = 120_000
const END_MS = 150_000

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
  #marker: string | null = null
  #eventsBefore = 0
  #before: Evidence = { plan: null, measured: new Map() }

  constructor(story: Story, lane: Lane) {
    this.#story = story
    this.#lane = lane
    this.#remember()
  }

  async inflict(moment: MomentName): Promise<Trial> {
    const { fault, random } = this.#story
    const name = `${fault.name}`
    const trial = { fault: name, moment, untried: null, behind: [] as string[], findings: [] as Finding[] }
    const { file, spreadMs } = moments[moment] as { file?: string; spreadMs: number }
    if (this.#program === null) this.#start(file ?? null)
    const program = this.#program as Program
    const missed = await this.#reach(moment, program)
    if (missed !== null) {
      this.#program = null
      return { ...trial, findings: [{ kind: 'stuck', text: `${moment} was never reached: ${missed}` }] }
    }
    await sleep(random.next() * spreadMs)
    this.#remember()
    await fault.inflict({ lane: this.#lane, program, random })
    if (fault.goesOn) {
      trial.findings.push(...judgeLoss(this.#before, this.#folder(null)))
      return trial
    }
    const ending = fault.ending(moment)
    const end = await this.#end(program)
    this.#program = null
    if (end === null) {
      await fault.recover?.({ lane: this.#lane, program, random })
      return {
        ...trial,
        findings: [
          { kind: 'stuck', text: `it did not end within ${END_MS / 1000} s; it said: ${program.stderr.slice(-400)}` },
        ],
      }
    }
    trial.findings.push(...judgeEnd(end, ending))
    await fault.recover?.({ lane: this.#lane, program, random })
    await this.#lookForLeftovers(program, trial, fault)
    trial.findings.push(...(await this.#judgeReport(ending)))
    this.#remember()
    return trial
  }

  /** Goes on to the end, and looks at all of it. */
  async finish(): Promise<Finding[]> {
    const { fault } = this.#story
    const ending = fault.whole
    const program = this.#program ?? this.#resume()
    this.#program = program
    const end = await this.#end(program)
    if (end === null) return [{ kind: 'stuck', text: `it does not come to its end: ${program.stderr.slice(-400)}` }]
    await fault.recover?.({ lane: this.#lane, program, random: this.#story.random })
    const left = await this.#lane.settle(program)
    const behind = [...(await this.#lane.onEngine()), ...this.#lane.onDisk(), ...left.map((pid) => `process ${pid}`)]
    const findings: Finding[] = behind.map((text) => ({ kind: 'left', text: `at the end: ${text}` }))
    const run = this.#run()
    if (run === null) return [...findings, { kind: 'stuck', text: `there is no run at the end: ${end.stderr}` }]
    const { results, problems } = await this.#report(run)
    const folder = this.#folder(results)
    findings.push(...problems, ...judgeLoss(this.#before, folder), ...judgeWhole(folder, end, ending))
    return findings
  }

  #start(file: string | null): void {
    const { fault, target, random } = this.#story
    const held = file === null ? null : heldInFile(file, this.#lane.folder, random)
    this.#marker = held?.marker ?? null
    const run = this.#run()
    this.#eventsBefore = run === null ? 0 : this.#lane.events(run).length
    const args = run === null ? ['matrix', '--target', target, ...(fault.options ?? [])] : ['matrix', '--resume', run]
    this.#program = this.#lane.start(args, {
      ...(fault.through ? { through: fault.through } : {}),
      env: { ...fault.environment?.(this.#lane), ...held?.env },
    })
  }

  #resume(): Program {
    this.#start(null)
    return this.#program as Program
  }

  #run(): string | null {
    return this.#lane.runs()[0] ?? null
  }

  /** Null: it is there; else why it never will be. */
  async #reach(moment: MomentName, program: Program): Promise<string | null> {
    for (const deadline = performance.now() + MOMENT_MS; ; await sleep(10)) {
      if (moments[moment].reached(this.#view(program))) return null
      if (program.isOver) return `it ended with ${(await program.ended).how}: ${program.stderr.slice(-400)}`
      if (performance.now() > deadline) return `not within ${MOMENT_MS / 1000} s: ${program.stderr.slice(-400)}`
    }
  }

  #view(program: Program): View {
    const run = this.#run()
    return {
      sinceStartMs: performance.now() - program.startedAtMs,
      events: run === null ? [] : this.#lane.events(run).slice(this.#eventsBefore),
      holds: this.#lane.holder() !== null && this.#isHolder(program),
      inFile: isHeld(this.#marker),
    }
  }

  /** A lock of a run that was killed is not this one's. */
  #isHolder(program: Program): boolean {
    const pid = this.#lane.holder()?.pid
    return pid !== undefined && program.pids().orchestrators.includes(pid)
  }

  async #end(program: Program): Promise<End | null> {
    return Promise.race([program.ended, sleep(END_MS, null, { ref: false })])
  }

  async #lookForLeftovers(
    program: Program,
    trial: { behind: string[]; findings: Finding[] },
    fault: Fault,
  ): Promise<void> {
    const processes = await this.#lane.settle(program)
    const onEngine = await this.#lane.onEngine()
    trial.behind.push(...this.#lane.onDisk())
    if (fault.leavesUntilNextStart) trial.behind.push(...onEngine)
    else trial.findings.push(...onEngine.map((text) => ({ kind: 'left' as const, text })))
    trial.findings.push(...processes.map((pid) => ({ kind: 'left' as const, text: `process ${pid}` })))
  }

  async #judgeReport(ending: ReturnType<Fault['ending']>): Promise<Finding[]> {
    const run = this.#run()
    if (run === null) return judgeLoss(this.#before, this.#folder(null))
    const { results, problems } = await this.#report(run)
    const folder = this.#folder(results)
    return [...problems, ...judgeLoss(this.#before, folder), ...judgeFolder(folder, ending)]
  }

  /** The report is made anew from the files, which must always be possible. */
  async #report(run: string): Promise<{ results: Results | null; problems: Finding[] }> {
    if (!existsSync(join(this.#lane.reports, run, 'context.json')) && this.#lane.records(run).size === 0)
      return { results: null, problems: [] } // it was ended before it had anything to report
    const end = await this.#lane.run('report', run)
    const problems = judgeEnd(end, { exits: [0], statuses: [] })
    if (problems.length > 0) return { results: null, problems }
    const text = readFileSync(join(this.#lane.reports, run, 'results.json'), 'utf8')
    return { results: resultsSchema.parse(JSON.parse(text)), problems }
  }

  #folder(results: Results | null): Folder {
    const run = this.#run()
    return {
      plan: run === null ? null : this.#planOf(run),
      records: run === null ? new Map() : this.#lane.records(run),
      results,
    }
  }

  #planOf(run: string): string {
    return readFileSync(join(this.#lane.reports, run, 'plan.json'), 'utf8')
  }

  /** What is measured by now must be there for ever. */
  #remember(): void {
    const run = this.#run()
    if (run === null) return
    const records = [...this.#lane.records(run)].filter(([, text]) => recordOf(text)?.outcome.kind === 'measured')
    this.#before = {
      plan: this.#before.plan ?? this.#planOf(run),
      measured: new Map([...records, ...this.#before.measured]),
    }
  }
}
