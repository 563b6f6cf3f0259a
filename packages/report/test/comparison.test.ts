import type { Cell, Difference, Estimate, NamedRun, Results, RunComparison } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../core/src/compare-runs.js'
import { aSite } from '../../core/test/builders.js'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { whySays } from '../src/comparison/words.js'
import { comparisonLines, renderComparison, renderHtml } from '../src/index.js'

const usual = sampleResults({ scenarios: ['predict', 'ranknet', 'chat-batch'], repetitions: 3 })
const sound = usual.cells.find(({ load, verdict }) => load.kind === 'closed' && verdict?.status === 'valid')!

const compared = (...later: Results[]): RunComparison =>
  compareRuns([usual, ...later].map((results, index): NamedRun => ({ name: 'abc'[index]!, results })))
const withThroughput = (cell: Cell, throughput: Estimate | null): Cell => ({
  ...cell,
  figures: { ...cell.figures, throughput },
})
/** The results with the sound cell changed. */
const withCell = (change: (cell: Cell) => Cell): Results => ({
  ...usual,
  cells: usual.cells.map((cell) => (cell.id === sound.id ? change(cell) : cell)),
})
const times = (factor: number, pick: 'throughput' | 'cpu') =>
  withCell((cell) => {
    const { throughput = null, cpuMsPerRequest = null } = cell.figures
    const more = (estimate: Estimate | null) =>
      estimate && {
        ...estimate,
        median: estimate.median * factor,
        values: estimate.values.map((value) => value * factor),
      }
    return pick === 'throughput'
      ? { ...cell, figures: { ...cell.figures, throughput: more(throughput) } }
      : { ...cell, figures: { ...cell.figures, cpuMsPerRequest: more(cpuMsPerRequest) } }
  })

describe('the comparison page', () => {
  it('says that nothing else differs when nothing does', () => {
    const text = renderComparison(compared(usual))
    expect(text).toContain('Same host, engine, caps and versions.')
    expect(text).toContain('no figure is told apart')
  })

  it('says loudly that the machine was another one, and compares no other work', () => {
    const changed: Results = {
      ...usual,
      host: { ...usual.host, hostname: 'elsewhere' },
      scenarios: usual.scenarios.map((s) => ({ ...s, workDigest: 'x' })),
    }
    const text = renderComparison(compared(changed))
    expect(text).toContain('These runs did not do the same work everywhere.')
    expect(text).toContain('elsewhere')
    expect(text).not.toContain('>higher<')
    expect(text).toContain('different work')
  })

  it('says loudly that packets went another way, and compares nothing', () => {
    const text = renderComparison(compared({ ...usual, site: aSite() }))
    expect(text).toContain('These runs were measured over different kinds of network.')
    expect(text).toContain('the kind of network differs (bridge in the first run, overlay here)')
    expect(text).not.toMatch(/>higher<|>lower<|>no difference</)
  })

  it('shows what only one of them has', () => {
    const text = renderComparison(compared(sampleResults({ scenarios: ['predict'], targets: 2, repetitions: 3 })))
    expect(text).toContain('not in both')
  })

  it('counts a figure where it is shown, and calls only the better side good', () => {
    const faster = renderComparison(compared(times(2, 'throughput')))
    expect(faster).toContain(', throughput: 1 higher, 0 lower; ')
    expect(faster).toContain(', CPU time per request: no figure is told apart; ')
    expect(faster).toMatch(/class="badge good" data-icon="↑">higher/)
    const hungrier = renderComparison(compared(times(2, 'cpu')))
    expect(hungrier).toContain(', CPU time per request: 1 higher, 0 lower; ')
    expect(hungrier).toMatch(/class="badge bad" data-icon="↑">higher/)
  })

  it('sets more than two runs beside the first', () => {
    const text = renderComparison(compared(usual, times(0.5, 'throughput')))
    expect(text).toContain('<bdi>b</bdi> against <bdi>a</bdi>, throughput: no figure is told apart')
    expect(text).toContain('<bdi>c</bdi> against <bdi>a</bdi>, throughput: 0 higher, 1 lower')
  })
})

describe('a comparison in lines', () => {
  const lineOf = (later: Results) =>
    comparisonLines(compared(later)).find((line) => line.trim().startsWith(`${sound.id} `))

  it('has what else differs, and every cell with its figures, their ratio and what can be said', () => {
    const later = times(2, 'throughput')
    const lines = comparisonLines(compared({ ...later, host: { ...usual.host, kernel: '9.9' } }))
    expect(lines[0]).toBe('b against a:')
    expect(lines).toContain(`  ! Kernel: ${usual.host.kernel} → 9.9`)
    expect(lines.find((line) => line.trim().startsWith(`${sound.id} `))).toMatch(
      / → .* correct responses\/s, 2× {2}higher: its whole interval lies beyond 3 % \(p < 0\.001\)$/,
    )
    expect(lines).toHaveLength(2 + usual.cells.length)
  })

  it('has a further line for another figure that is told apart', () => {
    const lines = comparisonLines(compared(times(2, 'cpu')))
    expect(lines).toHaveLength(2 + usual.cells.length)
    expect(lines.filter((line) => line.includes('CPU time per request: '))).toEqual([
      expect.stringMatching(/^ +CPU time per request: .* ms, 2× {2}higher: /),
    ])
  })

  it('has the cells of the later run alone, when that was narrowed', () => {
    expect(comparisonLines(compared({ ...usual, cells: [sound] }))).toHaveLength(2)
  })

  it.each<{ because: string; change: (cell: Cell) => Cell; says: RegExp }>([
    {
      because: 'one repetition',
      change: (cell) => withThroughput(cell, { ...(cell.figures.throughput as Estimate), values: [5], n: 1 }),
      says: /undecided: one repetition has no interval: a second one is missing here$/,
    },
    {
      because: 'it failed',
      change: (cell) => ({ ...withThroughput(cell, null), outcome: 'failed', outcomeReason: 'build' }),
      says: /not in both: here it was not measured \(failed: build\)$/,
    },
    {
      because: 'its figures do not count',
      change: (cell) => ({
        ...cell,
        verdict: {
          status: 'invalid',
          causes: [{ cause: 'wrong-answers', effect: 'invalidates', evidence: '', subject: null, limit: null }],
          limitedBy: null,
        },
      }),
      says: /undecided: here its figures do not count \(wrong-answers\)$/,
    },
    {
      because: 'it has no throughput',
      change: (cell) => withThroughput(cell, null),
      says: /not in both: here it has no throughput$/,
    },
  ])('says why nothing is concluded: $because', ({ change, says }) => expect(lineOf(withCell(change))).toMatch(says))
})

it('says of every reason of the judge what it means', () => {
  const difference = {
    conclusion: 'undecided' as const,
    ratio: { median: 1.04, low: 1.01, high: 1.07, n: 3, method: '' },
    pAdjusted: 0.02,
    family: 1,
    least: 0.05,
    leastIs: 'noise-floor' as const,
    heldBack: [],
    outlook: null,
  }
  const says = (found: Difference) =>
    whySays({ conclusion: found.conclusion, difference: found, why: null }, { name: 'throughput' })
  expect([
    says({ ...difference, reason: { kind: 'apart' } }),
    says({ ...difference, reason: { kind: 'within' } }),
    says({ ...difference, reason: { kind: 'may-be-less' } }),
    says({ ...difference, reason: { kind: 'hidden' }, outlook: { detectable: 1.09, repetitions: null } }),
    says({ ...difference, reason: { kind: 'includes-one' }, outlook: { detectable: 1.32, repetitions: 9 } }),
    says({ ...difference, reason: { kind: 'too-few', repetitions: { of: 2, to: 1 } } }),
    says({ ...difference, reason: { kind: 'too-few', repetitions: { of: 1, to: 1 } } }),
  ]).toEqual([
    'its whole interval lies beyond 5 %, by which the machine itself differed (p = 0.02)',
    'its interval lies within ± 5 %',
    'it may be less than 5 %, by which the machine itself differed',
    'it is less than 5 %, by which the machine itself differed; 1.09× would be told apart',
    'its interval includes 1 (p = 0.02); 1.32× would be told apart',
    'one repetition has no interval: a second one is missing in the first run',
    'one repetition has no interval: a second one is missing in both runs',
  ])
})

it('the page of a replay names the run that it repeats, and any page how to repeat its own', () => {
  const { run } = usual
  expect(renderHtml(usual)).toContain(`npm run matrix -- --replay ${run.id}`)
  expect(renderHtml(usual)).not.toContain('Replay of')
  expect(renderHtml({ ...usual, run: { ...run, replayOf: 'earlier' } })).toMatch(/Replay of.*earlier/s)
})

it.each([
  {
    because: 'open decisions',
    rule: { repetitions: { least: 5, most: 15 }, tightness: null },
    says: 'measured again where a decision is open',
    fact: '5 to 15',
  },
  {
    because: 'a fixed number',
    rule: { repetitions: { least: 3, most: 3 }, tightness: null },
    says: 'There are 3 of them',
    fact: '>3<',
  },
  {
    because: 'the width of intervals, in a run of before',
    rule: { repetitions: null, tightness: 0.03 },
    says: 'until the interval of throughput is within ± 3 %',
    fact: '± 3 % of throughput',
  },
])('a page says what decided how often its entries were measured: $because', ({ rule, says, fact }) => {
  const page = renderHtml({ ...usual, run: { ...usual.run, ...rule } })
  expect(page).toContain(says)
  expect(page).toContain(fact)
})
