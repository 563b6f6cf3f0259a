import { z } from 'zod'

/**
 * Counts of the cohort: the requests that were sent (closed load) or due (open load) within the window, each followed to its
 * end. Every one that was sent ends in exactly one of: ok, wrong, errorStatus, timeouts, lost, inFlight.
 */
export const loadCounts = z.object({
  sent: z.int().nonnegative(),
  /** answered with the expected status; sampled answers found wrong are moved to `wrong` */
  ok: z.int().nonnegative(),
  /** answered with another status than expected */
  errorStatus: z.int().nonnegative(),
  /** sampled answers whose body differs from the golden one */
  wrong: z.int().nonnegative(),
  /** how many answers were sampled and compared */
  checked: z.int().nonnegative(),
  /** no answer within the load's own timeout */
  timeouts: z.int().nonnegative(),
  /** the connection ended (reset, FIN, truncated) before the answer was complete */
  lost: z.int().nonnegative(),
  /** connections that could not be opened; no request was sent on them */
  connectErrors: z.int().nonnegative(),
  /** sent, and not answered when the load was stopped, or had run out for as long as the timeout */
  inFlight: z.int().nonnegative(),
  /** open load only: arrivals that were due and not sent by then (queued behind busy connections) */
  unsent: z.int().nonnegative(),
})
export type LoadCounts = z.infer<typeof loadCounts>

/** An HdrHistogram, 1 µs to 60 s, 3 digits, compressed and base64 coded (V2). `count` and the extremes stand beside it. */
export const encodedHistogram = z.object({
  encoding: z.literal('hdr-v2-deflate-base64'),
  unit: z.literal('us'),
  count: z.int().nonnegative(),
  minUs: z.number().nullable(),
  maxUs: z.number().nullable(),
  meanUs: z.number().nullable(),
  data: z.string(),
})
export type EncodedHistogram = z.infer<typeof encodedHistogram>

/** One slice (about half a second) of a load, by when answers came: for curves over time and for the steadiness test. */
export const loadSlice = z.object({
  /** since the window's start, or the load's where it settles; the slice's end */
  atMs: z.number(),
  durationMs: z.number(),
  ok: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  p50Us: z.number().nullable(),
  p99Us: z.number().nullable(),
  meanUs: z.number().nullish(),
  /** connections are still being started one after the other */
  ramping: z.boolean().nullish(),
  /** share of the slice the busiest agent process's event loop was busy, 0 to 1 */
  agentBusy: z.number().nullable(),
})
export type LoadSlice = z.infer<typeof loadSlice>

export const wrongSample = z.object({
  requestIndex: z.int(),
  expected: z.string(),
  actual: z.string(),
  difference: z.string(),
})

/**
 * Requests that were under way in the window, whenever they began or ended: each counts with the share of its life, from
 * sending to its end, that lies within. Throughput and CPU time per request divide by these.
 */
export const weighted = z.object({
  ok: z.number(),
  wrong: z.number(),
  errorStatus: z.number(),
  timeouts: z.number(),
  lost: z.number(),
})
export type Weighted = z.infer<typeof weighted>

/**
 * How the time of all connections within the window was used, in ms. For a closed load the other four add up to
 * `connectionMs`: Little's law as an account.
 */
export const account = z.object({
  /** connections × window */
  connectionMs: z.number(),
  /** in requests that were answered, with any status */
  answeredMs: z.number(),
  /** in requests that timed out, or whose connection ended before the answer was complete */
  failedMs: z.number(),
  /** in requests that had not ended when the load did */
  unendedMs: z.number(),
  /** in no request: connecting again, or the agent's own turnaround */
  betweenMs: z.number(),
})
export type Account = z.infer<typeof account>

export const cutWindow = z.object({
  weighted,
  account,
  /** closed loads: connections that had no answer from the first cut to the end of the run-out */
  silentConnections: z.int(),
  /** of the cohort: requests whose time is at least what was recorded (timeouts, in flight, unsent) */
  censored: z.int(),
  /** slowest time that ended in each 10 ms, where it lies above p99.8: [ms since the first cut, µs] */
  peaks: z.array(z.tuple([z.number(), z.number()])),
  /** from the load's start to the first cut */
  settledMs: z.number(),
  /** from the second cut until every request of the cohort had ended */
  runOutMs: z.number(),
  /** answers with the expected status from the load's first request to its end, in and out of the window */
  answered: z.int().nonnegative().nullish(),
  /** from the load's first request to its thousandth answer; null: there were fewer; absent in older files */
  firstThousandMs: z.number().nonnegative().nullish(),
})

/** The measurement of one window of load, as seen from the load agent. */
export const loadMeasurement = z.object({
  /** the first cut, on the scale of the readings */
  startedAtMs: z.number(),
  durationMs: z.number(),
  counts: loadCounts,
  /** e.g. { 'HTTP 503': 12, ECONNRESET: 3, 'FIN without answer': 1 } */
  errorsByKind: z.record(z.string(), z.int()),
  /** from sending to the complete answer */
  serviceTime: encodedHistogram,
  /** from the intended start to the complete answer; null for closed loads */
  responseTime: encodedHistogram.nullable(),
  /** how late a send was that had a free connection at its intended start; null for closed loads */
  lateness: encodedHistogram.nullable(),
  /** share of sends more than 5 ms late though a connection was free; null for closed loads */
  lateShare: z.number().nullable(),
  /** the rate asked for, requests a second; null for closed and batch loads */
  offeredPerSecond: z.number().nullable(),
  /** slices of the window; they were called windows when there were files of them already */
  windows: z.array(loadSlice),
  /** slices before it; absent in files of before 2026-12 */
  settling: z.array(loadSlice).nullish(),
  /** absent in files of before 2026-12, whose counts are of what ended within the window */
  window: cutWindow.nullish(),
  agent: z.object({
    processes: z.int().positive(),
    /** busiest process, 0 to 1 */
    eventLoopUtilisation: z.number().nullable(),
    /** user + system of all load processes in the window */
    cpuSeconds: z.number().nullable(),
    /** on several machines: what each agent did, in the order of the bench; of one without work, as where there are fewer connections than agents, `connections` is 0. Null or absent: there is one machine */
    each: z
      .array(
        z.object({
          connections: z.int().nonnegative(),
          ok: z.number(),
          eventLoopUtilisation: z.number().nullable(),
          /** largest error of the alignment of its clock with the run's */
          clockErrorMs: z.number().nullable(),
          /** its first cut, relative to the earliest */
          lateMs: z.number(),
        }),
      )
      .nullish(),
  }),
  wrongSamples: z.array(wrongSample),
  /** streamed answers only */
  stream: z.object({ firstByte: encodedHistogram, interChunk: encodedHistogram, chunks: z.int() }).nullable(),
  /** batch loads only: the target's answer */
  batch: z
    .object({
      tasks: z.int(),
      concurrency: z.int(),
      ok: z.int(),
      failed: z.int(),
      wallMs: z.number(),
      digest: z.string().nullable(),
    })
    .nullable(),
})
export type LoadMeasurement = z.infer<typeof loadMeasurement>
