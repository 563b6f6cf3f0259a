import type { Command, Option } from 'commander'
import type { Invocation } from '../../invocation.js'

/** Adds one command to the program, its options together with its action. */
export type AddCommand = (program: Command, invocation: Invocation) => void

/** Adds options that several commands share, and returns the command. */
export function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option)
  return command
}
