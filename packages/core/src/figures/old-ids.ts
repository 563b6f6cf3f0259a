/** The times of a load, by the last part of their ids. */
export const TIMES = ['p50', 'p90', 'p95', 'p99', 'p99_9', 'max', 'mean']

const OLD = new Map(TIMES.map((name) => [`latency${name[0]!.toUpperCase()}${name.slice(1)}Ms`, name]))

/**
 * Today's id of a figure. Before 2026-12 one name (`latencyP99Ms`) meant two different times. It is still found in claims, and in runs with their
 * claims.
 *
 * @param time which of the two times was meant
 */
export function todaysId(id: string, time: 'serviceMs' | 'responseMs'): string {
  const name = OLD.get(id)
  return name === undefined ? id : `${time}.${name}`
}
