import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { type CalledAs, calledAs, commandLine } from './called-as.js'
import { addCheck } from './commands/check.js'
import { addClean } from './commands/clean.js'
import { addCompare } from './commands/compare.js'
import { addDoctor } from './commands/doctor.js'
import { addHistory } from './commands/history.js'
import { addHosts } from './commands/hosts.js'
import { addImages } from './commands/images.js'
import { addInit } from './commands/init.js'
import { addList } from './commands/list.js'
import { addMatrix } from './commands/matrix.js'
import { addNewScenario } from './commands/new-scenario.js'
import { addNewTarget } from './commands/new-target.js'
import { addPlan } from './commands/plan.js'
import { addReport } from './commands/report.js'
import { addJsonFiles } from './commands/shared/json-file.js'
import type { Invocation } from './invocation.js'

/** The commands, in the order in which help lists them. */
const COMMANDS = [
  addMatrix,
  addPlan,
  addList,
  addCheck,
  addReport,
  addCompare,
  addHistory,
  addDoctor,
  addHosts,
  addClean,
  addImages,
  addNewTarget,
  addNewScenario,
  addInit,
]

/** The command line: each command with its options and its action is a file in commands/. */
export function createProgram(invocation: Invocation, called: CalledAs = calledAs(process.argv)): Command {
  const { terminal } = invocation
  const program = new Command(called)
    .description('Which language and stack should serve this? Measured, under equal caps.')
    .usage('[options]')
    .version(version(), '--version', 'print the version')
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
    })
    .configureHelp({ commandUsage: (command) => commandLine([...wordsOf(command), command.usage()], called) })
    .exitOverride()
    .showHelpAfterError('(--help lists commands and options)')
  for (const add of COMMANDS) add(program, invocation)
  addJsonFiles(program, invocation)
  return program
}

/** The version of this package, which is that of the whole repository. */
function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** What is typed after the program's own name to reach a command, such as `images save`; for the program, that one is needed. */
function wordsOf(command: Command): string[] {
  const words: string[] = []
  for (let each: Command | null = command; each?.parent; each = each.parent) words.unshift(each.name())
  return words.length > 0 ? words : ['<command>']
}
