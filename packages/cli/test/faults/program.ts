import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../helpers/project.js'

const MAIN = join(checkout, 'packages/cli/dist/main.js')

export interface ProgramOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** `npm run …` with its shell in between, or the compiled program itself */
  readonly through?: 'npm'
}

export interface End {
  /** the exit code, or the name of the signal that ended it */
  readonly how: number | string
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
}

/** A command of the command line, in a process group of its own. */
export class Program {
  /** of the process that was started: npm's, where it was started through npm */
  readonly pid: number
  readonly ended: Promise<End>
  readonly startedAtMs = performance.now()
  readonly #child: ChildProcess
  /** in the environment of the process and of all that it starts */
  readonly #token = `fault-${randomBytes(8).toString('hex')}`
  #stdout = ''
  #stderr = ''
  #end: End | null = null

  constructor(args: readonly string[], { cwd, env, through }: ProgramOptions) {
    const [file, rest] =
      through === 'npm'
        ? ['npm', ['run', args[0] as string, '--', ...args.slice(1)]]
        : [process.execPath, [MAIN, ...args]]
    this.#child = spawn(file, rest, {
      cwd: through === 'npm' ? checkout : cwd,
      env: { ...process.env, ...env, BAKEOFF_TEST_RUN: this.#token },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.pid = this.#child.pid as number
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk
    })
    this.ended = this.#awaitEnd()
  }

  get isOver(): boolean {
    return this.#end !== null
  }

  get stderr(): string {
    return this.#stderr
  }

  /** To the process alone. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name)
  }

  /** To the process and all that it started, but the watchdog, which has a group of its own. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name)
  }

  /** As a reader that ends, `| head` for example. */
  closePipe(stream: 'stdout' | 'stderr'): void {
    this.#child[stream]?.destroy()
  }

  /** Ids of the processes that belong to it and still run, its watchdog included. */
  processes(): number[] {
    return this.#all().map(({ pid }) => pid)
  }

  /** Ids of the watchdog and of the program itself, whatever started it. */
  pids(): { watchdogs: number[]; orchestrators: number[] } {
    const all = this.#all()
    const ids = (is: (command: string) => boolean) => all.filter(({ command }) => is(command)).map(({ pid }) => pid)
    return {
      watchdogs: ids((command) => command.includes('watchdog-process')),
      orchestrators: ids((command) => /(dist\/main\.js|bootstrap\.mjs)\0/.test(command) && !/^(sh|npm)/.test(command)),
    }
  }

  #all(): { pid: number; command: string }[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(this.#token)) return [] // a zombie's is empty
          return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }]
        } catch {
          return [] // it ended just now
        }
      })
  }

  async #awaitEnd(): Promise<End> {
    const [code, signal] = (await once(this.#child, 'exit')) as [number | null, string | null]
    const tookMs = performance.now() - this.startedAtMs
    // What it said may still be in the pipes; what it started holds them open, and is not waited for.
    await Promise.race([once(this.#child, 'close'), new Promise((resolve) => setTimeout(resolve, 300))])
    this.#end = { how: code ?? signal ?? 'nothing', stdout: this.#stdout, stderr: this.#stderr, tookMs }
    return this.#end
  }
}
