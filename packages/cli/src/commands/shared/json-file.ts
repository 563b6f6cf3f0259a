/** `--json` where npm starts the program: npm writes lines of its own to standard output, before anything of ours. */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { npmWroteFirst } from '../../called-as.js'
import type { Invocation } from '../../invocation.js'

/** Gives every command that has `--json` a `--json-file` too, and tells who asks for the first through npm of its lines. */
export function addJsonFiles(program: Command, invocation: Invocation, env: NodeJS.ProcessEnv = process.env): void {
  for (const command of commandsOf(program))
    if (command.options.some(({ long }) => long === '--json')) command.addOption(jsonFileOption())
  program.hook('preAction', (_, command) => {
    const { json = false, jsonFile } = command.opts<{ readonly json?: boolean; readonly jsonFile?: string }>()
    if (jsonFile !== undefined) invocation.terminal.printInto(jsonFile)
    else if (json && npmWroteFirst(env))
      invocation.terminal.say(
        `npm wrote lines of its own to standard output before the JSON. Without them: npm run --silent ${scriptOf(command)} -- --json, or --json-file FILE`,
      )
  })
}

function jsonFileOption(): Option {
  return new Option('--json-file <file>', 'what --json prints, into a file, where no line of npm gets')
    .argParser(fileToBe)
    .implies({ json: true })
}

/** A run may take hours before its results are written: a folder that is not there is told before. */
function fileToBe(value: string): string {
  const path = resolve(value)
  const folder = statSync(dirname(path), { throwIfNoEntry: false })
  if (!folder?.isDirectory()) throw new InvalidArgumentError(`There is no folder ${dirname(path)}.`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError('There is a folder with that name.')
  return path
}

function commandsOf({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...commandsOf(command)])
}

/** The script of npm that leads to a command: `images` of `images list`, which it does by itself. */
function scriptOf(command: Command): string {
  return command.parent?.parent ? scriptOf(command.parent) : command.name()
}
