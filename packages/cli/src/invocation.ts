import type { Project } from './project.js'
import type { Stop } from './signals.js'
import type { Terminal } from './terminal.js'

/** One call of the program, given to every command. */
export interface Invocation {
  readonly project: Project
  readonly terminal: Terminal
  readonly stop: Stop
  /** Sets the exit code of the process, which is 0 when no command sets it. */
  leave(code: number): void
}
