import { type Boundary, formatDurationMs, type Plan, type PlanWarning, withHosts } from '@bakeoff/model'
import type { CauseRule } from '../judge/causes/define.js'
import { causeRules } from '../judge/causes/index.js'
import type { JudgedCell } from '../judge/judged.js'
import { list, many } from '../words/quantities.js'

/** The warnings that a reader needs before any figure: those of the plan, and those from measuring. Of equal ones the first stays. */
export function warningsOf(plan: Plan, cells: readonly JudgedCell[], boundary: Boundary | null): PlanWarning[] {
  return [
    ...plan.warnings,
    ...boundaryWarning(plan, boundary),
    ...RULES.flatMap((rule) => rule(plan, cells) ?? []),
    ...causeRules.flatMap((rule) => doubtful(rule, cells) ?? []),
  ]
    .filter(
      (warning, index, all) =>
        all.findIndex(({ what, where }) => what === warning.what && where === warning.where) === index,
    )
    .map((warning) => ({ ...warning, todo: withHosts(warning.todo, plan.site?.file) }))
}

type Rule = (plan: Plan, cells: readonly JudgedCell[]) => PlanWarning | null

const RULES: readonly Rule[] = [
  (plan) =>
    plan.profile === 'quick' || plan.rules.maxRepetitions === 1
      ? {
          what: 'Smoke run: the figures are for orientation',
          where: `profile ${plan.profile}`,
          why:
            plan.rules.maxRepetitions === 1
              ? 'one repetition has no interval, so nothing is told apart'
              : `at most ${many(plan.rules.maxRepetitions, 'repetition')} and short windows`,
          todo: 'Run `npm run matrix` without --quick before you decide anything.',
        }
      : null,
  (plan) =>
    plan.gitDirty
      ? {
          what: 'The working tree has changes that are not committed',
          where: plan.gitCommit === null ? 'this repository' : `on top of ${plan.gitCommit.slice(0, 8)}`,
          why: 'others cannot build exactly what was measured',
          todo: 'Commit, and run again for figures that you want to show.',
        }
      : null,
  (plan) =>
    plan.engine.reducedTruth
      ? {
          what: 'The engine reports less than Docker does',
          where: `${plan.engine.name} ${plan.engine.version}`,
          why: 'its counters and out-of-memory events are less exact, so some verdicts may be missing',
          todo: 'Use a Docker engine for figures that matter.',
        }
      : null,
  (plan) =>
    plan.engine.sameKernel
      ? null
      : {
          what: 'The host cannot be observed',
          where: `engine at ${plan.engine.endpoint}`,
          why: 'it runs on another kernel than this program: steal, pressure and load by others are not known, and CPU is read once a second',
          todo: 'Run Bakeoff on the machine of the engine to get them.',
        },
  (plan) => {
    const small = plan.scenarios.filter((scenario) => scenario.targetCaps.cpus < scenario.requestedTargetCpus)
    return small.length === 0
      ? null
      : {
          what: 'This machine cannot give what the scenarios ask for',
          where: list(small.map(({ id }) => id)),
          why: list(
            small.map(
              ({ id, targetCaps, requestedTargetCpus }) =>
                `${id} asks for ${requestedTargetCpus} cores for the target and got ${targetCaps.cpus}`,
            ),
          ),
          todo: 'Compare with other runs on this machine only, or use one with more cores.',
        }
  },
  (_, cells) => clockWasSet(cells),
]

/** Warnings about the boundary of a testbed. Runs that are older than this test have none. */
function boundaryWarning({ engine }: Plan, boundary: Boundary | null): PlanWarning[] {
  if (boundary === null) return []
  const where = `${engine.name} ${engine.version} at ${engine.endpoint}`
  if (boundary.asked.length === 0) {
    return [
      {
        what: 'It is not known whether targets could reach services of the machine',
        where,
        why: 'the engine does not say which address its machine has on the network of a cell, or trying it failed',
        todo: 'Run targets that you do not trust on a machine where nothing listens on all addresses.',
      },
    ]
  }
  if (boundary.answered.length === 0) return []
  return [
    {
      what: 'Targets could reach services of the machine',
      where,
      why: `from inside a testbed it answered at ${list(boundary.answered)}: every service there that listens on all addresses is open to every target`,
      todo: 'Use a Docker engine of version 20.10 or later for targets that you do not trust.',
    },
  ]
}

/** A warning about a clock that was set. It is not a doubt, since no figure depends on the clock; times of day do. */
function clockWasSet(cells: readonly JudgedCell[]): PlanWarning | null {
  const records = new Set(cells.flatMap(({ view }) => view.records))
  const set = [...records].filter(({ clockGap }) => (clockGap?.setMs ?? 0) !== 0)
  const [first] = set
  if (first?.clockGap == null) return null
  const { setMs } = first.clockGap
  return {
    what: "The machine's clock was set while it was measured",
    where: many(set.length, 'repetition'),
    why: `for example by ${formatDurationMs(Math.abs(setMs))} ${setMs > 0 ? 'forward' : 'back'} in ${first.entry}, repetition ${first.repetition}: figures and budgets are by the time that passed, times of day that are shown are not`,
    todo: 'Do not compare times of day from before and after the change.',
  }
}

/** The warning for all cells that a cause makes doubtful, with the evidence of the first. A cause that only explains is no warning. */
function doubtful({ id, warning }: CauseRule, cells: readonly JudgedCell[]): PlanWarning | null {
  if (!warning) return null
  const found = cells.flatMap(({ view, verdict }) => {
    const own = verdict?.causes.find(({ cause, effect }) => cause === id && effect !== 'explains')
    return own ? [{ view, evidence: own.evidence }] : []
  })
  const [first] = found
  if (!first) return null
  const measured = cells.filter(({ verdict }) => verdict !== null).length
  const where =
    found.length === measured
      ? 'all cells'
      : `${found.length} of ${many(measured, 'cell')}: ${list([...new Set(found.map(({ view }) => view.entry.scenario))])}`
  return { ...warning, where, why: `for example ${first.view.id}: ${first.evidence}` }
}
