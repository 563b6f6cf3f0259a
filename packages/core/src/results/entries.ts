import {
  type EntryResult,
  type Outcome,
  type Plan,
  type PlannedEntry,
  type PlannedScenario,
  type RepetitionRecord,
  withHosts,
} from '@bakeoff/model'
import { valuesOf } from '../figures/estimate.js'
import { figuresOfStarts } from '../figures/over-repetitions.js'
import { throughput } from '../figures/throughput.js'
import { lint } from '../judge/lints/index.js'
import { outcomeOfEntry } from '../observe/outcome.js'
import { type CellView, recordsOf } from '../observe/view.js'
import { mainLoadOf } from '../plan/main-load.js'
import { shownEntries } from '../plan/shown.js'
import { coefficientOfVariation, leastSquares, mean } from '../stats/index.js'

/** The files of a target's folder that its page shows. */
export interface TargetPage {
  readonly dockerfile: string
  readonly yaml: string
}

/** Every entry of the plan, whether it ran or not. */
export function toEntries(
  plan: Plan,
  records: readonly RepetitionRecord[],
  views: readonly CellView[],
  targets: Readonly<Record<string, TargetPage>>,
): EntryResult[] {
  const scenarios = new Map(plan.scenarios.map((scenario) => [scenario.id, scenario]))
  return shownEntries(plan.entries).flatMap((entry) => {
    const scenario = scenarios.get(entry.scenario)
    return scenario ? [toEntry(entry, { plan, scenario, records: recordsOf(records, entry.id), views, targets })] : []
  })
}

/** What an entry's result is made from, beside the entry. */
interface Sources {
  readonly plan: Plan
  readonly scenario: PlannedScenario
  /** of this entry, by repetition */
  readonly records: readonly RepetitionRecord[]
  readonly views: readonly CellView[]
  readonly targets: Readonly<Record<string, TargetPage>>
}

function toEntry(entry: PlannedEntry, { plan, scenario, records, views, targets }: Sources): EntryResult {
  const texts = targets[entry.target]
  const main = views.find(({ id }) => id === `${entry.id}/${mainLoadOf(scenario.loads)}`)
  const rates = main ? valuesOf(throughput, main).filter((rate) => rate !== null) : []
  const image = records.findLast((record) => record.image !== null)?.image ?? null
  const info = records.findLast((record) => record.info !== null)?.info ?? null
  const tellsNothing = info === null && records.some((record) => record.tellsNothing)
  const started = records.some(({ verification, warmUp }) => verification !== null || warmUp !== null)
  const inRun = (text: string) => withHosts(text, plan.site?.file)
  const telling = outcomeOfEntry(records.map(({ outcome }) => outcome))
  return {
    id: entry.id,
    scenario: scenario.id,
    target: entry.target,
    variant: entry.variant,
    variantSummary: entry.variantSummary,
    language: entry.language,
    stack: entry.stack,
    summary: entry.summary,
    caps: entry.caps,
    replicas: entry.replicas,
    proxy: entry.proxy,
    ...(entry.imageFrom ? { imageFrom: entry.imageFrom } : {}),
    ...(entry.reach ? { reach: entry.reach } : {}),
    ...(entry.tmpfs ? { tmpfs: entry.tmpfs } : {}),
    environment: entry.environment,
    outcome: withHint(telling, inRun),
    repetitions: records.filter(({ outcome }) => outcome.kind === 'measured').length,
    image,
    info,
    ...(tellsNothing ? { tellsNothing } : {}),
    lints: started ? lint({ plan, scenario, entry, info, tellsNothing, image }) : [],
    figures: figuresOfStarts(records),
    verification: worstVerification(records),
    warmUps: records.flatMap(({ repetition, warmUp }) =>
      warmUp
        ? [
            {
              repetition,
              durationMs: warmUp.durationMs,
              steady: warmUp.steady,
              sinceMs: warmUp.sinceMs ?? null,
              coldShare: warmUp.coldShare ?? null,
            },
          ]
        : [],
    ),
    variation: coefficientOfVariation(rates),
    drift: driftOf(rates),
    logTail: tellingRecord(records)?.logTail ?? [],
    notes: records.flatMap(({ repetition, notes }) => notes.map((note) => `repetition ${repetition}: ${note}`)),
    dockerfile: texts?.dockerfile ?? '',
    targetYaml: texts?.yaml ?? '',
    rerun: inRun(commandFor(entry)),
    role: entry.role ?? 'contender',
    standIn: entry.standIn ?? null,
    ...(entry.neverRun ? { neverRun: entry.neverRun } : {}),
  }
}

/** The command that measures an entry alone. */
function commandFor({ scenario, target, variant }: PlannedEntry): string {
  return `npm run matrix -- --scenario ${scenario} --target ${target}${variant === 'default' ? '' : `/${variant}`}`
}

/** The outcome with its next command as `change` gives it. */
function withHint(outcome: Outcome, change: (hint: string) => string): Outcome {
  if (outcome.kind !== 'failed' || outcome.error.hint === null) return outcome
  return { ...outcome, error: { ...outcome.error, hint: change(outcome.error.hint) } }
}

/** The verification with the most wrong answers: one bad repetition must not hide behind a good one. */
function worstVerification(records: readonly RepetitionRecord[]): EntryResult['verification'] {
  const known = records.flatMap(({ verification }) => verification ?? [])
  const wrong = ({ golden }: (typeof known)[number]) => golden.total - golden.right
  return known.reduce<EntryResult['verification']>(
    (worst, each) => (worst === null || wrong(each) > wrong(worst) ? each : worst),
    null,
  )
}

/** The log that explains most: that of a failure, else the last one. */
function tellingRecord(records: readonly RepetitionRecord[]): RepetitionRecord | undefined {
  return records.find(({ outcome }) => outcome.kind === 'failed') ?? records.at(-1)
}

/** Change of throughput per repetition relative to its mean; null below three repetitions. */
function driftOf(rates: readonly number[]): number | null {
  if (rates.length < 3) return null
  const line = leastSquares(rates.map((rate, index) => [index, rate]))
  const centre = mean(rates)
  return line === null || centre === 0 ? null : line.slope / centre
}
