import type { Command } from 'commander'

/** The long names of the options of each command and its subcommands, without their dashes, in alphabetical order. */
export function optionNames(program: Command): Record<string, string[]> {
  return Object.fromEntries(program.commands.map((command) => [command.name(), namesOf(command)]))
}

function namesOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => (long ? [long.replace(/^--(no-)?/, '')] : []))
  return [...new Set([...own, ...command.commands.flatMap(namesOf)])].sort()
}
