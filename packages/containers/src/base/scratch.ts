/** Folders in which a base image is made. They are large, and a process that is killed leaves its folder behind. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Owner } from '@bakeoff/model'
import { runCommand } from '../engine/command.js'
import { stateOf, thisOwner } from '../locks/owner.js'

/** How long a folder without an owner, or with an owner that cannot be asked, is left alone. Making a base image takes half a minute. */
const DAY_MS = 24 * 60 * 60_000

/** A new folder that names its owner. Remove it with `removeScratch`. */
export async function makeScratch(parent: string): Promise<string> {
  mkdirSync(parent, { recursive: true })
  const owner = await thisOwner('debootstrap')
  const scratch = mkdtempSync(join(parent, 'debian-'))
  writeFileSync(join(scratch, 'owner.json'), JSON.stringify(owner))
  return scratch
}

/** Removes the folder. debootstrap mounts proc and sys in there, and a mount that it could not undo is never followed. */
export async function removeScratch(scratch: string): Promise<void> {
  await runCommand('rm', ['-rf', '--one-file-system', scratch]).catch(() => undefined)
}

/** Removes the folders of killed processes. Never fails, since nothing depends on it. */
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
    // it has no owner: an earlier version made it, or the process was killed just then
  }
  return existsSync(scratch) && Date.now() - statSync(scratch).mtimeMs > DAY_MS
}

/** Whether debootstrap still works in the folder: it goes on for a while when only its parent was killed. */
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
