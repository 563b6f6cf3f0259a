import { BakeoffError } from '@bakeoff/model'
import type { BuildMachine } from './lookup.js'

/** Limits on what a build may take of the machine. */
export interface BuildLimits {
  /** for all processes of the build together, without swap; the builder has no limit on the number of processes */
  readonly memoryBytes: number
  readonly totalMs: number
  /** how long a build may print nothing */
  readonly silentMs: number
  /** size of the log that is kept */
  readonly logBytes: number
}

const GIB = 1024 ** 3
const MINUTE = 60_000
/** The slowest shipped image takes 36 min to build on two busy cores. */
const USUAL_MINUTES = 120

/** The most builds at once. More gain nothing: a compiler takes every core by itself, and a few downloads fill a network. */
const MOST_AT_ONCE = 6

/**
 * One build more than half of the cores: while one downloads or links, another one compiles. Every build starts a compiler on each
 * core, so its share of the memory must suffice for that many, and never be below 4 GiB.
 */
export function buildsAtOnce({ cores, memoryBytes }: BuildMachine): number {
  const memoryEach = Math.max(4, cores / 2) * GIB
  const byCores = Math.floor(cores / 2) + 1
  return Math.max(1, Math.min(byCores, Math.floor(memoryBytes / memoryEach), MOST_AT_ONCE))
}

/**
 * A fifth of the memory is left to the engine and to everything else; the rest is divided by the builds at once. Cores
 * are not limited: builds run before anything is measured.
 *
 * @param env BAKEOFF_BUILD_MINUTES: how long a build may take in all; 120 when unset. It may print nothing for a quarter of that
 * @throws BakeoffError BAD_SPEC when it is not a number of minutes
 */
export function buildLimits(machine: BuildMachine, env: Readonly<Record<string, string | undefined>>): BuildLimits {
  const given = env.BAKEOFF_BUILD_MINUTES || String(USUAL_MINUTES)
  const minutes = Number(given)
  if (!(minutes > 0 && minutes <= 24 * 60)) {
    throw new BakeoffError('BAD_SPEC', `BAKEOFF_BUILD_MINUTES is "${given}"`, {
      hint: 'Write how many minutes a build may take, for example 240; without it they are 120.',
    })
  }
  return {
    memoryBytes: Math.floor((0.8 * machine.memoryBytes) / buildsAtOnce(machine)),
    totalMs: minutes * MINUTE,
    silentMs: (minutes * MINUTE) / 4,
    logBytes: 10e6,
  }
}
