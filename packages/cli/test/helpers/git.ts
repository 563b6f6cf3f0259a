import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'

/** Runs git in a folder, as somebody who need not be set up there. Returns what it printed, trimmed. */
export function gitIn(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false']
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return stdout.trim()
}
