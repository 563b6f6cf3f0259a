import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { readNdjson } from '@bakeoff/core'
import {
  BakeoffError,
  type Calibration,
  calibration,
  type Plan,
  plan,
  type RunEvent,
  type RunRecord,
  runEvent,
  runRecord,
  type StoredFingerprint,
  storedFingerprint,
} from '@bakeoff/model'
import type { RunSink } from '@bakeoff/runner/ports'
import { z } from 'zod'

/** What a report shows beside the measurements, kept with them so that it can be rebuilt years later. */
export const runContext = z.object({
  base: z.object({ id: z.string().nullable(), origin: z.string().nullable() }),
  targets: z.record(z.string(), z.object({ dockerfile: z.string(), yaml: z.string() })),
  /** claims as they were parsed */
  claims: z.array(z.unknown()),
})
export type RunContext = z.infer<typeof runContext>

/** reports/<run-id>/: every seam of a run as a file. Each is written whole or not at all. */
export class RunFolder implements RunSink {
  readonly path: string
  readonly #listeners: ((event: RunEvent) => void)[] = []

  private constructor(path: string) {
    this.path = path
  }

  /**
   * Makes the folder of a new run. Two runs that begin in the same second get two folders: the later one's name ends
   * in -2. The run's id is the name of its folder, so a plan takes its id from `runId`.
   *
   * @param reports the folder of all runs; made when it is not there
   */
  static create(reports: string, wantedId: string): RunFolder {
    mkdirSync(reports, { recursive: true })
    for (let attempt = 1; ; attempt++) {
      const path = join(reports, attempt === 1 ? wantedId : `${wantedId}-${attempt}`)
      try {
        mkdirSync(path)
        return new RunFolder(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  }

  /** The folder of a run that is there. Opening makes nothing: what is not there is missed when it is read. */
  static open(path: string): RunFolder {
    return new RunFolder(path)
  }

  get runId(): string {
    return basename(resolve(this.path))
  }

  onEvent(listener: (event: RunEvent) => void): void {
    this.#listeners.push(listener)
  }

  async writePlan(text: string): Promise<void> {
    this.write('plan.json', text)
  }

  async writeRun(record: RunRecord): Promise<void> {
    mkdirSync(join(this.path, 'runs'), { recursive: true })
    this.write(join('runs', `${fileNameOf(record)}.json`), JSON.stringify(record))
  }

  async writeCalibration(text: string): Promise<void> {
    this.write('calibration.json', text)
  }

  event(event: RunEvent): void {
    appendFileSync(join(this.path, 'events.ndjson'), `${JSON.stringify(event)}\n`)
    for (const listener of this.#listeners) listener(event)
  }

  write(name: string, text: string): void {
    const path = join(this.path, name)
    writeFileSync(`${path}.part`, text)
    renameSync(`${path}.part`, path)
  }

  /** Whether the repetitions are still there; else, as in an example or an attachment, only what came out of them. */
  get isWhole(): boolean {
    return existsSync(join(this.path, 'context.json')) || !existsSync(join(this.path, 'results.json'))
  }

  readPlan(): Plan {
    return this.#read('plan.json', plan)
  }

  readContext(): RunContext {
    return this.#read('context.json', runContext)
  }

  /** null: nothing of the run was measured, or it is an example */
  readContextIfThere(): RunContext | null {
    return existsSync(join(this.path, 'context.json')) ? this.readContext() : null
  }

  writeContext(context: RunContext): void {
    this.write('context.json', JSON.stringify(context))
  }

  /** null: the run ended before its images were there, or is of before 2026-12 */
  readFingerprint(): StoredFingerprint | null {
    return existsSync(join(this.path, 'fingerprint.json')) ? this.#read('fingerprint.json', storedFingerprint) : null
  }

  writeFingerprint(fingerprint: StoredFingerprint): void {
    this.write('fingerprint.json', JSON.stringify(fingerprint))
  }

  /** plan.json to the letter, for its digest */
  readPlanText(): string {
    return readFileSync(join(this.path, 'plan.json'), 'utf8')
  }

  readRuns(): RunRecord[] {
    const folder = join(this.path, 'runs')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => this.#read(join('runs', name), runRecord))
  }

  readCalibrations(): Calibration[] {
    return existsSync(join(this.path, 'calibration.json')) ? this.#read('calibration.json', z.array(calibration)) : []
  }

  readEvents(): RunEvent[] {
    const path = join(this.path, 'events.ndjson')
    return existsSync(path) ? readNdjson(path, wholeLines(readFileSync(path, 'utf8')), runEvent) : []
  }

  #read<S extends z.ZodType>(name: string, schema: S): z.infer<S> {
    const path = join(this.path, name)
    if (!existsSync(path)) {
      throw new BakeoffError('BAD_RESULTS', `${path} is missing: this is not the folder of a run`, {
        hint: 'Folders of runs are in reports/: npm run report -- reports/<run-id>',
      })
    }
    let value: unknown
    try {
      value = JSON.parse(readFileSync(path, 'utf8'))
    } catch (error) {
      throw new BakeoffError('BAD_RESULTS', `${path} is not JSON: ${(error as Error).message}`, {
        hint: 'The other files of the run are not harmed: move this one away and try again.',
      })
    }
    const result = schema.safeParse(value)
    if (result.success) return result.data
    const [issue] = result.error.issues
    throw new BakeoffError('BAD_RESULTS', `${path}: ${issue?.path.join('.')}: ${issue?.message}`, {
      hint: 'It was written by another version of Bakeoff, or edited. git log of this checkout shows when the format changed.',
    })
  }
}

const isRunFolder = (folder: string) => ['plan.json', 'results.json'].some((file) => existsSync(join(folder, file)))

/** Runs by name, newest first; those that somebody named otherwise, such as the example, come last. */
export function listRuns(reports: string): string[] {
  if (!existsSync(reports)) return []
  return readdirSync(reports)
    .filter((name) => isRunFolder(join(reports, name)))
    .sort((a, b) => Number(/^\d/.test(b)) - Number(/^\d/.test(a)) || (a < b ? 1 : -1))
}

/** The folder of a run: as a path, or by its id. */
export function findRun(reports: string, wanted: string): string {
  for (const path of [wanted, join(reports, wanted)]) if (isRunFolder(path)) return path
  throw new BakeoffError('BAD_RESULTS', `there is no run ${wanted}`, {
    hint: `Runs: ${listRuns(reports).slice(0, 5).join(', ') || 'none yet'}`,
  })
}

function fileNameOf(record: RunRecord): string {
  const repetition = String(record.repetition).padStart(3, '0')
  return `${repetition}-${record.entry.replaceAll('/', '--')}`.replaceAll(/[^a-zA-Z0-9.-]/g, '_')
}

/** A process that was killed may have left half a line. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1)
}
