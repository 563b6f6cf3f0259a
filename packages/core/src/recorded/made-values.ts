/** Values that a service made, such as ids: an answer had them first, and later requests ask for them. */
import { visibleText } from '@bakeoff/model'
import { many } from '../words/quantities.js'
import { nameOf, type Recorded } from './recorded.js'
import { nameAt, type Scalar, scalarsIn } from './scalars.js'
import { jsonOf } from './volatile.js'

/** Names of members that are ids whatever their value is. Else only a long text is taken for one: a status stands in paths too. */
const NAMES_AN_ID = /(?:^|[_-])(?:id|uuid|key|slug|token|number|code)$|(?:Id|Uuid|Key|Slug|Token|Number|Code)$/
/** What is shorter is no id unless it is called one. */
const LEAST_CHARACTERS = 12

/** Where an answer has a value that no request had before. */
interface Made {
  /** of the request whose answer it is */
  readonly by: string
  readonly pointer: string
  /** requests that ask for a value of this place, by their names */
  readonly askedBy: string[]
  /** one of the values */
  readonly example: string
}

/**
 * A sentence for each place in answers whose values later requests ask for. As recorded they ask for what another start of the service has not
 * made: such a value is to be captured.
 */
export function madeValueNotes(recorded: readonly Recorded[]): string[] {
  const asked = new Set<string>()
  const known = new Map<string, Made>()
  const places = new Map<string, Made>()
  for (const { request, answer } of recorded) {
    const values = new Set(valuesIn(request))
    const asks = new Set([...values].flatMap((value) => known.get(value) ?? []))
    for (const made of asks) made.askedBy.push(nameOf(request))
    for (const value of values) asked.add(value)
    const json = answer === null ? null : jsonOf(answer)
    for (const { pointer, value: found } of json === null ? [] : scalarsIn(json.value).filter(maybeId)) {
      const value = String(found)
      if (asked.has(value) || known.has(value)) continue
      const by = nameOf(request)
      const where = `${by} ${pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')}`
      const place = places.get(where) ?? { by, pointer, askedBy: [], example: value }
      places.set(where, place)
      known.set(value, place)
    }
  }
  return [...places.values()].filter(({ askedBy }) => askedBy.length > 0).map(noteOf)
}

function noteOf({ by, pointer, askedBy, example }: Made): string {
  const [first, ...others] = [...new Set(askedBy)]
  const too =
    others.length === 0 ? '' : `, and so ${others.length === 1 ? 'does' : 'do'} ${many(others.length, 'other')}`
  const name = nameAt(pointer)
  const key = name.replaceAll(/\W|^\d+/g, '') || 'id'
  const shown = /token|key|secret|session|password/i.test(name)
    ? ''
    : `${visibleText(JSON.stringify(example).slice(0, 60))} `
  return `${first} asks for what the answer to ${by} made (${shown}at ${pointer})${too}. A service that starts anew makes others: write "capture":{"${key}":"${pointer}"} beside the one request, {{${key}}} in the ${others.length === 0 ? 'other' : 'others'}, and \`values: { ${key}: { captured: pool } }\` in the scenario.`
}

/** Texts of a request that may be values: parts of its path and query, and scalars of its body. */
function valuesIn({ path, body }: Recorded['request']): string[] {
  const [pathname = '', query = ''] = path.split('?', 2)
  const ofBody = body === null ? null : jsonOf({ contentType: 'application/json', body })
  return [
    ...pathname
      .split('/')
      .map(decoded)
      .filter((part) => part !== ''),
    ...new URLSearchParams(query).values(),
    ...(ofBody === null ? [] : scalarsIn(ofBody.value).map(({ value }) => String(value))),
  ]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function maybeId({ pointer, value }: Scalar): boolean {
  return NAMES_AN_ID.test(nameAt(pointer)) || (typeof value === 'string' && value.length >= LEAST_CHARACTERS)
}
