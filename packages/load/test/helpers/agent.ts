import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import type { LoadMeasurement, LoadSlice } from '@bakeoff/model'
import type { Decision, LoadAgent, LoadOrder, LoadRequest, Work } from '@bakeoff/runner/ports'
import { expect } from 'vitest'
import { bundleAgent } from '../../scripts/bundle.mjs'
import { connectAgent, connectAgents } from '../../src/index.js'

export const signal = new AbortController().signal

const folder = mkdtempSync(join(tmpdir(), 'bakeoff-load-agent-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let bundled: Promise<void> | null = null

export interface StartedAgent extends AsyncDisposable {
  readonly agent: LoadAgent
  readonly process: ChildProcess
}

/** The real agent as a child process, bundled from the sources. */
async function spawnAgent(cores: number): Promise<{ readonly child: ChildProcess; readonly wire: Duplex }> {
  bundled ??= bundleAgent(folder)
  await bundled
  const child = spawn(process.execPath, [join(folder, 'agent.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CORES: String(cores) },
  })
  return { child, wire: Duplex.from({ readable: child.stdout, writable: child.stdin }) }
}

export async function startAgent(cores = 1): Promise<StartedAgent> {
  const { child, wire } = await spawnAgent(cores)
  const agent = await connectAgent(wire)
  return {
    agent,
    process: child,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      child.kill('SIGKILL')
    },
  }
}

export interface StartedAgents extends AsyncDisposable {
  readonly agent: LoadAgent
  readonly processes: readonly ChildProcess[]
}

/** Several of them, joined, as they are on a bench of several machines: `load-1`, `load-2`. */
export async function startAgents(cores: readonly number[]): Promise<StartedAgents> {
  const spawned = await Promise.all(cores.map(spawnAgent))
  const wires = spawned.map(({ wire }, index) => ({ wire, who: `the load agent on load-${index + 1}` }))
  const agent = await connectAgents(wires)
  return {
    agent,
    processes: spawned.map(({ child }) => child),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      for (const { child } of spawned) child.kill('SIGKILL')
    },
  }
}

/** The work of the scenario predict. */
export const predictWork: Work = {
  requests: [{ method: 'GET', path: '/predict', headers: {}, body: null }],
  golden: [{ status: 200, contentType: 'text/plain', body: 'Prediction: Iris-Setosa' }],
  compare: 'exact',
  tolerance: 0,
  seed: 1,
  respell: null,
}

export const loadOf = (origin: string, order: LoadOrder, over: Partial<LoadRequest> = {}): LoadRequest => ({
  origin,
  order,
  requestTimeoutMs: 2000,
  sampleEvery: 64,
  stream: false,
  sliceMs: 100,
  ...over,
})

/** A load without a window, from its first request until it is stopped: everything is counted. */
export const stopAfter =
  (ms: number) =>
  ({ atMs }: LoadSlice): Decision => ({ kind: atMs >= ms ? 'stop' : 'go-on' })

/** A window of this length, once the load has settled. */
export function measureFor(durationMs: number, settleMs = 300): (slice: LoadSlice) => Decision {
  let isOpen = false
  return ({ atMs }) => {
    if (isOpen || atMs < settleMs) return { kind: 'go-on' }
    isOpen = true
    return { kind: 'measure', durationMs }
  }
}

/** It ends by itself: a batch with its answer. */
export const goOn = (): Decision => ({ kind: 'go-on' })

/** What every measurement must satisfy: each request ended in exactly one way. */
export function unaccounted({ counts }: LoadMeasurement): number {
  const { sent, ok, wrong, errorStatus, timeouts, lost, inFlight } = counts
  return sent - ok - wrong - errorStatus - timeouts - lost - inFlight
}

/**
 * All arrivals of an open load that were due in its window were sent or are counted as unsent. The window ends late on a
 * busy machine, and is then longer by what it says.
 *
 * @param off how many may be missing or too many; random arrivals scatter
 */
export function expectArrivals(
  { counts, durationMs }: Pick<LoadMeasurement, 'counts' | 'durationMs'>,
  perSecond: number,
  off = 2,
): void {
  const due = (perSecond * durationMs) / 1000
  expect(Math.abs(counts.sent + counts.unsent - due), `${due} were due`).toBeLessThanOrEqual(off)
}
