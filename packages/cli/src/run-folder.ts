import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BakeoffError,
  type Calibration,
  type Plan,
  type RepetitionRecord,
  type RunEvent,
  type StoredFingerprint,
} from '@bakeoff/model'
import type { RunSink } from '@bakeoff/runner/ports'
import { attempt, removeLeftovers, syncFolder, writeWhole } from './durable-file.js'
import { EventLog } from './event-log.js'
import {
  type Damage,
  fileNameOf,
  type RunContext,
  type RunFiles,
  readContext,
  readEvents,
  readFingerprint,
  readPlan,
  readRunFiles,
} from './run-files.js'
import { OWNER_FILE, ownRun } from './run-owner.js'
import { writeFailure } from './write-failure.js'

/** How long a repetition that could not be written waits for its second try: the disk may get room, or come back. */
const SECOND_TRY_MS = 2000

/** The files that `report` makes out of the others. */
const DRAWN = /^(results\.(json|csv)|index\.html|summary\.md|card\.png)$/

export interface RunFolderOptions {
  readonly secondTryMs?: number
  /** the folder where a repetition is kept that cannot be written to its run */
  readonly refuge?: string
}

/**
 * The folder of a run, reports/<run-id>/: what each step hands to the next is a file in it. Each is written whole or not at all, and is on the
 * disk before the call returns. A file that cannot be written is an OUT_OF_RESOURCES error with the file, the reason and what to do.
 */
export class RunFolder implements RunSink {
  readonly path: string
  readonly #options: RunFolderOptions
  readonly #listeners: ((event: RunEvent) => void)[] = []
  readonly #events: EventLog
  /** events since the last one that could be written */
  #missed = 0
  #disown: (() => void) | null = null

  private constructor(path: string, options: RunFolderOptions) {
    this.path = path
    this.#options = options
    this.#events = new EventLog(join(path, 'events.ndjson'))
  }

  /**
   * Makes the folder of a new run. Two runs that begin in the same second get two folders: the name of the later ends
   * in -2. The run's id is the name of its folder, so a plan takes its id from `runId`.
   *
   * @param reports the folder of all runs; made when it is not there
   */
  static create(reports: string, wantedId: string, options: RunFolderOptions = {}): RunFolder {
    try {
      mkdirSync(reports, { recursive: true })
      for (let attempt = 1; ; attempt++) {
        const path = join(reports, attempt === 1 ? wantedId : `${wantedId}-${attempt}`)
        if (!makeFolder(path)) continue
        syncFolder(reports)
        return new RunFolder(path, options)
      }
    } catch (error) {
      throw writeFailure(error, join(reports, wantedId), 'Nothing was measured yet.')
    }
  }

  /** Opens the folder of an existing run. Opening writes nothing; a file that is missing is noticed when it is read. */
  static open(path: string, options: RunFolderOptions = {}): RunFolder {
    return new RunFolder(path, options)
  }

  get runId(): string {
    return basename(resolve(this.path))
  }

  onEvent(listener: (event: RunEvent) => void): void {
    this.#listeners.push(listener)
  }

  /**
   * Makes this process the one that writes the run, until `close`. Half-written files of killed processes are removed.
   *
   * @throws ENGINE_HELD when another process writes it
   */
  async own(): Promise<void> {
    try {
      this.#disown = await ownRun(this.path, this.runId)
    } catch (error) {
      removeIfEmpty(this.path)
      throw this.#failure(error, OWNER_FILE)
    }
    for (const folder of [this.path, join(this.path, 'runs')]) if (existsSync(folder)) removeLeftovers(folder)
  }

  /** Releases the run. What is written afterwards is kept as well. */
  close(): void {
    this.#events.close()
    this.#disown?.()
    this.#disown = null
  }

  /** @throws OUT_OF_RESOURCES; a folder that was made for this run is then removed */
  async writePlan(text: string): Promise<void> {
    try {
      writeWhole(join(this.path, 'plan.json'), text)
    } catch (error) {
      this.close()
      removeIfEmpty(this.path)
      throw writeFailure(error, join(this.path, 'plan.json'), 'Nothing was measured yet.')
    }
  }

  /**
   * @throws OUT_OF_RESOURCES when it cannot be written, tried twice. A repetition that measured something is
   *         then in the refuge, if there is room, and the hint says how to put it back
   */
  async writeRecord(record: RepetitionRecord): Promise<void> {
    const name = `runs/${fileNameOf(record)}.json`
    const text = JSON.stringify(record)
    const write = () => {
      if (makeFolder(join(this.path, 'runs'))) syncFolder(this.path)
      writeWhole(join(this.path, name), text)
    }
    const isEmpty = record.outcome.kind === 'aborted' && record.loads.length === 0
    try {
      try {
        write()
      } catch (error) {
        if (isEmpty) throw error
        await sleep(this.#options.secondTryMs ?? SECOND_TRY_MS)
        write()
      }
    } catch (error) {
      throw this.#failure(error, name, isEmpty ? '' : this.#keepElsewhere(name, text))
    }
  }

  async writeCalibration(text: string): Promise<void> {
    this.write('calibration.json', text)
  }

  /**
   * Appends an event to events.ndjson and passes it to the listeners. An event that cannot be written is still passed on and does not end the run,
   * since figures do not depend on it.
   *
   * @throws OUT_OF_RESOURCES for the events that say that a run began or ended
   */
  event(event: RunEvent): void {
    try {
      if (this.#missed > 0) this.#events.append(missedNote(this.#missed, event.at))
      this.#missed = 0
      this.#events.append(event)
    } catch (error) {
      const failure = this.#failure(error, 'events.ndjson')
      if (!(failure instanceof BakeoffError) || isNeeded(event)) throw failure
      if (this.#missed++ === 0) this.#tell(unwrittenNote(failure, event.at))
    }
    this.#tell(event)
  }

  write(name: string, content: string | Uint8Array): void {
    try {
      writeWhole(join(this.path, name), content)
    } catch (error) {
      throw this.#failure(error, name)
    }
  }

  /** Moves damaged files away, so that writing them anew overwrites nothing. Returns their new names. */
  setAside(damage: readonly Damage[]): string[] {
    return damage.flatMap(({ file, kind }) => {
      if (kind !== 'file' || !existsSync(join(this.path, file))) return []
      const name = freeName(this.path, `${file}.damaged`)
      try {
        renameSync(join(this.path, file), join(this.path, name))
      } catch (error) {
        throw this.#failure(error, name)
      }
      syncFolder(join(this.path, file, '..'))
      return [name]
    })
  }

  /** Whether the repetitions are still there; an example or an attachment has only their results. */
  get isWhole(): boolean {
    const has = (name: string) => existsSync(join(this.path, name))
    return (has('plan.json') && (has('context.json') || has('runs'))) || !has('results.json')
  }

  /** @throws BakeoffError BAD_RESULTS when the plan is missing or damaged; all else that cannot be read is in `damage` */
  read(): RunFiles {
    return readRunFiles(this.path)
  }

  readPlan(): Plan {
    return readPlan(this.path)
  }

  readContext(): RunContext {
    return this.read().context
  }

  /** null: nothing of the run was measured, it is an example, or the file is damaged */
  readContextIfThere(): RunContext | null {
    return readContext(this.path)
  }

  writeContext(context: RunContext): void {
    this.write('context.json', JSON.stringify(context))
  }

  /** null: the run ended before its images were there, is older than 2026-12, or the file is damaged */
  readFingerprint(): StoredFingerprint | null {
    return readFingerprint(this.path)
  }

  writeFingerprint(fingerprint: StoredFingerprint): void {
    this.write('fingerprint.json', JSON.stringify(fingerprint))
  }

  /** plan.json to the letter, for its digest */
  readPlanText(): string {
    return readFileSync(join(this.path, 'plan.json'), 'utf8')
  }

  readRecords(): readonly RepetitionRecord[] {
    return this.read().records
  }

  readCalibrations(): readonly Calibration[] {
    return this.read().calibrations
  }

  readEvents(): RunEvent[] {
    return readEvents(this.path).events
  }

  #tell(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #failure(error: unknown, name: string, more = ''): unknown {
    const next = DRAWN.test(name) ? 'report --' : 'matrix -- --resume'
    const kept = `Everything that was written until then is kept in ${this.path}; go on with: npm run ${next} ${this.runId}`
    return writeFailure(error, join(this.path, name), more === '' ? kept : `${more}\n${kept}`)
  }

  /** Writes a repetition to the refuge. Returns a sentence that says what became of it. */
  #keepElsewhere(name: string, text: string): string {
    try {
      const path = join(mkdtempSync(join(this.#options.refuge ?? tmpdir(), 'bakeoff-kept-')), basename(name))
      writeWhole(path, text)
      return `The repetition that was just measured is kept in ${path}; before you go on, put it back: mv ${path} ${join(this.path, name)}`
    } catch {
      return 'There was no room in the temporary folder either: the repetition that was just measured is lost, and is measured again.'
    }
  }
}

const isRunFolder = (folder: string) => ['plan.json', 'results.json'].some((file) => existsSync(join(folder, file)))

/** The names of runs, newest first; those with names of another form, such as the example, come last. */
export function listRuns(reports: string): string[] {
  if (!existsSync(reports)) return []
  return readdirSync(reports)
    .filter((name) => isRunFolder(join(reports, name)))
    .sort((a, b) => Number(/^\d/.test(b)) - Number(/^\d/.test(a)) || (a < b ? 1 : -1))
}

/** The folder of a run, which is named by its path or its id. */
export function findRun(reports: string, wanted: string): string {
  for (const path of [wanted, join(reports, wanted)]) if (isRunFolder(path)) return path
  throw new BakeoffError('BAD_RESULTS', `there is no run ${wanted}`, {
    hint: `Runs: ${listRuns(reports).slice(0, 5).join(', ') || 'none yet'}`,
  })
}

/** The events that must be written. A run without an end counts as aborted, so the end of an aborted run is not one of them. */
function isNeeded(event: RunEvent): boolean {
  return event.kind === 'run-started' || (event.kind === 'run-ended' && event.status !== 'aborted')
}

/** Makes a folder; false when it existed. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function removeIfEmpty(path: string): void {
  attempt(() => rmdirSync(path)) // fails when there is something in it
}

function freeName(folder: string, wanted: string): string {
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? wanted : `${wanted}-${attempt}`
    if (!existsSync(join(folder, name))) return name
  }
}

function unwrittenNote({ message }: BakeoffError, at: string): RunEvent {
  return { kind: 'note', at, level: 'warning', message: `${message}; the run goes on, its figures are in runs/` }
}

function missedNote(count: number, at: string): RunEvent {
  return { kind: 'note', at, level: 'warning', message: `${count} events before this one could not be written` }
}
