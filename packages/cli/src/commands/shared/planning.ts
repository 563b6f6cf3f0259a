/** Options that choose what is planned: those of a selection, and how it is measured. */
import { parseServiceLevels } from '@bakeoff/core'
import { Option } from 'commander'
import { type PlanOptions, USUAL_PLAN } from '../../planning.js'
import { type SelectionFlags, selectionOptions, toSelection } from './selection.js'
import { integer, milliseconds, names, orAll, positiveInteger, rates, texts } from './values.js'

export interface PlanFlags extends SelectionFlags {
  readonly quick?: boolean
  readonly profile?: string
  readonly repetitions?: number
  readonly capacity?: boolean
  readonly rate?: readonly number[]
  readonly slo?: readonly string[]
  readonly load?: readonly string[]
  readonly window?: number
  readonly seed?: number
  readonly budget?: number
  readonly against?: string
}

export const planOptions: readonly Option[] = [
  new Option('--quick', 'a smoke run of a few minutes, one contender of each language'),
  ...selectionOptions,
  new Option('--profile <name>', 'a profile of matrix.yaml'),
  new Option('--repetitions <n>', 'exactly this many repetitions of every entry').argParser(positiveInteger),
  new Option('--capacity', 'search the highest rate within each slo'),
  new Option('--rate <perSecond>', 'offer this rate to every target; may be repeated').argParser(rates),
  new Option(
    '--slo <limits>',
    'offer a rate, and answer who keeps these limits at it, e.g. p99=30ms@200/s; also p95 and errors, with commas; may be repeated',
  ).argParser(texts),
  new Option(
    '--load <id>',
    'only these loads of each scenario, as npm run plan names them, e.g. closed-64; may be repeated',
  ).argParser(names),
  new Option('--window <duration>', 'the measured window of each load at least, e.g. 10s').argParser(milliseconds),
  new Option(
    '--budget <duration>',
    'how long is measured at most after the first repetition of all, e.g. 3h',
  ).argParser(milliseconds),
  new Option('--seed <n>', 'seed of order and arrivals, to have them again; default: a new one').argParser(integer),
]

/** Not for commands that only build images or plan nothing new. */
export const againstOption = new Option(
  '--against <ref>',
  'measure the targets and services of this git commit in the same blocks, and compare',
)

export function toPlanOptions(flags: PlanFlags): PlanOptions {
  return {
    selection: toSelection(flags),
    profile: flags.profile ?? (flags.quick ? 'quick' : USUAL_PLAN.profile),
    repetitions: flags.repetitions ?? USUAL_PLAN.repetitions,
    capacity: flags.capacity ?? USUAL_PLAN.capacity,
    rates: flags.rate ?? USUAL_PLAN.rates,
    levels: flags.slo ? parseServiceLevels(flags.slo) : USUAL_PLAN.levels,
    loads: orAll(flags.load),
    windowMs: flags.window ?? USUAL_PLAN.windowMs,
    budgetMs: flags.budget ?? USUAL_PLAN.budgetMs,
    seed: flags.seed ?? USUAL_PLAN.seed,
    against: flags.against ?? USUAL_PLAN.against,
  }
}
