/** Turns a line of the engine's stats stream into a reading. Pure; for cgroup v1 and v2, Docker and Podman. */
import type { Reading } from '@bakeoff/model'
import { memoryOf } from './counters.js'

/** The members that are read. All are optional: a container that never ran has next to none. */
export interface EngineStats {
  readonly read?: string
  readonly cpu_stats?: {
    readonly cpu_usage?: {
      /** ns */
      readonly total_usage?: number
      readonly usage_in_usermode?: number
      readonly usage_in_kernelmode?: number
    }
    readonly throttling_data?: {
      readonly periods?: number
      readonly throttled_periods?: number
      /** ns */
      readonly throttled_time?: number
    }
  }
  readonly memory_stats?: { readonly stats?: Readonly<Record<string, number>> }
  readonly networks?: Readonly<Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>> | null
}

/** Parses a line; null also for half a line, which is how a stream that is cut off ends. */
export function parseStatsLine(line: string): Reading | null {
  try {
    return readingOfStats(JSON.parse(line) as EngineStats)
  } catch {
    return null
  }
}

/**
 * The counters of a line. The stream's own differences are not used, since those of its first line count from boot.
 *
 * @returns null for a container that does not run: its zeros are not measurements. `atMs` is the engine's clock.
 */
export function readingOfStats(stats: EngineStats): Reading | null {
  const atMs = Date.parse(stats.read ?? '')
  const usage = stats.cpu_stats?.cpu_usage
  const total = usage?.total_usage
  if (!Number.isFinite(atMs) || atMs <= 0 || total === undefined || total === 0) return null
  const throttling = stats.cpu_stats?.throttling_data
  const networks = Object.values(stats.networks ?? {})
  return {
    atMs,
    cpuTotalSeconds: total / 1e9,
    cpuUserSeconds: seconds(usage?.usage_in_usermode),
    cpuSystemSeconds: seconds(usage?.usage_in_kernelmode),
    throttledSeconds: seconds(throttling?.throttled_time),
    throttledPeriods: throttling?.throttled_periods ?? null,
    periods: throttling?.periods ?? null,
    ...memoryOf(asMemoryStat(stats.memory_stats?.stats)),
    rxBytes: stats.networks ? networks.reduce((sum, { rx_bytes }) => sum + (rx_bytes ?? 0), 0) : null,
    txBytes: stats.networks ? networks.reduce((sum, { tx_bytes }) => sum + (tx_bytes ?? 0), 0) : null,
  }
}

/** The engine passes the kernel's memory.stat on as an object; as text it is read by the same rules. */
function asMemoryStat(stats: Readonly<Record<string, number>> | undefined): string | null {
  return stats === undefined
    ? null
    : Object.entries(stats)
        .map(([name, value]) => `${name} ${value}`)
        .join('\n')
}

function seconds(nanoseconds: number | undefined): number | null {
  return nanoseconds === undefined ? null : nanoseconds / 1e9
}
