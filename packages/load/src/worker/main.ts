/** A load process: takes orders from the controller over IPC, one at a time. */

import { driverOf } from './drivers.js'
import { Load } from './load.js'
import { LoadState } from './load-state.js'
import type { FromWorker, ProcessOrder, ToWorker } from './messages.js'
import type { Prepared, Seat } from './prepared-work.js'
import { RequestSequence, shareOf } from './request-sequence.js'
import { CorpusWalk, type RequestWalk, TrafficWalk } from './request-walk.js'
import { Ticker } from './ticker.js'

/** The backlog of the controller's comparisons above which no more answers are picked. */
const MOST_QUEUED_BYTES = 16 * 1024 * 1024

let work: Prepared = { requests: [], seed: 0, respell: null, state: null, answerCapBytes: 0 }
let seat: Seat = { index: 0, of: 1 }
/** walks through the requests by share of the corpus; they go on from load to load */
const walks = new Map<string, RequestWalk>()
/** of this work, from its first load on */
let state: LoadState | null = null
let load: Load | null = null
let ticker: Ticker | null = null
/** whether the process was told to stop before the load was there */
let stopped = false
/** bytes of picked answers that the controller has not taken yet */
let queuedBytes = 0

/** The ticker, started with the first timed load; the bundle puts its script beside this one. */
async function startedTicker(): Promise<Ticker> {
  ticker ??= new Ticker(new URL('./ticker-thread.mjs', import.meta.url))
  await ticker.started
  return ticker
}

function walkOf({ part: { index, of } }: ProcessOrder): RequestWalk {
  const key = `${index}/${of}`
  const known = walks.get(key) ?? newWalk(index, of)
  walks.set(key, known)
  return known
}

/** What depends on one another cannot be shared out: then every process asks for the whole corpus, in an order of its own. */
function newWalk(index: number, of: number): RequestWalk {
  const seed = work.seed * 31 + index
  const { traffic } = work.state ?? { traffic: null }
  if (traffic !== null)
    return new TrafficWalk(
      traffic,
      work.requests.map(({ request }) => request.name),
      seed,
    )
  const isWhole = work.requests.some(({ request }) => request.capture !== undefined)
  return new CorpusWalk(
    new RequestSequence(isWhole ? shareOf(work.requests.length, 0, 1) : shareOf(work.requests.length, index, of), seed),
  )
}

function stateOf({ given }: ProcessOrder): LoadState | null {
  if (work.state !== null) state ??= new LoadState(work, work.state, given, seat)
  return state
}

async function open(order: ProcessOrder): Promise<void> {
  load = null
  stopped = false
  const running = driverOf(order.share).isTimed ? await startedTicker() : null
  load = new Load(
    order,
    work,
    { walk: walkOf(order), state: stateOf(order), ticker: running },
    { say, mayPick: () => queuedBytes < MOST_QUEUED_BYTES },
  )
  if (stopped) load.stop()
  await load.opened()
  say({ kind: 'opened' })
}

function say(message: FromWorker): void {
  if (message.kind !== 'picked') {
    process.send?.(message)
    return
  }
  const bytes = message.answer.body?.byteLength ?? 0
  queuedBytes += bytes
  process.send?.(message, () => {
    queuedBytes -= bytes
  })
}

function handle(message: ToWorker): void {
  switch (message.kind) {
    case 'prepare':
      work = message.work
      seat = message.seat
      state = null
      walks.clear()
      return
    case 'open':
      open(message.order)
      return
    case 'go':
      if (message.atMonotonicMs === undefined) load?.go()
      else load?.goAt(message.atMonotonicMs)
      return
    case 'cut':
      load?.cut(message.atMonotonicMs, message.durationMs)
      return
    case 'stop':
      stopped = true
      load?.stop()
      return
  }
}

function fail(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  say({
    kind: 'failed',
    message,
    stack: (stack ?? '')
      .split('\n')
      .slice(1, 9)
      .map((line) => line.trim()),
  })
}

// A bug in this process must end the load with an error that says where; the controller then starts a fresh process.
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// The controller handles an interrupt: it stops the load and collects what was measured.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
process.on('message', handle)
say({ kind: 'started' })
