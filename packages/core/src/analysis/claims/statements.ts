import type { CauseId, ClaimResult, ClaimSpec } from '@bakeoff/model'
import { medianOf } from '../../stats/index.js'
import { isAgentBound } from '../comparisons.js'
import { typical } from '../estimate.js'
import { agentEventLoop } from '../metrics/agent.js'
import { coresUsed, throttledMs } from '../metrics/cpu.js'
import { hostOthers } from '../metrics/host.js'
import { memoryPeak } from '../metrics/memory.js'
import { outcomeOfCell } from '../outcome.js'
import { secondInstrumentOf } from '../second-instrument.js'
import { verdictRules } from '../verdicts/index.js'
import type { CellView } from '../view.js'
import { cores, list, percent } from '../words.js'
import { otherLoadWords, type Stand } from './setting.js'

type Spec = ClaimSpec['statements'][number]
type Result = ClaimResult['statements'][number]

/** "Limited by the database" and the like, held against the causes of the verdicts here. */
export function concludeStatement(spec: Spec, stands: readonly (Stand | null)[]): Result {
  const told = (conclusion: Result['conclusion'], why: string): Result => ({ says: spec.says, conclusion, why })
  const rule = verdictRules.find(({ cause }) => cause === spec.verdict)
  if (!rule) return told('undecided', `No verdict here is called ${spec.verdict}.`)
  const known = stands.filter((stand) => stand !== null)
  if (known.length < stands.length || known.length === 0)
    return told('not-measured', 'A target that it is about is not part of this run.')
  const missing = known.find(({ cell }) => cell.verdict === null)
  if (missing) {
    const { outcome, outcomeReason } = outcomeOfCell(missing.cell.view)
    return told('not-measured', `${missing.cell.view.entry.target} was not measured: ${outcome}, ${outcomeReason}.`)
  }
  const invalid = known.find(({ cell }) => cell.verdict?.status === 'invalid')
  if (invalid)
    return told('undecided', `The figures of ${invalid.cell.view.entry.target} do not count here: it is invalid.`)

  const where = otherLoadWords(known)
  const evidence = known.map((stand) => evidenceFor(stand, spec))
  const found = evidence.filter((each) => each !== null)
  if (known.some(({ cell }) => cell.view.repetitions.length < 2)) {
    return told(
      'undecided',
      `One repetition is for orientation, and nothing follows from it: ${found.length > 0 ? list(found) : 'it showed no sign of this'}.${where}`,
    )
  }
  if (found.length === known.length) return told('reproduced', `Here too: ${list(found)}.${where}`)
  if (found.length > 0) return told('undecided', `It holds here for some of them only: ${list(found)}.${where}`)
  const held = known.find(({ cell }) => isAgentBound(cell))
  if (held && spec.verdict !== 'agent-bound')
    return told(
      'undecided',
      `The load agent held back ${held.cell.view.entry.target}: what would have filled up first is not known.${where}`,
    )
  const against = known.map(({ cell }) => counterEvidence(cell.view, rule.cause, spec.service))
  return against.every((each) => each !== null)
    ? told('contradicted', `Not here: ${list(against)}.${where}`)
    : told('undecided', `Nothing here speaks for it, but what would show it could not be read.${where}`)
}

function evidenceFor({ cell: { view, verdict } }: Stand, { verdict: wanted, service }: Spec): string | null {
  const found = verdict?.causes.find(
    ({ cause, subject }) => cause === wanted && (service === null || subject === null || subject === service),
  )
  return found ? `under ${view.entry.target}, ${found.evidence}` : null
}

/** The reading that would have shown the cause and did not; null when it was not read. */
function counterEvidence(view: CellView, cause: CauseId, service: string | null): string | null {
  const { target } = view.entry
  const used = typical(coresUsed, view)
  const ofTarget =
    used === null ? null : `${target} used ${Number(used.toFixed(2))} of its ${cores(view.entry.caps.cpus)}`
  switch (cause) {
    case 'service-cpu':
      return serviceUse(view, service)
    case 'target-cpu':
      return ofTarget
    case 'latency-bound':
      return ofTarget === null || view.scenario.services.some(({ name }) => serviceUse(view, name) === null)
        ? null
        : list([ofTarget, ...view.scenario.services.map(({ name }) => serviceUse(view, name)!)])
    case 'target-memory': {
      const peak = typical(memoryPeak, view)
      return peak === null ? null : `${target} held ${percent(peak / view.entry.caps.memoryBytes)} of its memory`
    }
    case 'target-throttled':
      return typical(throttledMs, view) === null ? null : `no quota held ${target} back`
    case 'agent-bound':
      return typical(agentEventLoop, view) === null ? null : `the load agent had room under ${target}`
    case 'instruments-disagree':
      return secondInstrumentOf(view)?.kind === 'measured' ? `wrk agreed with the load agent under ${target}` : null
    case 'noisy-host':
      return typical(hostOthers, view) === null ? null : `nobody else used the machine under ${target}`
    case 'service-died':
    case 'no-answers':
    case 'errors':
    case 'timeouts':
    case 'wrong-answers':
    case 'restarted':
    case 'work-skipped':
    case 'unaccounted-time':
    case 'not-steady':
    case 'too-short':
    case 'shared-cores':
    case 'late-sends':
    case 'service-late':
    case 'machine-slept':
      return `${target} showed no sign of ${cause}`
  }
}

function serviceUse(view: CellView, service: string | null): string | null {
  const found = view.scenario.services.filter(({ name }) => service === null || name === service)
  const uses = found.map(({ name, caps }) => {
    const used = medianOf(view.repetitions.map(({ services }) => services[name]?.coresUsed ?? null))
    return used === null
      ? null
      : `${name} used ${Number(used.toFixed(2))} of its ${cores(caps.cpus)} under ${view.entry.target}`
  })
  return uses.length === 0 || uses.includes(null) ? null : list(uses.filter((use) => use !== null))
}
