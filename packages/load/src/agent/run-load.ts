import type { LoadMeasurement, LoadWindow } from '@bakeoff/model'
import type { LoadRequest, Work } from '@bakeoff/runner/ports'
import type { FromWorker, Order, Part, WindowPart } from '../worker/messages.js'
import { Checker } from './checker.js'
import type { Crew, Hand } from './crew.js'
import { batchCounts, mergeParts, mergeWindows } from './merge.js'
import { splitLoad } from './split.js'

/**
 * One load on all processes that it needs: connections are opened, the windows begin together, and what each
 * measured is merged.
 *
 * @param signal ends it early; the measurement is complete for the time until then
 * @throws when a process fails: whatever the others measured is then only part of the load
 */
export async function runLoad(
  crew: Crew,
  work: Work,
  request: LoadRequest,
  onWindow: (window: LoadWindow) => void,
  signal: AbortSignal,
): Promise<LoadMeasurement> {
  const orders = splitLoad(request, crew.size, Math.max(1, work.requests.length))
  const hands = await crew.take(orders.length)
  const checker = new Checker(request.order.kind === 'batch' ? { ...work, golden: [] } : work)
  const windows: LoadWindow[] = []
  const stop = () => {
    for (const hand of hands) hand.say({ kind: 'stop' })
  }
  try {
    const parts = await measure(hands, orders, signal, stop, checker, (window) => {
      windows.push(window)
      onWindow(window)
    })
    const checked = checker.result(parts.map(({ sampled }) => sampled))
    return mergeParts(request, parts, windows, request.order.kind === 'batch' ? checkBatch(parts[0] as Part) : checked)
  } finally {
    signal.removeEventListener('abort', stop)
    for (const hand of hands) hand.ignore()
  }
}

function measure(
  hands: readonly Hand[],
  orders: readonly Order[],
  signal: AbortSignal,
  stop: () => void,
  checker: Checker,
  onWindow: (window: LoadWindow) => void,
): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const parts: Part[] = []
    /** parts of windows that some process has not told yet, by window index */
    const pending = new Map<number, WindowPart[]>()
    let opened = 0
    let done = 0

    const fail = (error: Error) => {
      stop()
      reject(error)
    }
    const hear = (process: number, message: FromWorker) => {
      switch (message.kind) {
        case 'opened':
          if (++opened < hands.length) return
          for (const hand of hands) hand.say({ kind: 'go' })
          signal.addEventListener('abort', stop)
          if (signal.aborted) stop()
          return
        case 'window': {
          const told = [...(pending.get(message.index) ?? []), message.part]
          pending.set(message.index, told)
          if (told.length < hands.length) return
          pending.delete(message.index)
          onWindow(mergeWindows(told))
          return
        }
        case 'sample':
          checker.take(process, message.sample)
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
      hand.say({ kind: 'open', order: orders[index] as Order })
    }
  })
}

/** A batch's answer is right when it has the counts that every target gives; they are the target's own word. */
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
