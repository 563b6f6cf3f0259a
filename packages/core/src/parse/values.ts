/** Parses `values` of a scenario file: where each comes from. */
import type { ScenarioFile, ValueSpec } from '@bakeoff/model'
import type { Problem } from './problem.js'
import type { Located } from './yaml.js'

type ValueFile = NonNullable<ScenarioFile['x-scenario']['values']>[string]

const WAYS = ['counter', 'pick', 'between', 'secret', 'captured'] as const

const EXAMPLE =
  'Write one of { counter: 1 }, { pick: [ada, grace] }, { between: [1, 9] }, { secret: ORDERS_TOKEN }, { captured: pool }.'

/** The values of a scenario that can be read, and the problems of the others. */
export interface ReadValues {
  readonly values: Readonly<Record<string, ValueSpec>>
  readonly problems: readonly Problem[]
}

/** @param read the text of a file beside the scenario, null when there is none */
export function readValues(located: Located<ScenarioFile>, read: (path: string) => string | null): ReadValues {
  const values: Record<string, ValueSpec> = {}
  const problems: Problem[] = []
  for (const [key, file] of Object.entries(located.value['x-scenario'].values ?? {})) {
    const found = valueFor(file, read)
    if ('kind' in found) values[key] = found
    else
      problems.push(
        located.problem(['x-scenario', 'values', key, ...found.at], `the value "${key}" ${found.why}`, {
          ...(found.at.length === 0 ? { key: true } : {}),
          hint: found.hint,
        }),
      )
  }
  return { values, problems }
}

/** What is wrong with a value, as it reads after its name. */
interface Wrong {
  readonly at: readonly string[]
  readonly why: string
  readonly hint: string
}

function valueFor(file: ValueFile, read: (path: string) => string | null): ValueSpec | Wrong {
  const ways = WAYS.filter((way) => file[way] !== undefined)
  if (ways.length !== 1) {
    const why = ways.length === 0 ? 'comes from nowhere' : `comes from ${ways.join(' and ')}, and can come from one`
    return { at: [], why, hint: EXAMPLE }
  }
  const { counter, pick, between, secret, captured } = file
  if (counter !== undefined) return { kind: 'counter', from: counter }
  if (secret !== undefined) return { kind: 'secret', variable: secret }
  if (captured !== undefined) return { kind: 'captured', from: captured }
  if (between !== undefined) {
    const [least, most] = between
    return least <= most
      ? { kind: 'between', least, most }
      : { at: ['between'], why: `is between ${least} and ${most}`, hint: 'Write the least number first.' }
  }
  if (Array.isArray(pick)) return { kind: 'pick', items: pick.map(String) }
  return pickFrom((pick as { readonly file: string }).file, read)
}

function pickFrom(file: string, read: (path: string) => string | null): ValueSpec | Wrong {
  const at = ['pick', 'file']
  const text = read(file)
  if (text === null)
    return { at, why: `is picked from ${file}, and there is no such file`, hint: 'The path is relative to this file.' }
  const items = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return items.length > 0
    ? { kind: 'pick', items }
    : { at, why: `is picked from ${file}, which is empty`, hint: 'Write a text on every line.' }
}
