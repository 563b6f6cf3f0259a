import type { Plan, RepetitionRecord, Results } from '@bakeoff/model'
import type { End } from './program.js'

/**
 * What is not as it must be:
 * `wrong` a figure, record, status, exit code or message that is false · `lost` something that was measured and on disk
 * is gone · `left` something stays behind · `stuck` it does not end, or cannot be gone on with · `unsaid` it ends without
 * the sentence that says why and what to do
 */
export interface Finding {
  readonly kind: 'wrong' | 'lost' | 'left' | 'stuck' | 'unsaid'
  readonly text: string
}

/** How a command may end that a fault met. */
export interface Ending {
  /** exit codes, or names of signals */
  readonly exits: readonly (number | string)[]
  /** what it must have said */
  readonly says?: readonly RegExp[]
  readonly statuses: readonly Results['run']['status'][]
  /** the error that the repetition under way may be recorded with, since it is its own */
  readonly fails?: RegExp
}

/** Files of a run as they were at one moment. */
export interface Evidence {
  readonly plan: string | null
  /** by file name, those that say `measured` */
  readonly measured: ReadonlyMap<string, string>
}

export interface Folder {
  readonly plan: string | null
  /** every record that can be read, by file name */
  readonly records: ReadonlyMap<string, string>
  /** what `report` made of it; null: it was not made */
  readonly results: Results | null
}

/** Answers come after so long, so the rate of a closed load is known. */
const ANSWER_SECONDS = 0.2
/** A rate below this share of the known one needs a reason beside it, on a machine that does other things as well. */
const LEAST = 0.6
const MOST = 1.04
/** Causes that every short run on a busy machine has: none of them explains a rate that is false. */
const USUAL = ['too-short', 'noisy-host', 'not-steady', 'shared-cores', 'agent-bound', 'late-sends', 'latency-bound']

export function judgeEnd(end: End, ending: Ending): Finding[] {
  const said = `${end.stdout}\n${end.stderr}`
  const findings: Finding[] = []
  if (!ending.exits.includes(end.how))
    findings.push({
      kind: 'wrong',
      text: `it ended with ${end.how}, not ${ending.exits.join(' or ')}; it said: ${tail(end.stderr)}`,
    })
  for (const pattern of ending.says ?? [])
    if (!pattern.test(said))
      findings.push({ kind: 'unsaid', text: `nothing like ${pattern} was said, but: ${tail(end.stderr)}` })
  if (/This is a bug in Bakeoff/.test(said))
    findings.push({ kind: 'wrong', text: `it calls the fault a bug of its own: ${tail(end.stderr)}` })
  else if (/^ {4}at \S/m.test(said))
    findings.push({ kind: 'unsaid', text: `a stack instead of a sentence: ${tail(end.stderr)}` })
  return findings
}

/** What was on disk before must be there, byte for byte, whatever came after. */
export function judgeLoss(before: Evidence, { plan, records }: Folder): Finding[] {
  const findings: Finding[] = []
  if (before.plan !== null && plan !== before.plan)
    findings.push({ kind: 'wrong', text: plan === null ? 'plan.json is gone' : 'plan.json is another one' })
  for (const [name, text] of before.measured) {
    const now = records.get(name)
    if (now === undefined) findings.push({ kind: 'lost', text: `runs/${name} is gone` })
    else if (now !== text) findings.push({ kind: 'lost', text: `runs/${name} was measured, and has changed` })
  }
  return findings
}

/** What the files and the report say must be true. */
export function judgeFolder({ records, results }: Folder, { statuses, fails }: Ending): Finding[] {
  const findings: Finding[] = []
  const parsed = parsedOf(records)
  for (const name of records.keys())
    if (!parsed.has(name)) findings.push({ kind: 'wrong', text: `runs/${name} is not JSON` })
  for (const { entry, repetition, outcome } of parsed.values())
    if (outcome.kind === 'failed' && !(fails?.test(`${outcome.error.code} ${outcome.error.message}`) ?? false))
      findings.push({
        kind: 'wrong',
        text: `${entry} #${repetition} is recorded as failed: ${outcome.error.code} ${outcome.error.message}`,
      })
  if (results === null) return findings
  const { status, statusReason } = results.run
  if (!statuses.includes(status)) findings.push({ kind: 'wrong', text: `the report says ${status} (${statusReason})` })
  for (const { id, repetitions } of results.entries) {
    const measured = [...parsed.values()].filter(
      ({ entry, outcome }) => entry === id && outcome.kind === 'measured',
    ).length
    if (repetitions !== measured)
      findings.push({
        kind: 'wrong',
        text: `the report has ${repetitions} repetitions of ${id}, and on disk are ${measured}`,
      })
  }
  return [...findings, ...judgeFigures(results)]
}

/** Figures whose truth is known: those of the scenarios whose answers take a known time. */
export function judgeFigures({ cells }: Pick<Results, 'cells'>): Finding[] {
  return cells.flatMap((cell): Finding[] => {
    const connections = /^(?:plain|served)\/.*\/closed-(\d+)$/.exec(cell.id)?.[1]
    if (connections === undefined || cell.outcome !== 'measured' || !cell.figures.throughput) return []
    const share = cell.figures.throughput.median / (Number(connections) / ANSWER_SECONDS)
    const reasons = (cell.verdict?.causes ?? []).filter(({ cause }) => !USUAL.includes(cause))
    const isFalse = share > MOST || (share < LEAST && reasons.length === 0)
    return [
      ...(isFalse
        ? [
            {
              kind: 'wrong' as const,
              text: `${cell.id}: ${(share * 100).toFixed(0)} % of the rate that it has, and no reason beside it`,
            },
          ]
        : []),
      ...(!cell.figures.cpuMsPerRequest ? [{ kind: 'lost' as const, text: `${cell.id} has no CPU figure` }] : []),
    ]
  })
}

/** What a run that was gone on with must have come to. */
export function judgeWhole(folder: Folder, end: End, ending: Ending): Finding[] {
  const findings = [...judgeEnd(end, ending), ...judgeFolder(folder, ending)]
  if (folder.plan === null) return [...findings, { kind: 'stuck', text: 'there is no plan to go on with' }]
  const plan = JSON.parse(folder.plan) as Plan
  const records = [...parsedOf(folder.records).values()]
  for (const block of plan.blocks.slice(0, plan.rules.minRepetitions * plan.scenarios.length))
    for (const entry of block.order) {
      const record = records.find((one) => one.block === block.id && one.entry === entry)
      const kind = record?.outcome.kind ?? 'missing'
      if (kind !== 'measured' && !(kind === 'failed' && ending.fails))
        findings.push({
          kind: kind === 'missing' ? 'wrong' : 'stuck',
          text: `${entry} of ${block.id} is ${kind} at the end`,
        })
    }
  return findings
}

/** Those that can be read. */
function parsedOf(records: ReadonlyMap<string, string>): Map<string, RepetitionRecord> {
  return new Map(
    [...records].flatMap(([name, text]) => {
      try {
        return [[name, JSON.parse(text) as RepetitionRecord] as const]
      } catch {
        return []
      }
    }),
  )
}

function tail(text: string): string {
  const lines = text.trim().split('\n')
  return lines.slice(-6).join(' ⏎ ').slice(0, 600) || 'nothing'
}
