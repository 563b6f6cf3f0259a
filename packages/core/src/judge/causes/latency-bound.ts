import { formatNumber, kindOf } from '@bakeoff/model'
import { agentEventLoop } from '../../figures/agent.js'
import { coresUsed } from '../../figures/cpu.js'
import { typical } from '../../figures/estimate.js'
import { throughput } from '../../figures/throughput.js'
import type { CellView } from '../../observe/view.js'
import { inSystem, meanTimeMs, medianOf } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'
import { duration, list, ofItsCores, percent } from '../../words/quantities.js'
import { defineCause } from './define.js'
import { serviceUse, targetUse } from './use.js'

export const latencyBound = defineCause({
  id: 'latency-bound',
  about:
    "No component was busy, and every connection was waiting for its answer: throughput is just connections ÷ latency (Little's law), and more connections would give more.",
  because: 'the number of connections was the limit',
  limits: (_, load) => ({
    what: kindOf(load).unit === 'task' ? 'how many tasks ran at once' : 'the number of connections',
    isOwn: false,
  }),
  against: (view) => {
    const uses = [targetUse(view), ...view.scenario.services.map(({ name }) => serviceUse(view, name))]
    return uses.includes(null) ? null : list(uses.filter((use) => use !== null))
  },
  find: (view) => {
    if (kindOf(view.load).pace !== 'own') return []
    const idle = everyoneIdle(view)
    const underWay = idle && allUnderWay(view)
    return idle && underWay
      ? [{ effect: 'explains', evidence: `${underWay}, while ${list(idle)}: more at once would serve more` }]
      : []
  },
})

/** The use of each component, when all had room; null when one was busy or is not known. */
function everyoneIdle(view: CellView): string[] | null {
  const { entry, scenario, repetitions, plan } = view
  // A component that waits for a core looks as idle as one that waits for an answer.
  const machine = medianOf(repetitions.map(({ host }) => host.busyCores))
  if (machine !== null && machine > thresholds.idle * plan.host.cpus.length) return null
  const used = typical(coresUsed, view)
  if (used === null || used / entry.caps.cpus > thresholds.idle) return null
  // A full thread cannot use a second core. The number of threads is known only roughly, so the limit is cautious.
  const workers = Math.min(
    entry.caps.cpus,
    Math.max(1, (repetitions.at(-1)?.whole.info?.workers ?? 1) * entry.replicas),
  )
  if (used > thresholds.idle * workers) return null
  const parts = [`the target used ${ofItsCores(used, entry.caps.cpus)}`]
  for (const { name, caps } of scenario.services) {
    const service = medianOf(repetitions.map(({ services }) => services[name]?.coresUsed ?? null))
    if (service === null || service / caps.cpus > thresholds.idle) return null
    parts.push(`${name} ${Number(service.toFixed(2))} of ${Number(caps.cpus.toFixed(2))}`)
  }
  if (kindOf(view.load).windows === 'none') return parts // one request does not keep the agent busy
  const busy = typical(agentEventLoop, view)
  if (busy === null || busy > thresholds.idle) return null
  return [...parts, `the agent's event loop was ${percent(busy)} busy`]
}

/** A phrase that says that as many requests were under way as possible; null when that is not so. */
function allUnderWay(view: CellView): string | null {
  const rate = typical(throughput, view)
  if (rate === null || rate === 0) return null
  const kind = kindOf(view.load)
  const atOnce = kind.atOnce(view.load)
  if (kind.shown === null) {
    return `with ${atOnce} tasks at once each took about ${duration(meanTimeMs(atOnce, rate))} (Little's law)`
  }
  const latency = medianOf(
    view.repetitions.map(({ serviceTime }) => (serviceTime.meanUs === null ? null : serviceTime.meanUs / 1000)),
  )
  if (latency === null) return null
  const implied = inSystem(rate, latency)
  const { low, high } = thresholds.little
  if (implied / atOnce < low || implied / atOnce > high) return null
  return `${formatNumber(implied)} of ${atOnce} connections were waiting for an answer on average (${formatNumber(rate)} requests/s × ${duration(latency)}, Little's law)`
}
