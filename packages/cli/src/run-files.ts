/**
 * Reads what a run left on disk. Only its plan must be whole. Any other damaged file is left out by itself, and the
 * reader is told what that costs.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson, problemOfRecord, readNdjsonLines } from '@bakeoff/core'
import {
  BakeoffError,
  type Calibration,
  type ClaimSpec,
  calibration,
  claimSource,
  type Plan,
  type PlanWarning,
  plan,
  type RepetitionRecord,
  type RunEvent,
  repetitionRecord,
  runEvent,
  type StoredFingerprint,
  storedFingerprint,
} from '@bakeoff/model'
import { z } from 'zod'

const claimPart = z.object({
  verdict: z.string(),
  service: z.string().nullable(),
  subjects: z.array(z.string()),
  holds: z.boolean().optional(),
})

const claim = z.object({
  id: z.string(),
  title: z.string(),
  source: claimSource,
  setting: z.string(),
  scenario: z.string(),
  subjects: z.array(
    z.object({
      id: z.string(),
      target: z.string(),
      variant: z.string(),
      says: z.string(),
      figures: z.record(z.string(), z.number()),
      load: z.record(z.string(), z.number()),
    }),
  ),
  comparisons: z.array(
    z.object({ metric: z.string(), of: z.string(), to: z.string(), published: z.number(), statement: z.string() }),
  ),
  statements: z.array(claimPart.extend({ says: z.string(), and: z.array(claimPart).optional() })),
  caps: z.record(z.string(), z.union([z.number(), z.literal('none')])).optional(),
  differs: z.string().optional(),
  notes: z.array(z.string()),
}) satisfies z.ZodType<ClaimSpec>

/** What a report shows beside the measurements, kept with them so that it can be rebuilt years later. */
export const runContext = z.object({
  base: z.object({ id: z.string().nullable(), origin: z.string().nullable() }),
  targets: z.record(z.string(), z.object({ dockerfile: z.string(), yaml: z.string() })),
  /** parsed claims */
  claims: z.array(claim),
})
export type RunContext = Omit<z.infer<typeof runContext>, 'claims'> & { readonly claims: readonly ClaimSpec[] }

/** Damage: a file of a run, or a line of one, that cannot be used. */
export interface Damage {
  /** relative to the folder of the run */
  readonly file: string
  /** file: a whole file, moved away before it is written anew. half-line: the last line, whose end is missing */
  readonly kind: 'file' | 'lines' | 'half-line' | 'missing'
  /** what is damaged: a repetition, the events */
  readonly what: string
  /** `it is empty`, `line 3, column 5: …` */
  readonly why: string
  /** what the damage costs, and what can be done */
  readonly follows: string
}

/** Everything of a run that can be read. */
export interface RunFiles {
  readonly plan: Plan
  readonly context: RunContext
  /** by block, and in it by entry */
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
  readonly events: readonly RunEvent[]
  /** what could not be read; none of it is in the other members */
  readonly damage: readonly Damage[]
}

/** @throws BakeoffError BAD_RESULTS when the plan is missing or damaged */
export function readRunFiles(folder: string): RunFiles {
  const plan = readPlan(folder)
  const damage: Damage[] = []
  const { events, ...ofEvents } = readEvents(folder)
  const context = contextOf(folder)
  const { records, ...ofRecords } = readRecords(folder, plan, events)
  const { calibrations, ...ofCalibrations } = readCalibrations(folder, events)
  damage.push(
    ...ofRecords.damage,
    ...ofCalibrations.damage,
    ...ofEvents.damage,
    ...context.damage,
    ...fingerprintDamage(folder),
  )
  return { plan, context: context.context, records, calibrations, events, damage }
}

/** @throws BakeoffError BAD_RESULTS when it is missing or damaged: without it nothing says what was measured */
export function readPlan(folder: string): Plan {
  const path = join(folder, 'plan.json')
  const read = readJson(path, plan)
  if (read.kind === 'whole') return read.value
  if (read.kind === 'missing')
    throw new BakeoffError('BAD_RESULTS', `${path} is missing: this is not the folder of a run`, {
      hint: 'Folders of runs are in reports/: npm run report -- reports/<run-id>',
    })
  throw new BakeoffError('BAD_RESULTS', `${path} cannot be used: ${read.why}`, {
    hint: 'A run cannot be reported without its plan. Its measurements are still in runs/ beside it: put plan.json back from a copy, or measure anew: npm run matrix',
  })
}

/** The name of a repetition's file in runs/, without .json. */
export function fileNameOf({ repetition, entry }: Pick<RepetitionRecord, 'repetition' | 'entry'>): string {
  return `${String(repetition).padStart(3, '0')}-${entry.replaceAll('/', '--')}`.replaceAll(/[^a-zA-Z0-9.-]/g, '_')
}

/** One damage as a line of text. */
export function damageWords({ file, what, why, follows }: Damage): string {
  return `${file}: ${what}: ${why}.${follows === '' ? '' : ` ${follows}`}`
}

/** A damage as a warning for readers of the report. */
export function damageWarning({ file, what, why, follows }: Damage): PlanWarning {
  return { what, where: file, why, todo: follows }
}

function readRecords(
  folder: string,
  plan: Plan,
  events: readonly RunEvent[],
): { records: RepetitionRecord[]; damage: Damage[] } {
  const again = `Measure it again: npm run matrix -- --resume ${plan.runId}`
  const names = existsSync(join(folder, 'runs')) ? readdirSync(join(folder, 'runs')) : []
  const damage: Damage[] = []
  const found = new Map<string, { name: string; record: RepetitionRecord }>()
  const setAside = (name: string, why: string, follows = `It is left out. ${again}`) =>
    damage.push({ file: `runs/${name}`, kind: 'file', what: 'The file of a repetition is damaged', why, follows })
  for (const name of names.filter((name) => name.endsWith('.json')).sort()) {
    const read = readJson(join(folder, 'runs', name), repetitionRecord)
    if (read.kind === 'missing') continue // removed since the folder was listed
    const why = read.kind === 'whole' ? problemOfRecord(read.value, plan) : read.why
    if (read.kind !== 'whole' || why !== null) {
      setAside(name, why ?? '')
      continue
    }
    const record = read.value
    const key = `${record.block} ${record.entry}`
    const other = found.get(key)
    // A copy under another name would count twice.
    const keep = other === undefined || name === `${fileNameOf(record)}.json`
    if (other) setAside(keep ? other.name : name, `it records the same repetition as ${keep ? name : other.name}`, '')
    if (keep) found.set(key, { name, record })
  }
  const planned = new Map<string, string>(
    plan.blocks.flatMap(({ id, repetition, order }) =>
      order.map((entry) => [`${id} ${entry}`, `runs/${fileNameOf({ repetition, entry })}.json`] as [string, string]),
    ),
  )
  const damaged = new Set(damage.map(({ file }) => file))
  const known = new Set([...found.keys(), ...[...planned].flatMap(([key, file]) => (damaged.has(file) ? [key] : []))])
  for (const event of events) {
    if (event.kind !== 'repetition') continue
    const key = `${event.block} ${event.entry}`
    if (known.has(key) || !planned.has(key)) continue
    known.add(key)
    damage.push({
      file: `runs/${fileNameOf(event)}.json`,
      kind: 'missing',
      what: 'The file of a repetition is missing',
      why: 'events.ndjson says that it was written',
      follows: `It is left out. ${again}`,
    })
  }
  return { records: [...found.values()].map(({ record }) => record), damage }
}

/** The canaries of a run. They are events too, so a damaged file loses only what the events do not have. */
function readCalibrations(
  folder: string,
  events: readonly RunEvent[],
): { calibrations: Calibration[]; damage: Damage[] } {
  const read = readJson(join(folder, 'calibration.json'), z.array(calibration))
  if (read.kind === 'whole') return { calibrations: read.value, damage: [] }
  // A block that has a repetition has all its canaries among the events: they come first.
  const begun = new Set(events.flatMap((event) => (event.kind === 'repetition' ? [event.block] : [])))
  const told = events.flatMap((event) =>
    event.kind === 'calibrated' && begun.has(event.calibration.block ?? '') ? [event.calibration] : [],
  )
  if (read.kind === 'missing' && told.length === 0) return { calibrations: [], damage: [] }
  const damage: Damage = {
    file: 'calibration.json',
    kind: read.kind === 'missing' ? 'missing' : 'file',
    what: read.kind === 'missing' ? 'The file of the canaries is missing' : 'The file of the canaries is damaged',
    why: read.kind === 'missing' ? 'events.ndjson has canaries' : read.why,
    follows:
      told.length > 0
        ? `The ${told.length} canaries in events.ndjson take its place.`
        : "There is no ceiling of the load agent and no noise floor to judge the figures by: read them as if the machine's noise were unknown.",
  }
  return { calibrations: told, damage: [damage] }
}

/** Null: it is missing or damaged. */
export function readContext(folder: string): RunContext | null {
  const read = readJson(join(folder, 'context.json'), runContext)
  return read.kind === 'whole' ? read.value : null
}

/** Null: it is missing, as in older runs, or damaged. */
export function readFingerprint(folder: string): StoredFingerprint | null {
  const read = readJson(join(folder, 'fingerprint.json'), storedFingerprint)
  return read.kind === 'whole' ? read.value : null
}

function fingerprintDamage(folder: string): Damage[] {
  const read = readJson(join(folder, 'fingerprint.json'), storedFingerprint)
  if (read.kind !== 'damaged') return []
  return [
    {
      file: 'fingerprint.json',
      kind: 'file',
      what: 'The file that records what the run is measured with is damaged',
      why: read.why,
      follows: 'The figures are not affected. When the run goes on, only what its repetitions recorded is compared.',
    },
  ]
}

function contextOf(folder: string): { context: RunContext; damage: Damage[] } {
  const read = readJson(join(folder, 'context.json'), runContext)
  if (read.kind === 'whole') return { context: read.value, damage: [] }
  const damage: Damage = {
    file: 'context.json',
    kind: read.kind === 'missing' ? 'missing' : 'file',
    what: `The file of Dockerfiles and claims is ${read.kind === 'missing' ? 'missing' : 'damaged'}`,
    why:
      read.kind === 'missing'
        ? 'every run has one: the run was stopped before it was written, or it was removed'
        : read.why,
    follows: 'The figures are not affected: the report has no Dockerfiles and no claims.',
  }
  return { context: { base: { id: null, origin: null }, targets: {}, claims: [] }, damage: [damage] }
}

/** Until 29 November 2026 a slice was called a window. */
const eventOfAnyAge = z.preprocess((line) => {
  const old = line as { readonly kind?: unknown; readonly window?: unknown } | null
  return old?.kind === 'window' ? { ...old, kind: 'slice', slice: old.window } : line
}, runEvent)

/** The lines that are events, and the damage of the others. */
export function readEvents(folder: string): { events: RunEvent[]; damage: Damage[] } {
  const path = join(folder, 'events.ndjson')
  if (!existsSync(path)) return { events: [], damage: [] }
  const text = readFileSync(path, 'utf8')
  const { values, problems } = readNdjsonLines('events.ndjson', text, eventOfAnyAge)
  const [first] = problems
  if (first === undefined) return { events: values, damage: [] }
  const lines = new Set(problems.map(({ line }) => line))
  const isHalf = lines.size === 1 && !text.endsWith('\n') && first.line === text.split('\n').length
  const damage: Damage = {
    file: 'events.ndjson',
    kind: isHalf ? 'half-line' : 'lines',
    what: isHalf
      ? 'The last event was half written'
      : `${lines.size === 1 ? 'A line' : 'Lines'} of the events cannot be read`,
    why: isHalf
      ? `the process ended while it wrote line ${first.line}`
      : `${lines.size === 1 ? 'line' : `${lines.size} lines; the first is`} ${first.line}, column ${first.column}: ${first.message}`,
    follows:
      'The figures are not affected. These lines may have said how the run ended, and whether its cells were closed.',
  }
  return { events: values, damage: [damage] }
}

type Read<T> =
  | { readonly kind: 'whole'; readonly value: T }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly why: string }

function readJson<S extends z.ZodType>(path: string, schema: S): Read<z.infer<S>> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { kind: 'missing' } : { kind: 'damaged', why: message }
  }
  const parsed = parseJson(text)
  if (!parsed.ok) return { kind: 'damaged', why: problemOfText(text, parsed) }
  const checked = schema.safeParse(parsed.value)
  if (checked.success) return { kind: 'whole', value: checked.data }
  const [issue] = checked.error.issues
  return { kind: 'damaged', why: `${issue?.path.join('.') || 'it'}: ${issue?.message}` }
}

/** Says what is wrong with a text that is not JSON. */
export function problemOfText(
  text: string,
  { line, column, message, isCut }: Extract<ReturnType<typeof parseJson>, { ok: false }>,
): string {
  if (text.trim() === '') return 'it is empty'
  if (text.endsWith('\0'))
    return `it ${/^\0+$/.test(text) ? 'holds nothing but' : 'ends in'} zeros, as a power cut leaves a file`
  return isCut
    ? `it is cut off at line ${line}, column ${column}`
    : `line ${line}, column ${column} is not JSON: ${message}`
}
