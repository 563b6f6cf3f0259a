/** Options that choose what is measured, checked or built. */
import type { Selection } from '@bakeoff/core'
import { Option } from 'commander'
import { names, orAll } from './values.js'

export interface SelectionFlags {
  readonly scenario?: readonly string[]
  readonly target?: readonly string[]
  readonly claims?: boolean
  readonly all?: boolean
}

export const scenario = new Option('--scenario <name>', 'only this scenario; may be repeated').argParser(names)

export const target = new Option('--target <name>', 'only this target, or name/variant; may be repeated').argParser(
  names,
)

export const selectionOptions: readonly Option[] = [
  scenario,
  target,
  new Option('--claims', 'the targets that published claims are about, under the loads of their sources'),
  new Option('--all', 'every entry, of any role; with --claims also the loads of the sources'),
]

export function toSelection(flags: SelectionFlags): Selection {
  return {
    scenarios: orAll(flags.scenario),
    targets: orAll(flags.target),
    all: flags.all ?? false,
    claims: flags.claims ?? false,
  }
}
