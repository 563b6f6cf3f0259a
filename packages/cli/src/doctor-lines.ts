import type { DoctorCheck } from '@bakeoff/containers'
import type { Terminal } from './terminal.js'

/** The lines of one check: mark, title and what was found, and below it what is to do. */
export function doctorLines(
  { title, state, found, todo }: DoctorCheck,
  { colours }: Pick<Terminal, 'colours'>,
): string[] {
  const mark = { ok: colours.green('✓'), warn: colours.yellow('!'), bad: colours.red('✗') }[state]
  const [first = '', ...more] = found.split('\n')
  return [
    `${mark} ${title.padEnd(20)} ${first}`,
    ...[...more, ...(todo === null ? [] : todo.split('\n'))].map((line) => `  ${''.padEnd(20)} ${line}`),
  ]
}

/** Checks under a heading. */
export function sectionLines(
  heading: string,
  checks: readonly DoctorCheck[],
  terminal: Pick<Terminal, 'colours'>,
): string[] {
  return [terminal.colours.bold(heading), ...checks.flatMap((check) => doctorLines(check, terminal))]
}
