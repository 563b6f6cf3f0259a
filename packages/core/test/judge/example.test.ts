/** Every ratio of the shipped example, judged anew from its repetitions. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cell, CellComparison, Results, Side } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { differences, type Observed } from '../../src/judge/difference.js'
import { upgradeResults } from '../../src/upgrade-results.js'
import { differenceSays } from '../../src/words/differences.js'

const file = join(import.meta.dirname, '../../../../reports/example/results.json')
const example = upgradeResults(JSON.parse(readFileSync(file, 'utf8'))) as Pick<Results, 'cells' | 'comparisons'>
const cells = new Map(example.cells.map((cell) => [cell.id, cell]))

const FIGURES: Readonly<
  Record<string, { better: 'higher' | 'lower'; seenByAgent: boolean; of: (cell: Cell) => number[] }>
> = {
  throughput: { better: 'higher', seenByAgent: true, of: (cell) => cell.figures.throughput?.values ?? [] },
  cpuMsPerRequest: { better: 'lower', seenByAgent: false, of: (cell) => cell.figures.cpuMsPerRequest?.values ?? [] },
}

/** Pairs that were adjusted for together: those of a scenario, a load and a figure. */
const familyOf = ({ scenario, loadId, metric }: CellComparison) => `${scenario} ${loadId} ${metric}`
const families = [...new Set(example.comparisons.map(familyOf))]

it.each(families)('is judged as it was: %s', (family) => {
  const stored = example.comparisons.filter((each) => familyOf(each) === family)
  const figure = FIGURES[stored[0]!.metric]!
  // All repetitions of a cell are there, so the first of each is of the first block, and so on.
  const observed = (id: string): Observed[] =>
    figure.of(cells.get(id)!).map((value, index) => ({ value, block: String(index) }))
  const heldBack = (pair: CellComparison): Side[] =>
    (['of', 'to'] as const).filter(
      (side) =>
        figure.seenByAgent && cells.get(pair[side])!.verdict?.causes.some(({ cause }) => cause === 'agent-bound'),
    )
  const judged = differences(
    stored.map((pair) => ({
      of: observed(pair.of),
      to: observed(pair.to),
      better: figure.better,
      heldBack: heldBack(pair),
    })),
    { relevant: 0.03, significance: 0.05, noiseFloor: null },
  )
  for (const [index, { of, to, conclusion, why, ratio, pAdjusted }] of stored.entries()) {
    const found = judged[index]!
    expect({ conclusion: found.conclusion, why: differenceSays(found, { of, to }) }, `${of} ÷ ${to}`).toEqual({
      conclusion,
      why,
    })
    expect(found.ratio.median / ratio.median).toBeCloseTo(1, 9)
    expect(found.pAdjusted!).toBeCloseTo(pAdjusted!, 9)
  }
})
