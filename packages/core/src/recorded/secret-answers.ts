/** Takes secrets out of answers before they become golden, since golden answers are committed. */
import type { GoldenLine } from '@bakeoff/model'
import { isObject } from '../answers/json.js'
import { SHORTEST_SECRET } from '../state/secrets.js'
import { list, many } from '../words/quantities.js'
import type { Answered } from './golden.js'
import { nameOf } from './recorded.js'
import { nameAt, type Scalar, scalarsIn } from './scalars.js'
import { jsonOf } from './volatile.js'

const HIDDEN = '***'

/** Members whose value lets its reader act as the user, where it is long enough for that: a chat service has a word in its `token`. */
const SECRET_MEMBER =
  /^(access_?token|refresh_?token|id_?token|token|jwt|api_?key|secret|client_?secret|password|passwd|pwd|session(_?id|_?token)?)$/i
const LEAST_CHARACTERS = 16

export interface MaskedAnswers {
  readonly answered: readonly Answered[]
  readonly notes: readonly string[]
}

/**
 * Answers without secrets: in JSON their places have `***`, and are not compared. Where an answer that is no JSON repeats a secret its request
 * is left out.
 *
 * @param sent secrets that requests were recorded with, which answers may repeat
 */
export function maskedAnswers(answered: readonly Answered[], sent: readonly string[]): MaskedAnswers {
  const known = sent.filter((value) => value.length >= SHORTEST_SECRET)
  const places = new Set<string>()
  const masked: string[] = []
  const left: string[] = []
  const kept = answered.flatMap(({ request, answers }): Answered[] => {
    const found = answers.map((answer) => maskedAnswer(answer, known))
    if (found.some((one) => one === null)) {
      left.push(nameOf(request))
      return []
    }
    const all = found as Masked[]
    for (const { pointers } of all) for (const pointer of pointers) places.add(nameAt(pointer))
    if (all.some(({ pointers }) => pointers.length > 0)) masked.push(nameOf(request))
    return [{ request, answers: all.map(({ answer }) => answer) }]
  })
  const examples = (names: readonly string[]) => list([...new Set(names)].slice(0, 3))
  return {
    answered: kept,
    notes: [
      ...(masked.length === 0
        ? []
        : [
            `${list([...places].map((name) => JSON.stringify(name)))} in the answers to ${examples(masked)} look${places.size === 1 ? 's' : ''} like a secret: ${HIDDEN} is written, and it is not compared.`,
          ]),
      ...(left.length === 0
        ? []
        : [
            `${many(left.length, 'request')} left out (${examples(left)}): the answer repeats a secret and is no JSON.`,
          ]),
    ],
  }
}

interface Masked {
  readonly answer: GoldenLine
  /** what has been hidden */
  readonly pointers: readonly string[]
}

/** Null: it repeats a secret, and has no place that need not be compared. */
function maskedAnswer(answer: GoldenLine, known: readonly string[]): Masked | null {
  const json = jsonOf(answer)
  if (json === null) return known.some((secret) => answer.body.includes(secret)) ? null : { answer, pointers: [] }
  const secrets = scalarsIn(json.value).filter((scalar) => isSecret(scalar, known))
  if (secrets.length === 0) return { answer, pointers: [] }
  const values = new Set(secrets.map(({ value }) => value))
  const pointers = scalarsIn(json.value).flatMap(({ pointer, value }) => (values.has(value) ? [pointer] : []))
  const body = JSON.stringify(without(json.value, values))
  return { answer: { ...answer, body, ignore: [...new Set([...(answer.ignore ?? []), ...pointers])] }, pointers }
}

function isSecret({ pointer, value }: Scalar, known: readonly string[]): boolean {
  if (typeof value !== 'string' || value.includes('{{')) return false
  const isLong = value.length >= LEAST_CHARACTERS && !/\s/.test(value)
  return (isLong && SECRET_MEMBER.test(nameAt(pointer))) || known.some((secret) => value.includes(secret))
}

function without(value: unknown, hidden: ReadonlySet<unknown>): unknown {
  if (Array.isArray(value)) return value.map((one) => without(one, hidden))
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, without(one, hidden)]))
  return hidden.has(value) ? HIDDEN : value
}
