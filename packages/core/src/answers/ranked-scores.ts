import { isObject, parseJson } from './json.js'
import { snippet } from './snippet.js'

interface Scored {
  readonly id: string | number
  readonly score: number
}

/**
 * Compares `{"outputs":[{"id":…,"score":…}, …]}`, best first: the same ids, each score within the tolerance, and the
 * golden order, in which only ids whose golden scores are closer than the tolerance may have changed places.
 */
export function rankedScoresDifference(expected: string, actual: string, tolerance: number): string | null {
  const golden = readOutputs(expected)
  const answer = readOutputs(actual)
  if (typeof golden === 'string') return `golden answer ${golden}`
  if (typeof answer === 'string') return answer
  if (golden.length !== answer.length) return `at $.outputs: expected ${golden.length} elements, got ${answer.length}`

  const scores = new Map(golden.map(({ id, score }) => [id, score]))
  const seen = new Set<string | number>()
  /** the lowest golden score so far: no clearly better score may come after it */
  let lowest = Number.POSITIVE_INFINITY
  for (const [index, { id, score }] of answer.entries()) {
    const at = `at $.outputs[${index}]`
    const wanted = scores.get(id)
    if (wanted === undefined)
      return `${at}.id: expected ${snippet(golden[index]?.id)}, got ${snippet(id)}, which is not in the answer`
    if (seen.has(id)) return `${at}.id: ${snippet(id)} comes twice`
    if (!(Math.abs(score - wanted) <= tolerance))
      return `${at}.score of id ${snippet(id)}: expected ${wanted} ± ${tolerance}, got ${score}`
    if (wanted - lowest >= tolerance && wanted > lowest)
      return `${at}.id: expected ${snippet(golden[index]?.id)}, got ${snippet(id)}, which scores ${wanted} and comes after ${lowest}`
    seen.add(id)
    lowest = Math.min(lowest, wanted)
  }
  return null
}

/** The scored ids, or a sentence that says what is wrong with the body. */
function readOutputs(body: string): Scored[] | string {
  const parsed = parseJson(body)
  if (!parsed.ok) return `is not JSON: ${snippet(body)}`
  if (!isObject(parsed.value) || !Array.isArray(parsed.value.outputs)) return `has no array "outputs": ${snippet(body)}`
  const scored: Scored[] = []
  for (const [index, entry] of parsed.value.outputs.entries()) {
    const id = isObject(entry) ? entry.id : undefined
    const score = isObject(entry) ? entry.score : undefined
    if ((typeof id !== 'number' && typeof id !== 'string') || typeof score !== 'number')
      return `at $.outputs[${index}]: expected {"id":…,"score":…}, got ${snippet(entry)}`
    scored.push({ id, score })
  }
  return scored
}
