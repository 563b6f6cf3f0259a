/** `npm run compare` and `--fail-on` about the same two runs: neither says what the other denies. */
import type { Cell, ComparedCell, Results } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateOf } from '../../src/figures/estimate.js'
import { askGate, compareRuns, type GateRules, summaryOf } from '../../src/index.js'
import { aCertificate } from '../builders.js'
import { sampleResults } from '../fixtures-results.js'

const sample = sampleResults({ scenarios: ['predict', 'ranknet', 'chat-batch'], targets: 3, repetitions: 2 })
/** One cell of each kind of load that is compared by another figure. */
const cells = ['closed', 'capacity', 'batch'].map((kind) => {
  return sample.cells.find(({ load, verdict }) => load.kind === kind && verdict?.status === 'valid')!
})

/** A figure of one to five repetitions, somewhere around 100, with little scatter or much; at times one of 0. */
const values = fc
  .record({
    centre: fc.constantFrom(70, 90, 97, 99, 100, 101, 103, 110, 140),
    scatter: fc.constantFrom(0, 0.002, 0.02, 0.2),
    noise: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
    isSilent: rarely(),
  })
  .map(({ centre, scatter, noise, isSilent }) =>
    noise.map((each, index) => (isSilent && index === 0 ? 0 : centre * Math.exp(scatter * each))),
  )

interface Drawn {
  readonly speed: number[]
  readonly cpu: number[] | null
  readonly outcome: Cell['outcome']
  readonly isInvalid: boolean
  readonly isAbsent: boolean
}
const drawnCell: fc.Arbitrary<Drawn> = fc.record({
  speed: values,
  cpu: fc.option(values, { freq: 8 }),
  outcome: fc.oneof(
    { weight: 12, arbitrary: fc.constant('measured' as const) },
    { weight: 1, arbitrary: fc.constantFrom('failed' as const, 'unsupported' as const, 'aborted' as const) },
  ),
  isInvalid: rarely(),
  isAbsent: rarely(),
})
const drawnRun = fc
  .record({
    own: fc.tuple(drawnCell, drawnCell, drawnCell),
    isOtherWork: rarely(),
    cpus: fc.oneof({ weight: 12, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) }),
    noiseFloor: fc.option(fc.constantFrom(0.01, 0.08, 0.4), { freq: 2 }),
  })
  .map(
    ({ own, isOtherWork, cpus, noiseFloor }): Results => ({
      ...sample,
      scenarios: sample.scenarios.map((each) => ({
        ...each,
        workDigest: isOtherWork ? 'other' : each.workDigest,
        targetCaps: { ...each.targetCaps, cpus },
      })),
      certificates: sample.scenarios.map(({ id }) => aCertificate(id, noiseFloor)),
      cells: own.flatMap((drawn, index) => (drawn.isAbsent ? [] : [asDrawn(cells[index]!, drawn)])),
    }),
  )

function rarely(): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
}

function asDrawn(cell: Cell, { speed, cpu, outcome, isInvalid }: Drawn): Cell {
  const cpuMs = cpu && estimateOf(cpu)
  return {
    ...cell,
    outcome,
    verdict: isInvalid ? { status: 'invalid', causes: [], limitedBy: null } : cell.verdict,
    figures: {
      ...cell.figures,
      throughput: outcome === 'measured' ? estimateOf(speed) : null,
      capacityPerSecond: cell.load.kind === 'capacity' ? estimateOf(speed) : null,
      cpuMsPerRequest: cpuMs,
    },
  }
}

const allowed = fc.constantFrom(null, 0, 0.01, 0.05, 0.2)
const WATCHED = { regression: ['throughput', 'capacityPerSecond'], cpu: ['cpuMsPerRequest'] } as const

describe('compare and --fail-on', () => {
  const checked = { broken: 0, apart: 0, lost: 0 }

  it('never contradict one another about the same two runs', () => {
    fc.assert(
      fc.property(drawnRun, drawnRun, allowed, allowed, (baseline, now, regression, cpu) => {
        const rules: GateRules = { regression, cpu, errors: null }
        const { broken, unjudged } = askGate(now, { results: baseline, earlier: [] }, rules)
        const comparison = compareRuns([
          { name: 'baseline', results: baseline },
          { name: 'now', results: now },
        ])
        for (const cell of comparison.cells) {
          for (const rule of ['regression', 'cpu'] as const) {
            const share = rules[rule]
            if (share === null) continue
            const { found, better } = watched(cell, rule)
            const isBroken = broken.some((each) => each.cell === cell.id && each.rule === rule)
            const isUnjudged = unjudged.some((each) => each.cell === cell.id)
            if (found.why !== null) {
              // Nothing was compared: either it is gone from this run, or the gate says that it did not judge.
              if (isBroken) {
                checked.lost++
                expect(found.why).toMatchObject({ run: 'later' })
              } else if (cell.cells[1] !== null && (rule === 'regression' || regression === null))
                expect(isUnjudged).toBe(true)
              continue
            }
            const isWorse = found.conclusion === (better === 'higher' ? 'lower' : 'higher')
            if (isBroken) {
              checked.broken++
              expect(isWorse).toBe(true)
            }
            if (!isWorse) continue
            checked.apart++
            const { low, high } = found.difference.ratio
            const isBeyond = better === 'higher' ? high! < 1 - share : low! > 1 + share
            expect(isBroken).toBe(isBeyond)
          }
        }
      }),
      { numRuns: 2000 },
    )
    // The property is about something: each of its cases came up.
    expect(Math.min(...Object.values(checked))).toBeGreaterThan(100)
  })

  it('do not either where the gate knows how much runs differ: it breaks by no more than before', () => {
    let spared = 0
    fc.assert(
      fc.property(drawnRun, drawnRun, fc.array(drawnRun, { minLength: 1, maxLength: 3 }), (baseline, now, earlier) => {
        const rules: GateRules = { regression: 0.01, cpu: 0.01, errors: null }
        const brokenWith = (runs: readonly Results[]) =>
          askGate(now, { results: baseline, earlier: runs.map((run) => summaryOf(run)) }, rules).broken.map(
            ({ cell, rule }) => `${cell} ${rule}`,
          )
        const [alone, among] = [brokenWith([]), brokenWith(earlier)]
        expect(alone).toEqual(expect.arrayContaining(among))
        spared += alone.length - among.length
      }),
      { numRuns: 500 },
    )
    expect(spared).toBeGreaterThan(50)
  })
})

function watched({ figures }: ComparedCell, rule: keyof typeof WATCHED) {
  const { against, better } = figures.find(({ id }) => WATCHED[rule].some((each) => each === id))!
  return { found: against[0]!, better }
}
