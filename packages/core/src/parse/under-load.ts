/** Parses the parts of a scenario file that ensure that answers under load come from real work. */
import {
  parseDurationMs,
  type RequestLine,
  type Respell,
  type ScenarioFile,
  type ServiceCounters,
} from '@bakeoff/model'
import { valueLines } from './ndjson.js'
import { didYouMean, type Problem } from './problem.js'
import { spellableOf } from './spelling.js'
import type { Located } from './yaml.js'

/** Null: bodies are sent as they stand. */
export function respellOf({ 'x-scenario': { respell } }: ScenarioFile): Respell | null {
  return respell ? { spaces: respell.spaces ?? false, caseOf: respell.case ?? null } : null
}

export function respellProblems(located: Located<ScenarioFile>): Problem[] {
  const respell = respellOf(located.value)
  if (respell === null || respell.spaces || respell.caseOf !== null) return []
  return [
    located.problem(['x-scenario', 'respell'], 'respell says neither spaces nor case: nothing would be spelled anew', {
      key: true,
      hint: 'Write `respell: { spaces: true }`, or leave it out.',
    }),
  ]
}

/**
 * Problems of requests whose bodies cannot be spelled as the scenario asks, by their lines.
 *
 * @param text     the text of the file of the requests
 * @param requests the requests of its lines
 */
export function unspellable(file: string, text: string, requests: readonly RequestLine[], respell: Respell): Problem[] {
  const lines = valueLines(text)
  return requests.flatMap(({ body }, index): Problem[] => {
    const found = spellableOf(body, respell)
    if (typeof found !== 'string') return []
    const { line, number } = lines[index] as (typeof lines)[number]
    const column = Math.max(1, line.indexOf('"body"') + 1)
    return [{ file, line: number, column, message: found, ...hintFor(body, respell) }]
  })
}

function hintFor(body: string | null, { caseOf }: Respell): { hint: string } {
  const otherwise = 'Leave `respell` out of the scenario where bodies are not JSON.'
  if (caseOf === null) return { hint: otherwise }
  try {
    const meant = didYouMean(caseOf, Object.keys(JSON.parse(body ?? '') as object))
    return {
      hint:
        meant && meant !== caseOf ? `Did you mean \`case: ${meant}\`?` : 'Name a member of the body that is a text.',
    }
  } catch {
    return { hint: otherwise }
  }
}

export function countersOf({ 'x-scenario': { counters } }: ScenarioFile): ServiceCounters[] {
  return Object.entries(counters ?? {}).map(([service, { http, command, work, late, of, lag }]) => ({
    service,
    read: command ? { by: 'command', command } : { by: 'http', path: http as string },
    work: work ?? null,
    late: late !== undefined && of !== undefined ? { late, of } : null,
    lagMs: lag === undefined ? 0 : (parseDurationMs(lag) as number),
  }))
}

export function counterProblems(located: Located<ScenarioFile>): Problem[] {
  const { services, 'x-scenario': x } = located.value
  return Object.entries(x.counters ?? {}).flatMap(([name, { http, command, work, late, of }]): Problem[] => {
    const path = ['x-scenario', 'counters', name]
    const problem = (message: string, hint?: string) =>
      located.problem(path, message, { key: true, ...(hint ? { hint } : {}) })
    const meant = didYouMean(name, Object.keys(services))
    return [
      ...(name === 'target'
        ? [problem('counters of the target are its own word: only those of services count')]
        : Object.hasOwn(services, name)
          ? []
          : [problem(`there is no service called "${name}"`, meant ? `Did you mean "${meant}"?` : undefined)]),
      ...((http === undefined) === (command === undefined)
        ? [problem(`${name} needs either http or command to be read by`)]
        : []),
      ...((late === undefined) !== (of === undefined)
        ? [problem(`${name}: late and of go together: how much was late, of how much`)]
        : []),
      ...(work === undefined && late === undefined
        ? [problem(`${name} says neither work nor late: nothing is counted`)]
        : []),
    ]
  })
}
