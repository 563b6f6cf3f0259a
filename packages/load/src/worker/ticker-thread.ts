/** The ticker's thread: sleeps until it is armed, then until the time it was given, then says so. */
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'

export interface TickerMemory {
  /** one number that goes up with every arming */
  readonly generation: Int32Array
  /** when to call, in epoch milliseconds: both threads have their own zero of performance.now() */
  readonly dueEpochMs: Float64Array
}

const { generation, dueEpochMs } = workerData as TickerMemory
let seen = 0
// The thread runs; starting took some 50 ms.
parentPort?.postMessage(null)
for (;;) {
  Atomics.wait(generation, 0, seen)
  let waitMs: number
  do {
    seen = Atomics.load(generation, 0)
    waitMs = (dueEpochMs[0] as number) - (performance.timeOrigin + performance.now())
    // It was armed again before its time: start over with the new time.
  } while (waitMs > 0 && Atomics.wait(generation, 0, seen, waitMs) !== 'timed-out')
  parentPort?.postMessage(null)
}
