import { isMap, isPair, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { z } from 'zod'
import { addHint, hintForKey } from './hints.js'
import { badSpec, didYouMean, type Problem } from './problem.js'

/** How many nodes aliases may repeat in all: beyond that a small file grows without bound ("billion laughs"). */
const MAX_ALIASES = 50

export type Path = readonly PropertyKey[]

/** A parsed YAML file with the shape of a schema, and the place of each of its members. */
export interface Located<T> {
  readonly file: string
  readonly text: string
  readonly value: T
  /** makes a problem at a member; with `key`, at the member's key instead of its value */
  problem(path: Path, message: string, options?: { key?: boolean; hint?: string }): Problem
}

/**
 * Reads a YAML file and checks its shape.
 *
 * @param next as of badSpec
 * @throws BakeoffError BAD_SPEC naming file, line and column, with the line and a caret, and a did-you-mean for an
 *         unknown key
 */
export function readYaml<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  next?: string,
): Located<z.infer<S>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (document.errors.length > 0) {
    throw badSpec(
      document.errors.map((error) => ({ ...at(error.pos[0]), message: syntaxMessage(error.code, error.message) })),
      text,
      next,
    )
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch {
    throw badSpec(
      [
        {
          ...at(0),
          message: `aliases repeat more than ${MAX_ALIASES} nodes`,
          hint: 'Write the values out; an alias bomb would fill the memory.',
        },
      ],
      text,
      next,
    )
  }
  const problem: Located<unknown>['problem'] = (path, message, options = {}) => ({
    ...at(offsetOf(document.contents, path, options.key ?? false)),
    message,
    ...(options.hint ? { hint: options.hint } : {}),
  })
  const result = schema.safeParse(value)
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => toProblems(issue, schema, value, problem))
    throw badSpec(problems, text, next)
  }
  return { file, text, value: result.data, problem }
}

function syntaxMessage(code: string, message: string): string {
  return code === 'DUPLICATE_KEY' ? 'this key is already there: a name can be used once' : message
}

function toProblems(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: unknown,
  problem: Located<unknown>['problem'],
): Problem[] {
  const ofForm = issue.code === 'invalid_union' ? issuesOfMeantForm(issue) : null
  if (ofForm !== null) return ofForm.flatMap((inner) => toProblems(inner, schema, value, problem))
  const where = issue.path.length === 0 ? 'the file' : pathText(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path)
    return issue.keys.map((key) => {
      const meant = didYouMean(key, known)
      const hint =
        hintForKey(issue.path, key) ?? (meant ? `Did you mean "${meant}"?` : `Known here: ${known.join(', ')}`)
      return problem([...issue.path, key], `unknown key "${key}"${issue.path.length ? ` in ${where}` : ''}`, {
        key: true,
        hint,
      })
    })
  }
  if (issue.code === 'invalid_key') {
    const key = issue.path.at(-1)
    return [
      problem(issue.path, `"${String(key)}" ${issue.issues[0]?.message ?? 'is not a possible name'}`, { key: true }),
    ]
  }
  const given = memberOf(value, issue.path)
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const meant = typeof given === 'string' ? didYouMean(given, values) : null
    return [
      problem(
        issue.path,
        `${where} is ${show(given)}, and can be ${values.join(', ')}`,
        meant ? { hint: `Did you mean "${meant}"?` } : {},
      ),
    ]
  }
  if (given === undefined) {
    return [problem(issue.path.slice(0, -1), `${where} is missing`, { hint: addHint(String(issue.path.at(-1))) })]
  }
  const nested =
    issue.code === 'invalid_union'
      ? issue.errors
          .flat()
          .find((inner) => inner.code === 'invalid_format' || inner.code === 'too_small' || inner.code === 'too_big')
      : undefined
  const message = (nested ?? issue).message
  return [problem(issue.path, `${where} is ${show(given)}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`)]
}

/** What is wrong in the form that was meant, of several that a member can have: the only one whose type the value has. */
function issuesOfMeantForm(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | null {
  const isOther = ({ code, path }: z.core.$ZodIssue) => code === 'invalid_type' && path.length === 0
  const [meant, ...others] = issue.errors.filter((inner) => !inner.some(isOther))
  if (meant === undefined || others.length > 0) return null
  return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as z.core.$ZodIssue)
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function pathText(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join('')
}

function memberOf(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

/** The keys a schema knows at a path, for the did-you-mean. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  let current = schema as unknown as { def: Record<string, unknown> }
  const unwrap = () => {
    while (current && ['optional', 'nullable', 'default'].includes(current.def.type as string))
      current = current.def.innerType as typeof current
    if (current?.def.type === 'union')
      current =
        (current.def.options as (typeof current)[]).find(({ def }) =>
          ['object', 'record'].includes(def.type as string),
        ) ?? current
  }
  unwrap()
  for (const key of path) {
    const def = current.def
    if (def.type === 'object') current = (def.shape as Record<PropertyKey, typeof current>)[key] as typeof current
    else if (def.type === 'record') current = def.valueType as typeof current
    else if (def.type === 'array') current = def.element as typeof current
    if (!current) return []
    unwrap()
  }
  return current.def.type === 'object' ? Object.keys(current.def.shape as object) : []
}

/** The place of a member in the text: the deepest existing node of the path. */
function offsetOf(root: unknown, path: Path, key: boolean): number {
  let node = root as Node | null
  let offset = node?.range?.[0] ?? 0
  for (const [index, part] of path.entries()) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
      )
      if (!pair) return offset
      const keyOffset = (pair.key as Node).range?.[0] ?? offset
      const value = pair.value as Node | null
      offset = (key && index === path.length - 1) || !value?.range ? keyOffset : value.range[0]
      node = value
    } else {
      const item = (node as { items?: Node[] } | null)?.items?.[Number(part)]
      if (!item) return offset
      offset = item.range?.[0] ?? offset
      node = item
    }
  }
  return offset
}
