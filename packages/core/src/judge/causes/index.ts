import type { Verdict } from '@bakeoff/model'
import type { CellView } from '../../observe/view.js'
import { agentBound } from './agent-bound.js'
import { clockUnsure } from './clock-unsure.js'
import type { CauseRule, Found } from './define.js'
import { errors } from './errors.js'
import { instrumentsDisagree } from './instruments-disagree.js'
import { lateSends } from './late-sends.js'
import { latencyBound } from './latency-bound.js'
import { limitOf } from './limit.js'
import { machineSlept } from './machine-slept.js'
import { networkBound } from './network-bound.js'
import { noAnswers } from './no-answers.js'
import { noisyHost } from './noisy-host.js'
import { notSteady } from './not-steady.js'
import { restarted } from './restarted.js'
import { serviceCpu } from './service-cpu.js'
import { serviceDied } from './service-died.js'
import { serviceLate } from './service-late.js'
import { sharedCores } from './shared-cores.js'
import { targetCpu } from './target-cpu.js'
import { targetMemory } from './target-memory.js'
import { targetThrottled } from './target-throttled.js'
import { timeouts } from './timeouts.js'
import { tooShort } from './too-short.js'
import { unaccountedTime } from './unaccounted-time.js'
import { unevenAgents } from './uneven-agents.js'
import { workSkipped } from './work-skipped.js'
import { wrongAnswers } from './wrong-answers.js'

export type { CauseRule } from './define.js'

/** All causes, worst first. A new one is a file and a line here. */
export const causeRules: readonly CauseRule[] = [
  serviceDied,
  noAnswers,
  wrongAnswers,
  errors,
  timeouts,
  restarted,
  targetMemory,
  workSkipped,
  unaccountedTime,
  tooShort,
  agentBound,
  networkBound,
  unevenAgents,
  instrumentsDisagree,
  notSteady,
  noisyHost,
  machineSlept,
  clockUnsure,
  sharedCores,
  lateSends,
  serviceLate,
  targetThrottled,
  targetCpu,
  serviceCpu,
  latencyBound,
]

/** The verdict of a cell: whether its figures count, and what limited it. Null for a cell that was not measured. */
export function judge(view: CellView): Verdict | null {
  if (view.repetitions.length === 0) return null
  const causes = causeRules.flatMap((rule) =>
    findWith(rule, view).map(({ effect, evidence, subject }) => ({
      cause: rule.id,
      effect,
      evidence,
      subject: subject ?? null,
      limit: rule.limits?.(subject ?? null, view.load) ?? null,
    })),
  )
  const has = (effect: string) => causes.some((cause) => cause.effect === effect)
  const status = has('invalidates') ? 'invalid' : has('doubts') ? 'suspect' : 'valid'
  return { status, causes, limitedBy: status === 'invalid' ? null : limitOf(view, causes) }
}

/** The view without repetitions that lost a service: the target is not blamed for them, and only one rule examines them. */
function findWith(rule: CauseRule, view: CellView): readonly Found[] {
  if (rule === serviceDied) return rule.find(view)
  const repetitions = view.repetitions.filter(({ record }) => (record.serviceDeaths ?? []).length === 0)
  return repetitions.length === 0 ? [] : rule.find({ ...view, repetitions })
}
