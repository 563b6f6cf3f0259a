/**
 * Watches how containers of a session end, or are paused, which is as bad for a measurement. The engine's `wait` never settles when the daemon dies, so there are two sources:
 * the event stream, which is quick, and a listing every few seconds, which is sure and is a ping as well.
 */

import type { Readable } from 'node:stream'
import type { ContainerExit } from '@bakeoff/runner/ports'
import type { EngineClient } from '../client/client.js'
import { EngineLost, isEngineGone, statusOf } from '../client/errors.js'
import { eachLine } from '../lines.js'
import { ofSession } from './labels.js'

export interface Life {
  /** rejects with ENGINE_LOST */
  readonly exited: Promise<ContainerExit>
  oomKills(): number
  /** until `expectRunning`, an end is wanted and does not count */
  expectStop(): void
  expectRunning(): void
}

export interface ContainerWatchOptions {
  readonly pollMs: number
  /** after this many failed listings in a row, the engine is lost */
  readonly patience: number
}

interface Watched {
  readonly id: string
  stopExpected: boolean
  oomKills: number
  settled: boolean
  readonly settle: (exit: ContainerExit) => void
  readonly lose: (error: unknown) => void
}

export class ContainerWatch {
  readonly #client: EngineClient
  readonly #session: string
  readonly #options: ContainerWatchOptions
  readonly #watched = new Map<string, Watched>()
  readonly #closing = new AbortController()
  #events: Readable | null = null
  #timer: NodeJS.Timeout | null = null
  #failures = 0

  constructor(client: EngineClient, session: string, options: Partial<ContainerWatchOptions> = {}) {
    this.#client = client
    this.#session = session
    this.#options = { pollMs: 5_000, patience: 3, ...options }
  }

  /** Settles when events arrive. Call it before anything is started: events are not kept for later listeners. */
  async open(): Promise<void> {
    await this.#listen()
    this.#schedule(this.#options.pollMs)
  }

  /** Watches a container from its creation on, since it may end before `start` returns. */
  watch(id: string): Life {
    let settle!: (exit: ContainerExit) => void
    let lose!: (error: unknown) => void
    const exited = new Promise<ContainerExit>((resolve, reject) => {
      settle = resolve
      lose = reject
    })
    exited.catch(() => undefined) // not every caller that starts a container waits for its end
    const watched: Watched = { id, stopExpected: false, oomKills: 0, settled: false, settle, lose }
    this.#watched.set(id, watched)
    return {
      exited,
      oomKills: () => watched.oomKills,
      expectStop: () => {
        watched.stopExpected = true
      },
      expectRunning: () => {
        watched.stopExpected = false
      },
    }
  }

  /** Ends the watch of a container that its owner removed: all that matters then is that it has ended. */
  forget(id: string): void {
    const watched = this.#watched.get(id)
    if (watched)
      this.#end(watched, { exitCode: null, oomKilled: watched.oomKills > 0, paused: false, atMs: Date.now() })
    this.#watched.delete(id)
  }

  /** Ends every watch with ENGINE_LOST: the way to the engine is gone. */
  lose(error: unknown): void {
    if (!this.#closing.signal.aborted) this.#loseAll(error)
  }

  close(): void {
    this.#closing.abort()
    if (this.#timer) clearTimeout(this.#timer)
    this.#events?.destroy()
    for (const id of [...this.#watched.keys()]) this.forget(id)
  }

  async #listen(): Promise<void> {
    const filter = { events: ['die', 'oom', 'pause'], label: ofSession(this.#session) }
    const events = await this.#client.events(filter, this.#closing.signal)
    this.#events = events
    const gone = () => {
      if (this.#events !== events || this.#closing.signal.aborted) return
      this.#events = null
      this.#schedule(0) // the daemon or only the stream ended: the listing finds out which
    }
    events.on('error', gone).on('close', gone)
    eachLine(events, (line) => this.#hear(line))
  }

  #hear(line: string): void {
    const event = parseEvent(line)
    const watched = event === null ? undefined : this.#watched.get(event.id)
    if (event === null || watched === undefined) return
    if (event.action === 'oom') watched.oomKills++
    else if (event.action === 'pause') this.#pause(watched, event.atMs)
    else this.#look(watched, event.exitCode, event.atMs).catch(() => this.#schedule(0)) // the listing finds out
  }

  #schedule(inMs: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#closing.signal.aborted) return
    this.#timer = setTimeout(() => void this.#poll(), inMs).unref()
  }

  async #poll(): Promise<void> {
    const watchedBefore = [...this.#watched.values()]
    try {
      const listed = await this.#client.containers.list(ofSession(this.#session))
      if (this.#events === null) await this.#listen()
      this.#failures = 0
      const states = new Map(listed.map(({ id, state }) => [id, state]))
      const over = watchedBefore.filter(({ id, stopExpected }) => !stopExpected && isOver(states.get(id)))
      await Promise.all(over.map((watched) => this.#look(watched, null, Date.now())))
      for (const watched of watchedBefore) if (states.get(watched.id) === 'paused') this.#pause(watched, Date.now())
      this.#schedule(this.#options.pollMs)
    } catch (error) {
      // A refused connection may be a short restart; an engine that left several pings unanswered is lost.
      const isFrozen = error instanceof EngineLost && error.isFrozen
      this.#failures = isFrozen ? this.#options.patience : this.#failures + 1
      if (this.#failures >= this.#options.patience) this.#loseAll(error)
      else this.#schedule(isEngineGone(error) ? 300 : 0)
    }
  }

  /** Reads the exit code of an ended container, and whether it was killed for memory, where they are not known yet. */
  async #look(watched: Watched, exitCode: number | null, atMs: number): Promise<void> {
    const state = await this.#stateOf(watched.id)
    if (watched.stopExpected || state?.Running) return
    this.#end(watched, {
      exitCode: exitCode ?? state?.ExitCode ?? null,
      oomKilled: (state?.OOMKilled ?? false) || watched.oomKills > 0,
      paused: false,
      atMs,
    })
  }

  /** Handles a pause: what was measured with the container is spoilt, however soon it goes on. */
  #pause(watched: Watched, atMs: number): void {
    if (!watched.stopExpected) this.#end(watched, { exitCode: null, oomKilled: false, paused: true, atMs })
  }

  /** Null when the container is removed already. */
  async #stateOf(id: string): Promise<{ Running: boolean; ExitCode: number; OOMKilled: boolean } | null> {
    try {
      return (await this.#client.containers.inspect(id)).State
    } catch (error) {
      if (statusOf(error) === 404) return null
      throw error
    }
  }

  #end(watched: Watched, exit: ContainerExit): void {
    if (watched.settled) return
    watched.settled = true
    watched.settle(exit)
  }

  #loseAll(error: unknown): void {
    // An engine that refuses its listing again and again is lost too.
    const lost = isEngineGone(error)
      ? error
      : EngineLost.gone('listing containers', error, this.#client.found.host ?? null)
    for (const watched of this.#watched.values()) {
      watched.settled = true
      watched.lose(lost)
    }
    // The engine may come back for the next testbed; the containers that were running are lost in any case.
    this.#watched.clear()
    this.#schedule(this.#options.pollMs)
  }
}

/** Whether a container has ended: it is listed as started and not running, or is not listed at all. */
function isOver(state: string | undefined): boolean {
  return state === undefined || state === 'exited' || state === 'dead' || state === 'removing'
}

/** Parses a line of the engine's event stream. Podman and Docker agree in these members; null for any other line. */
export function parseEvent(
  line: string,
): { action: 'die' | 'oom' | 'pause'; id: string; exitCode: number | null; atMs: number } | null {
  let event: { Action?: string; status?: string; id?: string; time?: number; timeNano?: number; Actor?: Actor }
  try {
    event = JSON.parse(line)
  } catch {
    return null
  }
  const action = event.Action ?? event.status
  const id = event.Actor?.ID ?? event.id
  if ((action !== 'die' && action !== 'oom' && action !== 'pause') || id === undefined) return null
  const exitCode = event.Actor?.Attributes?.exitCode
  const atMs = event.timeNano ? event.timeNano / 1e6 : (event.time ?? 0) * 1000
  return { action, id, exitCode: exitCode === undefined ? null : Number(exitCode), atMs }
}

interface Actor {
  readonly ID?: string
  readonly Attributes?: { readonly exitCode?: string }
}
