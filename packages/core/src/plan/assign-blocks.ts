/** A block with the time that it takes. */
export interface TimedBlock {
  readonly id: string
  readonly scenario: string
  readonly ms: number
}

/** The blocks that a bench runs, one after the other in this order. */
export interface BenchBlocks {
  readonly bench: string
  readonly blocks: readonly TimedBlock[]
  /** when it has run all of them, from the beginning */
  readonly ms: number
}

/**
 * Which bench runs which blocks: the longest are handed out first, each to a bench that has the fewest of its scenario, and of those to the
 * one that is done first. So the repetitions of a scenario are on different machines as long as there are enough.
 *
 * @param benches ids, at least one
 * @returns       one for each bench, in their order
 */
export function assignBlocks(blocks: readonly TimedBlock[], benches: readonly string[]): BenchBlocks[] {
  const handed = benches.map((bench) => ({ bench, blocks: [] as TimedBlock[], ms: 0 }))
  const countOf = ({ blocks: own }: BenchBlocks, scenario: string) =>
    own.filter((block) => block.scenario === scenario).length
  for (const block of blocks.toSorted((a, b) => b.ms - a.ms)) {
    const fewest = Math.min(...handed.map((each) => countOf(each, block.scenario)))
    const [first, ...others] = handed.filter((each) => countOf(each, block.scenario) === fewest)
    if (!first) throw new RangeError('assignBlocks: there is no bench')
    const to = others.reduce((best, each) => (each.ms < best.ms ? each : best), first)
    to.blocks.push(block)
    to.ms += block.ms
  }
  return handed
}

/** When the last bench has run its blocks. */
export function makespanMs(blocks: readonly TimedBlock[], benches: readonly string[]): number {
  return Math.max(...assignBlocks(blocks, benches).map(({ ms }) => ms))
}
