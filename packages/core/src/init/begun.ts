/** What comes after init: another scenario takes the place of the one that it began. */
import { isScalar, isSeq, parse, parseDocument, visit } from 'yaml'
import { type Json, mapOf } from '../recorded/schema-values.js'
import { TO_BE_WRITTEN } from './scenario-text.js'
import { scalar } from './yaml-text.js'

/** The texts of a scenario. */
export interface ScenarioFiles {
  readonly name: string
  readonly yaml: string
  readonly requests: string
  readonly golden: string
}

/**
 * The services of a scenario as init began it: of those its user may have made others by now. Null where anything else was written since, such as a
 * request, an answer or a service level: then it is its user's own.
 */
export function servicesOfBegun({
  name,
  yaml,
  requests,
  golden,
}: ScenarioFiles): Readonly<Record<string, Json>> | null {
  const file = mapOf(attempt(() => parse(yaml)))
  const { summary, ...rest } = mapOf(file['x-scenario'])
  const path = /^GET (\S+), to begin with$/.exec(String(summary))?.[1]
  const services = Object.entries(mapOf(file.services)).map(([service, written]) => [service, mapOf(written)] as const)
  const isAsBegun =
    JSON.stringify(rest) === JSON.stringify(begunRest(name)) &&
    requests.trim() === JSON.stringify({ method: 'GET', path }) &&
    golden.includes(JSON.stringify(TO_BE_WRITTEN)) &&
    services.length > 0
  return isAsBegun ? Object.fromEntries(services) : null
}

/** `x-scenario` as init writes it, without its summary. */
function begunRest(name: string): Json {
  return {
    requests: `${name}/requests.ndjson`,
    expect: { golden: `${name}/golden.ndjson`, compare: 'exact' },
    load: { closed: [1, 64] },
  }
}

/** Lists of scenarios: those that a target serves, and those of matrix.yaml. */
const NAMING: ReadonlySet<string> = new Set(['scenarios', 'order'])

/** The text of a target.yaml or of matrix.yaml in which one scenario has another's place; null: it does not name that one. All else stays as it is written. */
export function withScenario(yaml: string, old: string, name: string): string | null {
  const places: (readonly [from: number, to: number])[] = []
  visit(parseDocument(yaml), {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !NAMING.has(String(key.value)) || !isSeq(value)) return
      for (const item of value.items)
        if (isScalar(item) && item.value === old && item.range) places.push([item.range[0], item.range[1]])
    },
  })
  if (places.length === 0) return null
  return places
    .toReversed()
    .reduce((text, [from, to]) => `${text.slice(0, from)}${scalar(name)}${text.slice(to)}`, yaml)
}

function attempt(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return null
  }
}
