import { type DoctorCheck, doctor, readHostFacts } from '@bakeoff/containers'
import type { Terminal } from '../terminal.js'

/** What was found on this machine, what is wrong and what to do. True when nothing stands in the way of a run. */
export async function runDoctor(json: boolean, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  const checks = await doctor({ host: await readHostFacts(), env: process.env, signal })
  terminal.print(
    json ? JSON.stringify(checks, null, 2) : checks.flatMap((check) => doctorLines(check, terminal)).join('\n'),
  )
  return checks.every(({ state }) => state !== 'bad')
}

export function doctorLines(
  { title, state, found, todo }: DoctorCheck,
  { colours }: Pick<Terminal, 'colours'>,
): string[] {
  const mark = { ok: colours.green('✓'), warn: colours.yellow('!'), bad: colours.red('✗') }[state]
  const [first = '', ...more] = found.split('\n')
  return [
    `${mark} ${title.padEnd(20)} ${first}`,
    ...[...more, ...(todo === null ? [] : [todo])].map((line) => `  ${''.padEnd(20)} ${line}`),
  ]
}
