/** Compiles and starts the truth server, for the tests and for the benchmarks. What it can do is in main.c. */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const FLAGS = ['-O2', '-std=gnu17', '-Wall', '-Wextra', '-Werror']

/**
 * The program, compiled once for each content of its sources into the system's folder for temporary files.
 *
 * @returns {string} its path
 * @throws when there is no compiler, with what to do
 */
export function compileTruthServer() {
  const sources = readdirSync(here).filter((name) => /\.[ch]$/.test(name))
  const hash = createHash('sha256').update(FLAGS.join(' '))
  for (const name of sources) hash.update(`\0${name}\0`).update(readFileSync(join(here, name)))
  const binary = join(tmpdir(), `bakeoff-truth-server-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(binary)) return binary
  // Beside its place and then renamed: two that compile at once do not run half a program.
  const folder = mkdtempSync(`${binary}-`)
  const made = join(folder, 'truth-server')
  try {
    execFileSync('cc', [...FLAGS, '-o', made, ...sources.filter((name) => name.endsWith('.c')), '-lm'], {
      cwd: here,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    renameSync(made, binary)
  } catch (cause) {
    if (cause.code !== 'ENOENT') throw cause
    throw new Error(
      'There is no C compiler (cc) for the truth server. Next: apt-get install gcc libc6-dev, or run npm test as root.',
      { cause },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return binary
}

/**
 * Starts it on a free port of the loopback. It ends with this process at the latest.
 *
 * @param settings as in main.c, for example { behaviour: 'constant', delayUs: 2000 }
 * @param prefix a command that starts it, for example ['taskset', '-c', '0']
 */
export async function startTruthServer(settings, prefix = []) {
  const args = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  const [program, ...rest] = [...prefix, compileTruthServer(), ...args]
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const line = await Promise.race([
    once(child.stdout, 'data').then(String),
    exited.then(([code]) => Promise.reject(new Error(`the truth server ended with exit code ${code}`))),
  ])
  const origin = `http://127.0.0.1:${/listening (\d+)/.exec(line)?.[1]}`
  const json = async (path, init) => (await fetch(`${origin}${path}`, init)).json()
  return {
    origin,
    process: child,
    truth: async (fromMs, toMs) => {
      const query = new URLSearchParams()
      if (fromMs !== undefined) query.set('fromMs', String(fromMs))
      if (toMs !== undefined) query.set('toMs', String(toMs))
      const truth = await json(`/truth?${query}`)
      if (truth.notRecorded > 0) throw new Error(`the truth server had no room for ${truth.notRecorded} requests`)
      return truth
    },
    forget: async () => void (await json('/truth', { method: 'DELETE' })),
    stall: (afterMs, forMs) => json(`/truth/stall?afterMs=${afterMs}&forMs=${forMs}`, { method: 'POST' }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The server's clock: CLOCK_MONOTONIC in ms. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6

/** An instant of Date.now(), or `startedAtMs` of a measurement, on the server's clock. */
export const toMonotonicMs = (epochMs) => epochMs - (performance.timeOrigin + performance.now()) + monotonicMs()
