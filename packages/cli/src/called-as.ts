/** How the program was called, for its help and for what a run remembers of its command. */
import type { ImageFolders } from '@bakeoff/containers'

/** `npm run` needs two dashes before the options of a script; the program itself does not. */
const BY_NAME = ['npx bakeoff-matrix', 'npx bakeoff', 'bakeoff'] as const

export type CalledAs = 'npm run' | (typeof BY_NAME)[number]

/** @param argv as scripts/bootstrap.mjs leaves it, with the name that the program was called by in place of its file */
export function calledAs([, name]: readonly string[]): CalledAs {
  return BY_NAME.find((one) => one === name) ?? 'npm run'
}

/** The command as a person would type it. */
export function commandLine([command = '', ...rest]: readonly string[], called: CalledAs = 'npm run'): string {
  const dashes = called === 'npm run' && rest.length > 0 ? ['--'] : []
  return [called, command, ...dashes, ...rest].join(' ')
}

/** `npm run …` of our own commands in a text, as this program was called. Scripts of npm alone, such as `npm run build`, stay. */
export function asCalled(text: string, called: CalledAs): string {
  if (called === 'npm run') return text
  return text.replace(/\bnpm run (?!(?:build|lint|format|package|test)\b)([a-z][a-z-]*)(?: --(?= ))?/g, `${called} $1`)
}

/** A text that goes into a file of a project. In a checkout its commands are those of npm, however this program was called. */
export function asWritten(text: string, { root, home }: ImageFolders): string {
  return root === home ? text : asCalled(text, calledAs(process.argv))
}

/** The command that this process was started with. */
export function typedCommand(): string {
  return commandLine(process.argv.slice(2), calledAs(process.argv))
}

/** Whether npm wrote the name of its script and the command of it to standard output, as it does unless it is told to be silent. */
export function npmWroteFirst({ npm_command, npm_config_loglevel }: NodeJS.ProcessEnv): boolean {
  return (npm_command === 'run' || npm_command === 'run-script') && npm_config_loglevel !== 'silent'
}
