/** Checks what golden answers and the scenario say of places that are not compared by value. */
import type { GoldenLine, Matcher, ScenarioFile } from '@bakeoff/model'
import { regexProblem } from '../state/capture.js'
import { fillGolden } from '../state/fill-golden.js'
import { pointerProblem } from '../state/pointer.js'
import { parseJson } from './json.js'
import { valueLines } from './ndjson.js'
import type { Problem } from './problem.js'
import type { Located } from './yaml.js'

/** Golden answers with what the scenario ignores in every one of them, where the line has a body of JSON. */
export function withIgnored(golden: readonly GoldenLine[], ignore: readonly string[] = []): GoldenLine[] {
  if (ignore.length === 0) return [...golden]
  return golden.map((line) =>
    isJson(line) ? { ...line, ignore: [...new Set([...ignore, ...(line.ignore ?? [])])] } : line,
  )
}

/** What is wrong with `ignore` of the scenario. */
export function ignoreProblems(located: Located<ScenarioFile>): Problem[] {
  const { ignore = [], compare } = located.value['x-scenario'].expect
  const path = ['x-scenario', 'expect', 'ignore']
  if (ignore.length > 0 && compare !== 'exact')
    return [
      located.problem(path, `nothing can be ignored where answers are compared by ${compare}`, {
        key: true,
        hint: `Take it out: ${compare} looks at one member only. Or compare exact.`,
      }),
    ]
  return ignore.flatMap((pointer, index) => {
    const wrong = pointer === '' ? NOTHING_COMPARED : pointerProblem(pointer)
    return wrong === null ? [] : [located.problem([...path, index], wrong.message, { hint: wrong.hint })]
  })
}

/** The empty pointer is the whole answer: no target would be found wrong. */
const NOTHING_COMPARED = {
  message: 'an empty pointer is the whole of every answer, so none would be compared',
  hint: 'Name places in it, such as /createdAt. Of one answer alone the whole can be ignored: "ignore":[""] on its line.',
}

/** What is wrong with `ignore` and `match` of golden answers, with its line. */
export function goldenProblems(
  file: string,
  text: string,
  golden: readonly GoldenLine[],
  compare: ScenarioFile['x-scenario']['expect']['compare'],
): Problem[] {
  const places = valueLines(text)
  return golden.flatMap((answer, index): Problem[] => {
    const { line, number } = places[index] as (typeof places)[number]
    const { ignore, match } = answer
    if (ignore === undefined && match === undefined) return []
    const problem = (
      what: string,
      { message, hint }: { readonly message: string; readonly hint: string },
    ): Problem => ({
      file,
      line: number,
      column: Math.max(0, line.indexOf(JSON.stringify(what))) + 1,
      message,
      hint,
    })
    const member = ignore === undefined ? 'match' : 'ignore'
    if (compare !== 'exact')
      return [
        problem(member, {
          message: `${member} has no effect where answers are compared by ${compare}`,
          hint: 'Take it out, or compare exact.',
        }),
      ]
    if (!isJson(answer))
      return [
        problem(member, {
          message: `${member} is for answers of JSON, and this body is none`,
          hint: 'Take it out, or write the body as JSON.',
        }),
      ]
    return [
      ...[...(ignore ?? []), ...Object.keys(match ?? {})].flatMap((pointer) => {
        const wrong = pointerProblem(pointer)
        return wrong === null ? [] : [problem(pointer, wrong)]
      }),
      ...Object.entries(match ?? {}).flatMap(([pointer, matcher]) => {
        const wrong = matcherProblem(matcher)
        return wrong === null ? [] : [problem(pointer, wrong)]
      }),
      ...Object.keys(match ?? {})
        .filter((pointer) => (ignore ?? []).includes(pointer))
        .map((pointer) =>
          problem(pointer, {
            message: `${pointer} is ignored, and so its matcher has no effect`,
            hint: 'Take it out of ignore or of match.',
          }),
        ),
    ]
  })
}

function matcherProblem(matcher: Matcher): { readonly message: string; readonly hint: string } | null {
  if (matcher === 'any' || 'type' in matcher) return null
  if ('regex' in matcher) return regexProblem(matcher.regex)
  const [least, most] = matcher.range
  return least <= most
    ? null
    : { message: `no number lies from ${least} to ${most}`, hint: 'Write the least number first.' }
}

/** Whether a golden answer is JSON once its placeholders have values: a number fits wherever one can stand. */
function isJson(answer: GoldenLine): boolean {
  return parseJson(fillGolden({ ...answer, ignore: [], match: {} }, () => '1').body).ok
}
