import { BakeoffError, type PlanWarning } from '@bakeoff/model'

/** A part of a project that cannot be used. It stops itself only: the rest is listed, planned and measured without it. */
export interface BrokenPart {
  readonly kind: 'target' | 'scenario' | 'claim'
  /** what it would be selected by: the name of its folder or file */
  readonly name: string
  /** as it is shown: `targets/go-mine/target.yaml` */
  readonly file: string
  /** what is wrong, with file, line and column */
  readonly message: string
  /** what to do about it */
  readonly hint: string
}

/** Where a part of a project is, before it is known whether it can be used. */
export type PartPlace = Pick<BrokenPart, 'kind' | 'name' | 'file'>

export function brokenPart(place: PartPlace, { message, hint }: BakeoffError): BrokenPart {
  return { ...place, message, hint: hint ?? `Correct ${place.file}.` }
}

/** A part that was asked for by name, or those without which nothing is left, as the error that says all of what is wrong. */
export function brokenError(parts: readonly BrokenPart[], because: string): BakeoffError {
  return new BakeoffError('BAD_SPEC', [because, ...parts.map(({ message }) => message)].join('\n\n'), {
    hint: [...new Set(parts.map(({ hint }) => hint))].join('\n'),
  })
}

/** What the readers of a plan and of a report are told: the first line of what is wrong, without the quoted file. */
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
