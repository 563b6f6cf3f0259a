/**
 * Alignment of a probe's clocks with this process's steady scale. Pure.
 *
 * An exchange says that the probe read its clock between two times of ours, so the offset is known up to half of the round trip. Until
 * the next exchange both clocks run on, each at its own speed.
 */
import type { ProbeClocks } from './protocol.js'

/** The most that two clocks drift apart: twice what crystals are made for (50 ppm each). */
const DRIFT = 100e-6

/** A question for the clocks and its answer. */
export interface Exchange {
  /** on the steady scale of this process */
  readonly askedAtMs: number
  readonly answeredAtMs: number
  readonly clocks: ProbeClocks
}

export interface Alignment {
  /** what is added to the probe's steady scale */
  readonly offsetMs: number
  /** half of the round trip of the exchange that told the offset */
  readonly halfTripMs: number
  /** when it was told */
  readonly atMs: number
  /** how far the host's time of day is ahead of the probe's steady scale */
  readonly wallAheadMs: number
}

/** The clock of a host, as seen from here. */
export interface ProbeClock {
  /** what is added to times of the probe's steady scale */
  readonly offsetMs: number
  /** what is added to the host's time of day, as in the engine's answers */
  readonly wallOffsetMs: number
  /** the furthest that either is from the truth */
  readonly errorMs: number
}

/** The surer of two alignments: the fastest exchange wins until its age has made it less sure than a later one. */
export function aligned(before: Alignment | null, { askedAtMs, answeredAtMs, clocks }: Exchange): Alignment {
  const halfTripMs = (answeredAtMs - askedAtMs) / 2
  // The host's clocks were read together, so what they differ by is exact, also after its time of day was set.
  const wallAheadMs = clocks.wallMs - clocks.steadyMs
  if (before !== null && errorOf(before, answeredAtMs) < halfTripMs) return { ...before, wallAheadMs }
  return { offsetMs: askedAtMs + halfTripMs - clocks.steadyMs, halfTripMs, atMs: answeredAtMs, wallAheadMs }
}

export function clockOf(alignment: Alignment, nowMs: number): ProbeClock {
  return {
    offsetMs: alignment.offsetMs,
    wallOffsetMs: alignment.offsetMs - alignment.wallAheadMs,
    errorMs: errorOf(alignment, nowMs),
  }
}

function errorOf({ halfTripMs, atMs }: Alignment, nowMs: number): number {
  // The offset is of the middle of the exchange.
  return halfTripMs + (nowMs - atMs + halfTripMs) * DRIFT
}
