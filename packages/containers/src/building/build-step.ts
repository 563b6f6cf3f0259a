/** The step of its Dockerfile that a build has reached. */
export interface BuildStep {
  readonly number: number
  readonly of: number
}

/** The step that a line of the classic builder's output begins, `Step 3/12 : RUN …`; null when it begins none. */
export function stepOf(line: string): BuildStep | null {
  const [, number, of] = /^Step (\d+)\/(\d+) : /.exec(line) ?? []
  return number === undefined || of === undefined ? null : { number: Number(number), of: Number(of) }
}
