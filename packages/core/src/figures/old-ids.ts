/** The times of a load, by the last part of their ids. */
export const TIMES = ['p50', 'p90', 'p95', 'p99', 'p99_9', 'max', 'mean']

const OLD = new Map(TIMES.map((name) => [`latency${name[0]!.toUpperCase()}${name.slice(1)}Ms`, name]))

/**
 * What a figure is called today. Before 2026-12 times had one name (`latencyP99Ms`) for two things: in claims, and in runs with their
 * claims, it still stands.
 *
 * @param time which of the two it was there
 */
export function todaysId(id: string, time: 'serviceMs' | 'responseMs'): string {
  const name = OLD.get(id)
  return name === undefined ? id : `${time}.${name}`
}
