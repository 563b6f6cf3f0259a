/** Golden answers of what a service answered, with what in them differs from one asking to the next. */
import { type GoldenLine, type RequestLine, visibleText } from '@bakeoff/model'
import { mediaTypeOf } from '../answers/head.js'
import { many } from '../words/quantities.js'
import { nameOf, type Recorded, whichRequests } from './recorded.js'
import { type Difference, differencesOf, hasPointer, jsonOf } from './volatile.js'

/** A request with all answers that were seen to it, the one that becomes golden first. */
export interface Answered {
  readonly request: RequestLine
  readonly answers: readonly GoldenLine[]
}

/** A place that no answer is compared at. */
export interface Ignored {
  readonly pointer: string
  /** why, for a comment: `"a1" and then "b2" in answers 1, 2 and 98 more` */
  readonly because: string
}

export interface GoldenAnswers {
  readonly requests: readonly RequestLine[]
  readonly golden: readonly GoldenLine[]
  /** what differs wherever it stands */
  readonly ignore: readonly Ignored[]
  readonly notes: readonly string[]
}

/**
 * What becomes golden. A place of a JSON answer that differs between askings is ignored: in every answer when it differs wherever it stands,
 * else in the answers in which it does. An answer that differs as a whole has no place to ignore, and its request is left out.
 */
export function goldenOf(answered: readonly Answered[]): GoldenAnswers {
  const notes: string[] = []
  const kept: { request: RequestLine; golden: GoldenLine; differences: readonly Difference[] }[] = []
  const left = new Map<string, string[]>()
  for (const { request, answers } of answered) {
    const [golden, ...others] = answers
    if (golden === undefined) continue
    const found = unsteadiness(golden, others)
    if (typeof found !== 'string') kept.push({ request, golden, differences: found })
    else left.set(found, [...(left.get(found) ?? []), nameOf(request)])
  }
  for (const [why, names] of left)
    notes.push(`${many(names.length, 'request')} left out (${[...new Set(names)].slice(0, 3).join(', ')}): ${why}.`)

  const bodies = kept.map(({ golden }) => jsonOf(golden))
  const everywhere: Ignored[] = []
  const inLine = kept.map((): string[] => [])
  const pointers = new Set(kept.flatMap(({ differences }) => differences.map(({ pointer }) => pointer)))
  for (const pointer of pointers) {
    const at = kept.flatMap(({ differences }, index) =>
      differences.some((one) => one.pointer === pointer) ? [index] : [],
    )
    const having = bodies.flatMap((body, index) => (body !== null && hasPointer(body.value, pointer) ? [index] : []))
    if (having.every((index) => at.includes(index))) {
      const [example] = (kept[at[0] as number] as (typeof kept)[number]).differences.filter(
        (one) => one.pointer === pointer,
      )
      everywhere.push({ pointer, because: becauseOf(example as Difference, at) })
    } else for (const index of at) inLine[index]?.push(pointer)
  }
  return {
    requests: kept.map(({ request }) => request),
    golden: kept.map(({ golden }, index) => {
      const ignore = [...(golden.ignore ?? []), ...(inLine[index] as string[])]
      return ignore.length === 0 ? golden : { ...golden, ignore }
    }),
    ignore: everywhere,
    notes: [...notes, ...errorNotes(kept)],
  }
}

/** The recorded requests with every answer that an identical request had: what differs among those differs from asking to asking. */
export function answersSeen(recorded: readonly Recorded[]): Answered[] {
  const keyOf = ({ method, path, headers, body }: RequestLine) =>
    JSON.stringify([method, path, Object.entries(headers).sort(), body])
  const seen = new Map<string, GoldenLine[]>()
  for (const { request, answer } of recorded) {
    if (answer === null) continue
    const key = keyOf(request)
    seen.set(key, [...(seen.get(key) ?? []), answer])
  }
  return recorded.flatMap(({ request, answer }) =>
    answer === null
      ? []
      : [{ request, answers: [answer, ...(seen.get(keyOf(request)) ?? []).filter((one) => one !== answer)] }],
  )
}

/** What differs between the answers; a sentence where no place of it could be ignored. */
function unsteadiness(golden: GoldenLine, others: readonly GoldenLine[]): readonly Difference[] | string {
  const found = new Map<string, Difference>()
  for (const other of others) {
    if (other.status !== golden.status)
      return `answered ${golden.status} and then ${other.status}, so the answer depends on what was asked before. Let each send have a value of its own (\`values\`)`
    if (other.contentType !== golden.contentType) return 'its answers differ in their media type'
    if (other.body === golden.body) continue
    const [first, second] = [jsonOf(golden), jsonOf(other)]
    if (first === null || second === null)
      return 'its answers differ and are no JSON, so no place in them can be ignored'
    const differences = differencesOf(first.value, second.value)
    if (differences.length === 0 && mediaTypeOf(golden.contentType ?? '') !== 'application/json')
      return `its answers differ in how they are written, which counts in ${golden.contentType}`
    for (const difference of differences) {
      if (difference.pointer === '') return 'its answers differ as a whole'
      if (!found.has(difference.pointer)) found.set(difference.pointer, difference)
    }
  }
  return [...found.values()]
}

function becauseOf({ first, second }: Difference, at: readonly number[]): string {
  const numbers = at.map((index) => index + 1)
  return `${shown(first)} and then ${shown(second)}, in the answers to ${whichRequests(numbers)}`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return visibleText(text.length > 40 ? `${text.slice(0, 39)}…` : text)
}

function errorNotes(kept: readonly { readonly request: RequestLine; readonly golden: GoldenLine }[]): string[] {
  const refused = kept.filter(({ golden }) => golden.status >= 400)
  if (refused.length === 0) return []
  const examples = refused.slice(0, 3).map(({ request, golden }) => `${nameOf(request)}: ${golden.status}`)
  const most = refused.length === kept.length ? ', which is all of them' : ''
  return [
    `${many(refused.length, 'request')} ${refused.length === 1 ? 'is' : 'are'} answered with an error${most} (${examples.join(', ')}): right only where that is meant.`,
  ]
}
