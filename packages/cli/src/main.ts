import { CommanderError } from 'commander'
import { calledAs } from './called-as.js'
import { exitCodeOf, exitCodes, showError } from './exit.js'
import { createProgram } from './program.js'
import { findProject } from './project.js'
import { Interruption } from './signals.js'
import { openTerminal } from './terminal.js'

const terminal = openTerminal(process, process.env, calledAs(process.argv))
const interruption = new Interruption(terminal)
let code: number = exitCodes.fine
try {
  await createProgram({
    project: findProject(process.env),
    terminal,
    stop: interruption,
    leave: (wanted) => {
      code = wanted
    },
  }).parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) code = error.exitCode === 0 ? exitCodes.fine : exitCodes.configuration
  else {
    const cause = interruption.signal.aborted ? interruption.signal.reason : error
    showError(cause, terminal)
    code = exitCodeOf(cause)
  }
}
// A result that could not be written, as to a full disk or a closed pipe, is no success.
await terminal.settled()
// Sockets to the engine may stay open for a while; nothing is left to do.
process.exit(interruption.exitCode ?? code)
