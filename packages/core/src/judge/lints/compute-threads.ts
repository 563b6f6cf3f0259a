import type { TargetInfo } from '@bakeoff/model'

/** Pools whose threads compute, by the names that runtimes report: a thread beyond the cores only waits for the others. */
const COMPUTE =
  /(^|_)(ort|onnx\w*|torch|blas|openblas|mkl|omp|openmp|eigen|xla|exla|gomaxprocs|carrier_threads|rayon|tokio\w*|candle|tract)(_|$)|(^|_)schedulers(_|$)/i
/** Pools that only wait for disks and sockets may well be larger than the cores. */
const WAITING = /(^|_)(io|blocking|inter_op)(_|$)/i

/** Pools of threads that serve requests on several cores within one process. */
const SERVING =
  /(^|_)(gomaxprocs|carrier_threads|tokio\w*|schedulers|request_threads|server_threads|event_loops|actix\w*)(_|$)/i

/** Named compute pools with their sizes per process; 0 means that the library chooses. */
export function computePools(info: TargetInfo): { readonly name: string; readonly threads: number }[] {
  return Object.entries(info.threads ?? {}).flatMap(([name, threads]) =>
    threads !== null && COMPUTE.test(name) && !WAITING.test(name) ? [{ name, threads }] : [],
  )
}

/** The largest pool that serves requests in one process, at least 1. */
export function servingThreads(info: TargetInfo): number {
  const sizes = Object.entries(info.threads ?? {}).flatMap(([name, threads]) =>
    threads !== null && SERVING.test(name) && !WAITING.test(name) && !/dirty/i.test(name) ? [threads] : [],
  )
  return Math.max(1, ...sizes)
}
