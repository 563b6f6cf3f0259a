import type { RequestLine, ScenarioSpec } from '@bakeoff/model'
import { contentTypeOf, type Place, placeholdersOf, placeOfBody, templateOf } from '../state/template.js'
import { valueMakers } from '../state/value-source.js'
import { many } from '../words/quantities.js'

/** The most requests that are shown: the first ones, each with another name. */
const MOST_SHOWN = 12
/** The most characters of a body that are shown. */
const LONGEST_BODY = 100

/**
 * One line for each request of a scenario with values or traffic, as it could be sent: `create: POST /orders {"n":1}, gives {{id}}`. Secrets are
 * hidden, and captured values stay placeholders, since nobody knows them before. None for other scenarios, whose requests stand in their file.
 *
 * @param seed of the plan; the values are examples, and a run sends others
 */
export function sampleRequests({ requests, state }: Pick<ScenarioSpec, 'requests' | 'state'>, seed: number): string[] {
  if (!state) return []
  const secrets = Object.fromEntries(
    Object.values(state.values).flatMap((value) => (value.kind === 'secret' ? [[value.variable, '***']] : [])),
  )
  const makers = valueMakers(state.values, { seed, secrets, numbers: { first: 0, step: 1 } })
  const names = new Set<string>()
  const shown = requests.filter(({ name }) => {
    if (name === undefined) return true
    const isNew = !names.has(name)
    names.add(name)
    return isNew
  })
  const lines = shown.slice(0, MOST_SHOWN).map((request) => sampleOf(request, (key) => makers.get(key)?.() ?? null))
  const parts = state.traffic?.map(({ weight, send }) => `${weight} × ${send.join(', then ')}`) ?? []
  return [
    ...(state.before.length > 0 ? [`before: ${many(state.before.length, 'request')}`] : []),
    ...lines,
    ...(shown.length > lines.length ? [`… and ${many(shown.length - lines.length, 'request')} more`] : []),
    ...(parts.length > 0 ? [`traffic: ${parts.join('; ')}`] : []),
    ...(state.after.length > 0 ? [`after: ${many(state.after.length, 'request')}`] : []),
  ]
}

function sampleOf(request: RequestLine, make: (key: string) => string | null): string {
  const { name, method, path, headers, body, capture } = request
  const made = new Map<string, string | null>()
  const valueFor = (key: string) => {
    if (!made.has(key)) made.set(key, make(key))
    return made.get(key) ?? null
  }
  const fill = (text: string, place: Place) => {
    const { fixed, slots } = templateOf(text, place)
    return slots.reduce((filled, { key, write }, index) => {
      const value = valueFor(key)
      return filled + (value === null ? `{{${key}}}` : write(value)) + fixed[index + 1]
    }, fixed[0] as string)
  }
  const filledHeaders = Object.entries(headers)
    .filter(([, value]) => placeholdersOf(value).length > 0)
    .map(([header, value]) => ` ${header}: ${fill(value, 'header')}`)
  const filledBody =
    body === null || body === '' ? '' : ` ${shortened(fill(body, placeOfBody(body, contentTypeOf(request))))}`
  const given = Object.keys(capture ?? {}).map((key) => `{{${key}}}`)
  return [
    `${name === undefined ? '' : `${name}: `}${method} ${fill(path, 'path')}${filledHeaders.join('')}${filledBody}`,
    ...(given.length > 0 ? [`gives ${given.join(', ')}`] : []),
  ].join(', ')
}

function shortened(text: string): string {
  return text.length <= LONGEST_BODY ? text : `${text.slice(0, LONGEST_BODY)}…`
}
