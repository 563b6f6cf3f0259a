/**
 * A detached child that removes everything of a session when its parent ends unexpectedly, SIGKILL included: then the
 * pipe between the two closes without the message that ends the watchdog.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FoundEngine } from '../client/endpoint.js'

/** The first line that the watchdog reads. It says what is to be removed, and where. */
export interface WatchdogOrder {
  readonly session: string
  /** with the tunnel, where there is one: the parent's ends with the parent, so the watchdog opens its own */
  readonly engine: FoundEngine
}

export const GOODBYE = 'goodbye'

export interface Watchdog {
  readonly pid: number
  /** Nothing is left to remove: the watchdog ends. */
  dismiss(): Promise<void>
  /** Something is left that this process could not remove: the watchdog goes on trying. */
  release(): void
}

export async function startWatchdog(engine: FoundEngine, session: string): Promise<Watchdog> {
  const child = spawn(process.execPath, [program()], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  await once(child, 'spawn')
  const { stdin } = child
  stdin.on('error', () => undefined) // it was killed: the next start sweeps
  const order: WatchdogOrder = { session, engine }
  // Through the pipe, not the command line, which every user can read: the text may contain a key.
  stdin.write(`${JSON.stringify(order)}\n`)
  child.unref()
  ;(stdin as unknown as { unref(): void }).unref()
  return {
    pid: child.pid as number,
    async dismiss() {
      stdin.end(`${GOODBYE}\n`)
      await ended(child)
    },
    release() {
      stdin.end()
    },
  }
}

/** The path of the compiled program. Node runs no TypeScript, so tests, where this file is a source, need it too. */
function program(): string {
  const path = fileURLToPath(new URL('./watchdog-process.js', import.meta.url)).replace(
    /([/\\])src([/\\]session[/\\]watchdog-process\.js)$/,
    '$1dist$2',
  )
  if (!existsSync(path)) throw new Error(`${path} is missing: build first, with \`npm run build\``)
  return path
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref() // else the process may end during this await, before the watchdog has ended
  await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, 5_000).unref())])
  child.unref()
}
