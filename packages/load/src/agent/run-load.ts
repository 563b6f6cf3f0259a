import type { LoadMeasurement, LoadSlice } from '@bakeoff/model'
import type { LoadRequest, Work } from '@bakeoff/runner/ports'
import { monotonicMs } from '../clock.js'
import type { LoadShare } from '../protocol.js'
import { batchCounts, mergeParts, SliceMerger } from '../shares/merge.js'
import { sharesOf, splitLoad } from '../shares/split.js'
import { driverOf } from '../worker/drivers.js'
import type { FromWorker, Part, ProcessOrder, SlicePart } from '../worker/messages.js'
import { Checker } from './checker.js'
import type { Crew, Hand } from './crew.js'

/** How long before the first cut the processes are told, so that all make it at the same time. */
const CUT_AHEAD_MS = 10

/** What a running load can be told. Times are on the clock of the machine, which all processes share. */
export interface Steering {
  /** begins it, at a time or now */
  go(atMonotonicMs?: number): void
  /** opens its window, at a time or as soon as all processes can at once */
  cut(durationMs: number, atMonotonicMs?: number): void
}

/** The messages about a load while it runs. */
export interface Listener {
  slice(slice: LoadSlice): void
  /** called when the load runs, with what its window is opened by */
  running(steering: Steering): void
}

/** The messages about a share of a load. */
export interface ShareListener {
  /**
   * every connection is open, or has failed to: it waits
   *
   * @param processes how many have work
   */
  opened(steering: Steering, processes: number): void
  /** of one process */
  part(part: SlicePart): void
}

interface Wanted extends Pick<ProcessOrder, 'given'> {
  readonly work: Work
  readonly request: LoadRequest
}

/**
 * Runs one load on all processes that it needs: connections are opened, the windows begin together, and what each
 * measured is merged.
 *
 * @param signal ends it early; the measurement is complete for the time until then
 * @throws when a process fails, since what the others measured is then only part of the load
 */
export async function runLoad(
  crew: Crew,
  wanted: Wanted,
  listener: Listener,
  signal: AbortSignal,
): Promise<LoadMeasurement> {
  let merger = new SliceMerger(1)
  const opened = (steering: Steering, processes: number) => {
    merger = new SliceMerger(processes)
    steering.go()
    listener.running(steering)
  }
  const part = (part: SlicePart) => {
    const slice = merger.take(part)
    if (slice) listener.slice(slice)
  }
  const { parts, checked } = await runShare(crew, wanted, { opened, part }, signal)
  return mergeParts(wanted.request, parts, merger.slices, checked)
}

/**
 * Runs this agent's share of a load, which is all of it where it is alone: opens its connections, and begins when it is told. Nothing is
 * merged.
 *
 * @param signal as for `runLoad`
 * @throws as `runLoad` does
 */
export async function runShare(
  crew: Crew,
  { work, request, given }: Wanted,
  listener: ShareListener,
  signal: AbortSignal,
): Promise<LoadShare> {
  const { seats } = crew
  const orders = sharesOf(splitLoad(request, seats.of, crew.countLoad()), seats).map((order) => ({ ...order, given }))
  const hands = await crew.take(orders.length)
  const isBatch = driverOf(request.order).tasksAtOnce(request.order) !== null
  const checker = new Checker(isBatch ? { ...work, golden: [] } : work)
  const stop = () => {
    for (const hand of hands) hand.say({ kind: 'stop' })
  }
  try {
    const parts = await measure({ hands, orders, checker, stop, signal }, listener)
    const checked = isBatch ? checkBatch(parts[0] as Part) : checker.result(parts.map(({ picked }) => picked))
    return { parts, checked }
  } finally {
    signal.removeEventListener('abort', stop)
    for (const hand of hands) hand.ignore()
  }
}

/** A load on its processes. */
interface Measuring {
  readonly hands: readonly Hand[]
  readonly orders: readonly ProcessOrder[]
  readonly checker: Checker
  readonly stop: () => void
  readonly signal: AbortSignal
}

function measure({ hands, orders, checker, stop, signal }: Measuring, listener: ShareListener): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const parts: Part[] = []
    let opened = 0
    let done = 0

    const fail = (error: Error) => {
      stop()
      reject(error)
    }
    const steering: Steering = {
      go: (atMonotonicMs) => {
        for (const hand of hands) hand.say({ kind: 'go', atMonotonicMs })
      },
      cut: (durationMs, atMonotonicMs = monotonicMs() + CUT_AHEAD_MS) => {
        for (const hand of hands) hand.say({ kind: 'cut', atMonotonicMs, durationMs })
      },
    }
    const hear = (process: number, message: FromWorker) => {
      switch (message.kind) {
        case 'opened':
          if (++opened < hands.length) return
          listener.opened(steering, hands.length)
          signal.addEventListener('abort', stop)
          if (signal.aborted) stop()
          return
        case 'slice':
          listener.part(message.part)
          return
        case 'picked':
          checker.take(process, message.answer)
          return
        case 'done':
          parts[process] = message.part
          if (++done === hands.length) resolve(parts)
          return
        case 'started':
        case 'failed':
          return
      }
    }
    for (const [index, hand] of hands.entries()) {
      hand.listen((message) => hear(index, message), fail)
      hand.say({ kind: 'open', order: orders[index] as ProcessOrder })
    }
  })
}

/** Checks the answer of a batch, which is right when it has the counts that every target gives. The target itself states them. */
function checkBatch({ batch }: Part) {
  const right = batch !== null && batchCounts(batch.body) !== null
  const wrong = batch !== null && !right ? 1 : 0
  return {
    checked: batch === null ? 0 : 1,
    wrong,
    wrongSamples:
      wrong === 0 || batch === null
        ? []
        : [
            {
              requestIndex: 0,
              expected: '{"tasks":…,"ok":…,"failed":…,"digest":…}',
              actual: batch.body.slice(0, 400),
              difference: 'not the counts of a batch',
            },
          ],
  }
}
