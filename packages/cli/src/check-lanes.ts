/** Checks side by side: most of a check is waiting for what must time out. */
import type { Plan } from '@bakeoff/model'

/** The most checks at once. */
const MOST = 4
/** The share of the engine's memory that may be promised at once: its own processes and builds need the rest. */
const SHARE_OF_MEMORY = 0.6

/** How many entries of a plan may be checked at once: two for each core, and no more than the engine has memory for. */
export function lanesOf({
  entries,
  scenarios,
  engine,
}: Pick<Plan, 'entries' | 'scenarios'> & {
  readonly engine: Pick<Plan['engine'], 'cpus' | 'memoryBytes'>
}): number {
  const services = new Map(
    scenarios.map(({ id, services }) => [id, services.reduce((sum, { caps }) => sum + caps.memoryBytes, 0)]),
  )
  const largest = Math.max(
    ...entries.map(({ scenario, caps }) => caps.memoryBytes + (services.get(scenario) ?? 0)),
    Number.MIN_VALUE,
  )
  const byMemory = Math.floor((engine.memoryBytes * SHARE_OF_MEMORY) / largest)
  return Math.max(1, Math.min(MOST, 2 * engine.cpus, byMemory))
}

/**
 * Does one piece of work for each item, at most `lanes` at once, begun in their order. After a failure nothing more is begun, and what is under
 * way is waited for: nobody clears up below work that still goes on.
 *
 * @returns the results in the order of the items
 * @throws what the first piece that failed threw
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  let isOver = false
  const lane = async () => {
    while (next < items.length && !isOver) {
      const index = next++
      try {
        results[index] = await work(items[index] as Item)
      } catch (error) {
        isOver = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  return results
}
