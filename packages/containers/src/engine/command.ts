import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { aborted, BakeoffError } from '@bakeoff/model'
import { ExecaError, execa } from 'execa'
import { redactorOf } from '../redact.js'

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined
  readonly env?: Readonly<Record<string, string>>
  /** run it in a session of its own, which a Ctrl-C at the terminal does not reach */
  readonly detached?: boolean
}

/** The folders of root's tools; `su` without a dash leaves them out of the PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The PATH with the folders of system tools. */
export function systemPath(env: Readonly<Record<string, string | undefined>>): string {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...folders, ...SYSTEM_FOLDERS.filter((folder) => !folders.includes(folder))].join(delimiter)
}

/** The absolute path of a program, or null. */
export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string | null {
  for (const folder of systemPath(env).split(delimiter)) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      if (statSync(path).isFile()) return path
    } catch {
      // not here
    }
  }
  return null
}

/**
 * Runs a program to its end and returns what it printed, both streams in order.
 *
 * @throws BakeoffError SETUP_FAILED with the last lines; ABORTED when the signal ended it
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  try {
    const { all } = await execa(command, args, {
      all: true,
      stdin: 'ignore',
      detached: options.detached ?? false,
      env: { ...options.env, PATH: systemPath(process.env) },
      ...(options.signal ? { cancelSignal: options.signal } : {}),
    })
    return all
  } catch (cause) {
    if (options.signal?.aborted) throw aborted(`in the middle of ${command}`, cause)
    const output = cause instanceof ExecaError && typeof cause.all === 'string' ? cause.all : String(cause)
    const redact = redactorOf(process.env) // apt and its like print the proxy that they cannot reach
    throw new BakeoffError('SETUP_FAILED', redact(`\`${[command, ...args].join(' ')}\` failed`), {
      logTail: output.trimEnd().split('\n').slice(-20).map(redact),
      cause,
    })
  }
}
