/** Parses what a scenario says of state between requests, and checks that requests, golden answers, values and traffic fit together. */
import {
  type ContractCase,
  type GoldenLine,
  type RequestLine,
  type ScenarioFile,
  type SetupLine,
  type StateSpec,
  setupLine,
  type TrafficPart,
  type ValueSpec,
} from '@bakeoff/model'
import { captureProblem } from '../state/capture.js'
import { goldenTexts, linksOf, ranksOf } from '../state/dependencies.js'
import { keysIn, keysOf, placeholdersOf, requestTexts } from '../state/template.js'
import { readNdjson, valueLines } from './ndjson.js'
import { badSpec, didYouMean, type Problem } from './problem.js'
import { readValues } from './values.js'
import type { Located } from './yaml.js'

/** A file of lines, each with a request or an answer. */
export interface Lines<T> {
  /** as it is shown: `compose/orders/requests.ndjson` */
  readonly file: string
  readonly text: string
  readonly values: readonly T[]
}

/** The parts of a scenario that have to do with its state. */
export interface StateSources {
  readonly located: Located<ScenarioFile>
  readonly requests: Lines<RequestLine>
  readonly golden: Lines<GoldenLine>
  readonly contract: Lines<ContractCase>
  /** the text of a file beside the scenario, null when there is none */
  read(path: string): string | null
  /** the path of such a file as it is shown */
  beside(path: string): string
}

/**
 * The state of a scenario. Null when it has none: then placeholders are only texts.
 *
 * @throws BakeoffError BAD_SPEC with all that is wrong in one of the files, the scenario's own first
 */
export function readState(sources: StateSources): StateSpec | null {
  const { located, requests } = sources
  const { traffic, before, after } = located.value['x-scenario']
  const { values, problems } = readValues(located, sources.read)
  throwIfAny(problems, located.text)
  const setUp = readSetUp(sources, 'before', before)
  const cleanUp = readSetUp(sources, 'after', after)
  const isNone =
    Object.keys(values).length === 0 &&
    !traffic &&
    !before &&
    !after &&
    requests.values.every(({ capture }) => capture === undefined)
  if (isNone) return null
  const parts = traffic?.map(({ weight, send }): TrafficPart => ({ weight: weight ?? 1, send })) ?? null
  const state: StateSpec = { values, traffic: parts, before: setUp.values, after: cleanUp.values }

  const all = [requests, setUp, cleanUp]
  throwIfAny([...trafficProblems(sources, parts), ...spellingProblems(located, state)], located.text)
  for (const lines of all)
    throwIfAny(
      [...captureProblems(lines, state, located), ...placeholderProblems(lines, values, requestTexts)],
      lines.text,
    )
  throwIfAny(placeholderProblems(sources.golden, values, goldenTexts), sources.golden.text)
  throwIfAny(contractProblems(sources.contract, state), sources.contract.text)
  throwIfAny(valueProblems(sources, state), located.text)
  throwIfAny(circleProblems(sources, state), requests.text)
  return state
}

function throwIfAny(problems: readonly Problem[], text: string): void {
  if (problems.length > 0) throw badSpec(problems, text)
}

/** @throws BakeoffError BAD_SPEC */
function readSetUp(
  { located, read, beside }: StateSources,
  member: 'before' | 'after',
  path: string | undefined,
): Lines<SetupLine> {
  if (path === undefined) return { file: '', text: '', values: [] }
  const text = read(path)
  if (text === null) throw badSpec([located.problem(['x-scenario', member], `there is no file ${path}`)], located.text)
  const file = beside(path)
  const values = readNdjson(file, text, setupLine)
  if (values.length === 0)
    throw badSpec(
      [located.problem(['x-scenario', member], `${path} has no request`, { hint: `Take \`${member}\` out.` })],
      located.text,
    )
  return { file, text, values }
}

/** What is wrong with the traffic: names that no request has, and requests that would never be sent. */
function trafficProblems({ located, requests }: StateSources, traffic: readonly TrafficPart[] | null): Problem[] {
  if (traffic === null) return []
  const names = new Set(requests.values.flatMap(({ name }) => name ?? []))
  const sent = new Set(traffic.flatMap(({ send }) => send))
  const unknown = traffic.flatMap(({ send }, part) =>
    send.flatMap((name, step): Problem[] => {
      if (names.has(name)) return []
      const meant = didYouMean(name, [...names])
      return [
        located.problem(['x-scenario', 'traffic', part, 'send', step], `no request is called "${name}"`, {
          hint: meant
            ? `Did you mean "${meant}"?`
            : `Give a line of ${requests.file} the member "name":"${name}".${names.size > 0 ? ` There are: ${[...names].join(', ')}.` : ''}`,
        }),
      ]
    }),
  )
  const unnamed = requests.values.filter(({ name }) => name === undefined).length
  const left = [...names].filter((name) => !sent.has(name))
  const at = (message: string, hint: string) => located.problem(['x-scenario', 'traffic'], message, { key: true, hint })
  return [
    ...unknown,
    ...(unnamed > 0
      ? [
          at(
            `traffic sends requests by their names, and ${unnamed} of ${requests.values.length} requests have none`,
            `Give each line of ${requests.file} a "name", or take it out: it would never be sent under load.`,
          ),
        ]
      : []),
    ...(left.length > 0 && unknown.length === 0
      ? [
          at(
            `traffic never sends ${left.map((name) => `"${name}"`).join(', ')}`,
            'Add it to a `send`, or take its lines out.',
          ),
        ]
      : []),
  ]
}

/** Bodies that are filled in are another each time already, and have no place for white space before they are. */
function spellingProblems(located: Located<ScenarioFile>, { values }: StateSpec): Problem[] {
  if (!located.value['x-scenario'].respell || Object.keys(values).length === 0) return []
  return [
    located.problem(['x-scenario', 'respell'], 'respell and values do not go together', {
      key: true,
      hint: 'Take respell out: a counter in a body makes it another at every send too, such as {"note":"{{key}}"}.',
    }),
  ]
}

/** What is wrong with what lines capture. */
function captureProblems(lines: Lines<RequestLine>, { values }: StateSpec, located: Located<ScenarioFile>): Problem[] {
  const isStream = located.value['x-scenario'].stream ?? false
  const places = valueLines(lines.text)
  return lines.values.flatMap(({ capture }, index) => {
    const { line, number } = places[index] as (typeof places)[number]
    return Object.entries(capture ?? {}).flatMap(([key, source]): Problem[] => {
      const problem = (message: string, hint: string): Problem => ({
        file: lines.file,
        line: number,
        column: columnOf(line, `"${key}"`, line.indexOf('"capture"')),
        message,
        hint,
      })
      const wrong = captureProblem(source)
      if (wrong !== null) return [problem(`capture ${key}: ${wrong.message}`, wrong.hint)]
      const from = typeof source === 'string' ? source : source.from
      if (isStream && !from.startsWith('header:'))
        return [
          problem(
            `capture ${key}: the answers are streams, of which only headers can be captured`,
            'Write "header:NAME", or take the capture out.',
          ),
        ]
      const value = values[key]
      if (value?.kind === 'captured') return []
      const meant = didYouMean(
        key,
        Object.entries(values).flatMap(([name, { kind }]) => (kind === 'captured' ? [name] : [])),
      )
      return [
        value === undefined
          ? problem(
              `the captured "${key}" is used nowhere`,
              meant
                ? `Did you mean "${meant}"?`
                : `Write \`values: { ${key}: { captured: pool } }\` in the scenario, and {{${key}}} where it is wanted.`,
            )
          : problem(
              `"${key}" cannot be captured: its value comes from ${value.kind}`,
              `Write \`${key}: { captured: pool }\` in \`values\`, or capture it by another name.`,
            ),
      ]
    })
  })
}

/** What the contract has placeholders for, and cannot have: its cases come after verification, and on connections of their own. */
function contractProblems(lines: Lines<ContractCase>, { values, before }: StateSpec): Problem[] {
  const given = before.flatMap(({ capture }) => Object.keys(capture ?? {}))
  const known = Object.fromEntries(
    Object.entries(values).filter(([key, { kind }]) => kind !== 'captured' || given.includes(key)),
  )
  return placeholderProblems(lines, known, contractTexts, (key) =>
    Object.hasOwn(values, key)
      ? {
          message: `{{${key}}} is captured from requests, and the contract has none of their answers`,
          hint: 'Capture it from a request of `before`, or write a value.',
        }
      : null,
  )
}

const contractTexts = ({ request }: ContractCase) => requestTexts(request)

/**
 * Placeholders for which there is no value, each at its place.
 *
 * @param explain says what is wrong with a key where that is something else
 */
function placeholderProblems<T>(
  { file, text, values: lines }: Lines<T>,
  values: Readonly<Record<string, ValueSpec>>,
  textsOf: (line: T) => readonly string[],
  explain: (key: string) => Pick<Problem, 'message' | 'hint'> | null = () => null,
): Problem[] {
  const places = valueLines(text)
  const known = Object.keys(values)
  return lines.flatMap((value, index) => {
    const { line, number } = places[index] as (typeof places)[number]
    return keysIn(textsOf(value))
      .filter((key) => !Object.hasOwn(values, key))
      .map((key): Problem => {
        const meant = didYouMean(key, known)
        return {
          file,
          line: number,
          column: (placeholdersOf(line).find((found) => found.key === key)?.at ?? 0) + 1,
          message: `there is no value "${key}"`,
          hint: meant
            ? `Did you mean {{${meant}}}?`
            : `Write where it comes from in \`values\` of the scenario, such as \`${key}: { counter: 1 }\`.${known.length > 0 ? ` There are: ${known.join(', ')}.` : ''}`,
          ...explain(key),
        }
      })
  })
}

/** Values that nothing uses, and captured ones that nothing captures. */
function valueProblems(
  { located, requests, golden, contract }: StateSources,
  { values, before, after }: StateSpec,
): Problem[] {
  const lines = [...requests.values, ...before, ...after]
  const others = [...golden.values.flatMap(goldenTexts), ...contract.values.flatMap(contractTexts)]
  const used = new Set([...lines.flatMap(keysOf), ...keysIn(others)])
  const captured = new Set(lines.flatMap(({ capture }) => Object.keys(capture ?? {})))
  return Object.entries(values).flatMap(([key, { kind }]): Problem[] => {
    const problem = (message: string, hint: string) =>
      located.problem(['x-scenario', 'values', key], message, { key: true, hint })
    if (kind === 'captured' && !captured.has(key))
      return [
        problem(
          `no request captures "${key}"`,
          `Give the request whose answer has it "capture":{"${key}":"/${key}"} in ${requests.file}.`,
        ),
      ]
    if (!used.has(key))
      return [
        problem(
          `the value "${key}" is used in no request`,
          `Write {{${key}}} in a path, a header or a body of ${requests.file}, or take it out.`,
        ),
      ]
    return []
  })
}

/** Requests that can never be sent, since what they need is captured only after them. */
function circleProblems({ requests, golden }: StateSources, state: StateSpec): Problem[] {
  const given = state.before.flatMap(({ capture }) => Object.keys(capture ?? {}))
  const links = linksOf(state, requests.values, golden.values)
  const { ranks } = ranksOf(links, given)
  const places = valueLines(requests.text)
  return ranks.flatMap((rank, index): Problem[] => {
    if (rank !== null) return []
    const { line, number } = places[index] as (typeof places)[number]
    const { needs } = links[index] as (typeof links)[number]
    const [key] = needs.filter((one) => !given.includes(one))
    const column = (placeholdersOf(line).find((found) => found.key === key)?.at ?? 0) + 1
    return [
      {
        file: requests.file,
        line: number,
        column,
        message: `{{${key}}} is captured only by requests that need it themselves, or that need this one`,
        hint: 'Capture it from a request that needs no captured value, or from one of `before`.',
      },
    ]
  })
}

function columnOf(line: string, text: string, from: number): number {
  return Math.max(0, line.indexOf(text, Math.max(0, from))) + 1
}
