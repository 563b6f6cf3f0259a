import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What really happened in the server since `forget`. */
export interface Truth {
  readonly requests: number
  /** answers that came from its cache */
  readonly hits: number
  /** how long requests took */
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  /** how late its delays ended: much only on a machine with other work */
  readonly lateP90Ms: number
  /** of streams: from the request to the first event, and from one event to the next; null: there was none */
  readonly firstP50Ms: number | null
  readonly betweenP50Ms: number | null
}

export interface StartedServer extends AsyncDisposable {
  readonly origin: string
  readonly process: ChildProcess
  readonly exited: Promise<unknown>
  truth(): Promise<Truth>
  forget(): Promise<void>
}

/** Starts servers/truth-server.mjs with these settings on a free port. */
export async function startServer(settings: Record<string, string | number> = {}): Promise<StartedServer> {
  const script = fileURLToPath(new URL('../servers/truth-server.mjs', import.meta.url))
  const args = Object.entries({ PORT: 0, HOST: '127.0.0.1', ...settings }).map(([name, value]) => `${name}=${value}`)
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [line] = await once(child.stdout, 'data')
  const origin = `http://127.0.0.1:${/listening (\d+)/.exec(String(line))?.[1]}`
  return {
    origin,
    process: child,
    exited,
    truth: async () =>
      (await (await fetch(`${origin}/truth`, { signal: AbortSignal.timeout(30_000) })).json()) as Truth,
    forget: async () => void (await fetch(`${origin}/truth`, { method: 'DELETE' })),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
