/** Folders that a base image is made in. They are large, and a process that is killed leaves its own behind. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Owner } from '@bakeoff/model'
import { run } from '../engine/command.js'
import { stateOf, thisOwner } from '../locks/owner.js'

/** Making one takes half a minute; what nobody signed, or who cannot be asked, is left alone for so long. */
const DAY_MS = 24 * 60 * 60_000

/** A new folder that says whose it is. Remove it with `removeScratch`. */
export async function makeScratch(parent: string): Promise<string> {
  mkdirSync(parent, { recursive: true })
  const owner = await thisOwner('debootstrap')
  const scratch = mkdtempSync(join(parent, 'debian-'))
  writeFileSync(join(scratch, 'owner.json'), JSON.stringify(owner))
  return scratch
}

/** debootstrap mounts proc and sys in there: a mount that it could not undo is never followed. */
export async function removeScratch(scratch: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', scratch]).catch(() => undefined)
}

/** Removes what killed processes left. Never fails: it is only tidying. */
export async function sweepScratch(parent: string, say: (line: string) => void): Promise<void> {
  for (const name of namesIn(parent).filter((one) => /^debian-\w{6}$/.test(one))) {
    const scratch = join(parent, name)
    if (!(await isAbandoned(scratch)) || isAtWorkIn(scratch)) continue
    say(`removed ${scratch}, left by a start that was killed`)
    await removeScratch(scratch)
  }
}

async function isAbandoned(scratch: string): Promise<boolean> {
  try {
    const owner = JSON.parse(readFileSync(join(scratch, 'owner.json'), 'utf8')) as Owner
    const state = await stateOf(owner)
    if (state !== 'elsewhere') return state === 'dead'
  } catch {
    // nobody signed it: an earlier version, or one that was killed in this very moment
  }
  return existsSync(scratch) && Date.now() - statSync(scratch).mtimeMs > DAY_MS
}

/** debootstrap goes on for a while when only who started it was killed. */
function isAtWorkIn(scratch: string): boolean {
  return namesIn('/proc').some((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(scratch))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
