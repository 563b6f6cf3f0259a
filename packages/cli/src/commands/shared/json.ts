import { Option } from 'commander'

/** @param what is printed, as in `the whole plan` */
export function jsonOption(what: string): Option {
  return new Option('--json', `${what} as JSON on standard output`)
}

/** A value in the form in which --json prints it. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
