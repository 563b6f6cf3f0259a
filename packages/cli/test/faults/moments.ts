import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Random } from '@bakeoff/core'
import type { RunEvent } from '@bakeoff/model'

/** What can be seen of a program that runs. */
export interface View {
  /** since the program was started: a resumed run's earlier events are not among them */
  readonly events: readonly RunEvent[]
  /** since something was told for the last time */
  readonly sinceEventMs: number
  /** it has the engine */
  readonly holds: boolean
  /** it is held in the middle of a file */
  readonly inFile: boolean
}

/** A point in what a run does, not in time. The fault comes up to `spreadMs` later, by the seed. */
export interface Moment {
  readonly reached: (view: View) => boolean
  readonly spreadMs: number
  /** the file in the middle of which the program is held */
  readonly file?: string
}

const step = (name: string) => (view: View) => view.events.some((event) => event.kind === 'step' && event.step === name)
const image =
  (...states: string[]) =>
  (view: View) =>
    view.events.filter((event) => event.kind === 'image' && states.includes(event.state))

/** The images of a block are there, and for a while nothing is told: of the canary only its end is. */
function isCalibrating({ events, sinceEventMs }: View): boolean {
  const stage = events.findLast((event) => event.kind === 'stage')
  return stage?.state === 'measuring' && sinceEventMs > 500
}

export const moments = {
  bootstrap: { reached: () => true, spreadMs: 400 },
  'opening the session': { reached: ({ holds }) => holds, spreadMs: 80 },
  build: { reached: (view) => image('building')(view).length > 0, spreadMs: 1800 },
  calibration: { reached: isCalibrating, spreadMs: 4500 },
  start: { reached: step('start'), spreadMs: 700 },
  verify: { reached: step('verify'), spreadMs: 350 },
  'warm-up': { reached: step('warm up'), spreadMs: 1800 },
  window: { reached: step('load'), spreadMs: 900 },
  'later load': {
    reached: ({ events }) => events.some((event) => event.kind === 'slice' && event.loadId === 'closed-2'),
    spreadMs: 1200,
  },
  'run-out': {
    reached: ({ events }) =>
      events.some((event) => event.kind === 'slice' && event.loadId === 'closed-4' && event.slice.atMs >= 1000),
    spreadMs: 190,
  },
  write: { reached: ({ inFile }) => inFile, spreadMs: 0, file: '/runs/' },
  'between repetitions': { reached: ({ events }) => events.some(({ kind }) => kind === 'repetition'), spreadMs: 100 },
  report: { reached: ({ inFile }) => inFile, spreadMs: 0, file: '/results.json' },
  page: { reached: ({ inFile }) => inFile, spreadMs: 0, file: '/index.html' },
} as const satisfies Record<string, Moment>

export type MomentName = keyof typeof moments

const STEPS = ['before-write', 'half-written', 'before-rename', 'after-rename'] as const
const preload = (name: string) => fileURLToPath(new URL(`./preload/${name}`, import.meta.url))

/** A file in the middle of which a program stops for a moment. */
export class HeldFile {
  readonly moment: MomentName
  readonly order: { path: string; step: string; marker: string; holdMs: number }

  constructor(moment: MomentName, path: string, folder: string, random: Random) {
    this.moment = moment
    const marker = join(folder, `held-${random.int(1e9)}`)
    this.order = { path, step: STEPS[random.int(STEPS.length)] as string, marker, holdMs: 1500 }
  }

  get isReached(): boolean {
    return existsSync(this.order.marker)
  }
}

/** The files that belong to these moments. */
export function holdInFiles(coming: readonly MomentName[], folder: string, random: Random): HeldFile[] {
  return coming.flatMap((name) => {
    const { file } = moments[name] as Moment
    return file === undefined ? [] : [new HeldFile(name, file, folder, random)]
  })
}

/** The environment of a program that is held in these files. */
export function heldEnvironment(files: readonly HeldFile[]): Record<string, string> {
  if (files.length === 0) return {}
  const orders = JSON.stringify(files.map(({ order }) => order))
  return { NODE_OPTIONS: `--require ${preload('at-file-operation.cjs')}`, BAKEOFF_FAULT_AT: orders }
}

/** The environment of a program whose clock is set by a file. */
export function withClock(file: string): Record<string, string> {
  return { NODE_OPTIONS: `--require ${preload('clock.cjs')}`, BAKEOFF_FAULT_CLOCK: file }
}
