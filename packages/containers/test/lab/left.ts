import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Everything of this machine that bears the name of a lab: namespaces, mounts, control groups, processes, folders. */
export function leftOf(name: string): string[] {
  return [
    ...linesWith(name, execFileSync('ip', ['netns', 'list'], { encoding: 'utf8', stdio: 'pipe' })),
    ...linesWith(name, readFileSync('/proc/self/mountinfo', 'utf8')),
    ...hierarchies()
      .map((folder) => join(folder, name))
      .filter(existsSync),
    ...processesWith(name),
    ...[join('/var/lib/bakeoff/labs', name)].filter(existsSync),
  ]
}

/** What is left once nothing is, or after so long. */
export async function leftAfter(name: string, withinMs: number): Promise<string[]> {
  for (const until = Date.now() + withinMs; leftOf(name).length > 0 && Date.now() < until; ) await sleep(100)
  return leftOf(name)
}

const linesWith = (name: string, text: string) => text.split('\n').filter((line) => line.includes(name))

function hierarchies(): string[] {
  const root = '/sys/fs/cgroup'
  return [root, ...readdirSync(root).map((folder) => join(root, folder))]
}

function processesWith(name: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => ['cmdline', 'cgroup'].some((file) => textOf(`/proc/${pid}/${file}`).includes(name)))
    .filter((pid) => !/^State:\s+Z/m.test(textOf(`/proc/${pid}/status`)))
    .map((pid) => `process ${pid}: ${textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}
