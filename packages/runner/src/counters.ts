/** The counters of a scenario's services, read before and after a load. Nothing in here ends a repetition. */
import type { Counted, LoadMeasurement, ServiceCounters } from '@bakeoff/model'
import { PORT } from './container-request.js'
import { plainGet } from './plain-get.js'
import type { ReadyTestbed } from './repetition.js'
import type { Testbed } from './testbed.js'

/** The counters of each service, by its name; null when they could not be read, and a note says why. */
export type Counters = Readonly<Record<string, number>>

const ANSWER_MS = 2000

/** Reads every service of the scenario that has counters, one after the other. */
export async function readCounters({
  repetition,
  testbed,
}: ReadyTestbed): Promise<ReadonlyMap<string, Counters | null>> {
  const found = new Map<string, Counters | null>()
  for (const source of testbed.scenario.counters ?? []) {
    try {
      found.set(source.service, countersIn(await testbed.unlessLost(ask(testbed, source))))
    } catch (error) {
      // A lost engine or agent, or an abort, ends the repetition at the next call to the engine or agent.
      found.set(source.service, null)
      if (!testbed.run.signal.aborted)
        repetition.note(noteOn(source.service, error instanceof Error ? error.message : String(error)))
    }
  }
  return found
}

/**
 * The counts of the services between two readings, with the answers of the load between them. Null when the
 * scenario has no counters, or the agent did not count its answers.
 */
export function countedBetween(
  { repetition, testbed }: ReadyTestbed,
  before: ReadonlyMap<string, Counters | null>,
  after: ReadonlyMap<string, Counters | null>,
  { batch, window }: LoadMeasurement,
): Counted[] | null {
  const answered = batch?.ok ?? window?.answered ?? null
  if (!testbed.scenario.counters?.length || answered === null) return null
  return testbed.scenario.counters.flatMap((source) => {
    const [first, last] = [before.get(source.service), after.get(source.service)]
    if (!first || !last) return []
    const grown = growthOf(source, first, last)
    if (typeof grown !== 'string') return [{ service: source.service, ...grown, answered }]
    repetition.note(noteOn(source.service, grown))
    return []
  })
}

async function ask({ run, agent, services }: Testbed, { service, read }: ServiceCounters): Promise<string> {
  const container = services.get(service)
  if (!container) throw new Error('it does not run')
  if (read.by === 'command') {
    const { exitCode, output } = await container.run(read.command, run.signal)
    if (exitCode !== 0) throw new Error(`${read.command[0]} ended with exit code ${exitCode}: ${output.slice(-200)}`)
    return output.trim().split('\n').at(-1) ?? ''
  }
  const origin = `http://${container.address}:${PORT}`
  const { status, body, error } = await agent.fetch(plainGet(origin, read.path, { timeoutMs: ANSWER_MS }))
  if (status !== 200 || error !== null) throw new Error(`GET ${read.path}: ${error ?? `HTTP ${status}`}`)
  return body
}

/** The members of a JSON object that are numbers. */
function countersIn(text: string): Counters {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  if (typeof value !== 'object' || value === null) throw new Error(`not a JSON object: ${text.slice(0, 200)}`)
  return Object.fromEntries(Object.entries(value).filter(([, member]) => typeof member === 'number'))
}

/** The growth of each counter, or a sentence when a member is missing, or fell because the service restarted. */
function growthOf(
  { work, late }: ServiceCounters,
  first: Counters,
  last: Counters,
): Pick<Counted, 'work' | 'late' | 'of'> | string {
  const members = [work, late?.late ?? null, late?.of ?? null]
  const grown: (number | null)[] = []
  for (const member of members) {
    const [from, to] = member === null ? [0, 0] : [first[member], last[member]]
    if (from === undefined || to === undefined) return `it has no number "${member}"`
    if (to < from) return `"${member}" fell from ${from} to ${to}`
    grown.push(member === null ? null : to - from)
  }
  const [ofWork = null, ofLate = null, of = null] = grown
  return { work: ofWork, late: ofLate, of }
}

function noteOn(service: string, why: string): string {
  return `The counters of ${service} could not be read, so they do not show whether the work was done: ${why}`
}
