import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { parseHosts } from '@bakeoff/core'
import { BakeoffError, type HostsSpec } from '@bakeoff/model'
import type { Terminal } from './terminal.js'

/**
 * Reads the machines of a run. From then on the terminal names the file in commands.
 *
 * @param file as the user named it, from where the program was started
 * @throws BakeoffError BAD_SPEC
 */
export function readHosts(file: string, terminal: Pick<Terminal, 'nameHosts'>): HostsSpec {
  const path = resolve(file)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new BakeoffError('BAD_SPEC', isMissing ? `there is no ${file}` : `${file}: ${(error as Error).message}`, {
      hint: 'Name the file with your machines: --hosts FILE. docs/several-machines.md says what is in it.',
      cause: error,
    })
  }
  terminal.nameHosts(file)
  return parseHosts(text, file, { home: homedir(), folder: dirname(path) })
}
