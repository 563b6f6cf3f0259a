import type { LoadMeasurement, LoadSlice } from '@bakeoff/model'
import type { LoadRequest, Work } from '@bakeoff/runner/ports'
import { monotonicMs } from '../clock.js'
import { driverOf } from '../worker/drivers.js'
import type { FromWorker, Part, Phase, ProcessOrder, SlicePart } from '../worker/messages.js'
import { Checker } from './checker.js'
import type { Crew, Hand } from './crew.js'
import { batchCounts, mergeParts, mergeSlices } from './merge.js'
import { splitLoad } from './split.js'

/** How long before the first cut the processes are told, so that all make it at the same time. */
const CUT_AHEAD_MS = 10

/** The messages about a load while it runs. */
export interface Listener {
  slice(slice: LoadSlice): void
  /** called when the load runs, with the function that opens its window */
  running(cut: (durationMs: number) => void): void
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
  { work, request, given }: { readonly work: Work; readonly request: LoadRequest } & Pick<ProcessOrder, 'given'>,
  listener: Listener,
  signal: AbortSignal,
): Promise<LoadMeasurement> {
  const orders = splitLoad(request, crew.size, crew.countLoad()).map((order) => ({ ...order, given }))
  const hands = await crew.take(orders.length)
  const isBatch = driverOf(request.order).tasksAtOnce(request.order) !== null
  const checker = new Checker(isBatch ? { ...work, golden: [] } : work)
  const slices: Record<Phase, LoadSlice[]> = { settling: [], window: [] }
  const stop = () => {
    for (const hand of hands) hand.say({ kind: 'stop' })
  }
  try {
    const parts = await measure(
      { hands, orders, checker, stop, signal },
      {
        ...listener,
        slice: (slice, phase) => {
          slices[phase].push(slice)
          listener.slice(slice)
        },
      },
    )
    const checked = isBatch ? checkBatch(parts[0] as Part) : checker.result(parts.map(({ picked }) => picked))
    return mergeParts(request, parts, slices, checked)
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

function measure(
  { hands, orders, checker, stop, signal }: Measuring,
  listener: { slice(slice: LoadSlice, phase: Phase): void; running: Listener['running'] },
): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const parts: Part[] = []
    /** incomplete slices, for which some process has not sent its part, by phase and index */
    const pending = new Map<string, SlicePart[]>()
    let opened = 0
    let done = 0

    const fail = (error: Error) => {
      stop()
      reject(error)
    }
    const cut = (durationMs: number) => {
      const atMonotonicMs = monotonicMs() + CUT_AHEAD_MS
      for (const hand of hands) hand.say({ kind: 'cut', atMonotonicMs, durationMs })
    }
    const hear = (process: number, message: FromWorker) => {
      switch (message.kind) {
        case 'opened':
          if (++opened < hands.length) return
          for (const hand of hands) hand.say({ kind: 'go' })
          listener.running(cut)
          signal.addEventListener('abort', stop)
          if (signal.aborted) stop()
          return
        case 'slice': {
          const { phase, index } = message.part
          const key = `${phase} ${index}`
          const told = [...(pending.get(key) ?? []), message.part]
          pending.set(key, told)
          if (told.length < hands.length) return
          pending.delete(key)
          listener.slice(mergeSlices(told), phase)
          return
        }
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
