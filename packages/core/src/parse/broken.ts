import { BakeoffError, type PlanWarning } from '@bakeoff/model'

/** A part of a project that cannot be used. The rest is listed, planned and measured without it. */
export interface BrokenPart {
  readonly kind: 'target' | 'scenario' | 'claim'
  /** the name by which it would be selected: that of its folder or file */
  readonly name: string
  /** the file as it is shown: `targets/go-mine/target.yaml` */
  readonly file: string
  /** what is wrong, with file, line and column */
  readonly message: string
  /** what to do about it */
  readonly hint: string
}

/** The place of a part of a project, before it is known whether it can be used. */
export type PartPlace = Pick<BrokenPart, 'kind' | 'name' | 'file'>

export function brokenPart(place: PartPlace, { message, hint }: BakeoffError): BrokenPart {
  return { ...place, message, hint: hint ?? `Correct ${place.file}.` }
}

/** The error for broken parts that were named by the user, or without which nothing is left. It says everything that is wrong. */
export function brokenError(parts: readonly BrokenPart[], because: string): BakeoffError {
  return new BakeoffError('BAD_SPEC', [because, ...parts.map(({ message }) => message)].join('\n\n'), {
    hint: [...new Set(parts.map(({ hint }) => hint))].join('\n'),
  })
}

/** The warning for readers of a plan or report: the first line of the problem, without the quoted file. */
export function brokenWarning(part: BrokenPart): PlanWarning {
  return {
    what: leftOutWords(part),
    where: part.file,
    why: part.message.split('\n', 1)[0] as string,
    todo: part.hint,
  }
}

/** `target go-mine is left out` */
export function leftOutWords({ kind, name }: Pick<BrokenPart, 'kind' | 'name'>): string {
  return `${kind} ${name} is left out`
}
