import type { z } from 'zod'
import { parseJson } from './json.js'
import { badSpec, type Problem } from './problem.js'

/** The lines of newline-delimited JSON that have the right shape, and the problems of the others. */
export interface NdjsonLines<T> {
  readonly values: T[]
  readonly problems: Problem[]
}

/** Reads newline-delimited JSON, each line of one shape. Blank lines are left out. */
export function readNdjsonLines<S extends z.ZodType>(file: string, text: string, schema: S): NdjsonLines<z.infer<S>> {
  const problems: Problem[] = []
  const values: z.infer<S>[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const parsed = parseJson(line)
    if (!parsed.ok) {
      problems.push({
        file,
        line: index + 1,
        column: parsed.column,
        message: `not JSON: ${parsed.message}`,
        hint: 'Each line is one JSON object on its own.',
      })
      continue
    }
    const result = schema.safeParse(parsed.value)
    if (result.success) values.push(result.data)
    else {
      for (const issue of result.error.issues) {
        const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0]
        const column = key === undefined ? 1 : Math.max(1, line.indexOf(`"${String(key)}"`) + 1)
        problems.push({
          file,
          line: index + 1,
          column,
          message: `${issue.path.join('.') || 'the line'}: ${issue.message}`,
        })
      }
    }
  }
  return { values, problems }
}

/** The lines of a text that hold a value, with their numbers from 1: the i-th value stands on the i-th of them. */
export function valueLines(text: string): { readonly line: string; readonly number: number }[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]))
}

/** @throws BakeoffError BAD_SPEC with file, line and column of what is wrong */
export function readNdjson<S extends z.ZodType>(file: string, text: string, schema: S): z.infer<S>[] {
  const { values, problems } = readNdjsonLines(file, text, schema)
  if (problems.length > 0) throw badSpec(problems, text)
  return values
}
