import type { AskedLevel, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { askGate, parseGateRules } from '../../src/index.js'
import { judgedCells, type Observed, resultsOfCells } from '../builders.js'

const rate = { kind: 'rate', perSecond: 200, connections: 256, arrivals: 'exponential' } as const
const level: AskedLevel = { perSecond: 200, p95Ms: null, p99Ms: 30, errors: 0.001 }

const windows = (meansMs: readonly number[], more: Observed = {}): Observed[] =>
  meansMs.map((meanMs) => ({ load: rate, perSecond: 200, meanMs, ...more }))
const soon = [5, 5.2, 4.9, 5.1, 5]
const late = [50, 52, 49, 51, 50]

function resultsOf(targets: Readonly<Record<string, readonly Observed[]>>, asked = level): Results {
  return resultsOfCells(judgedCells(targets, { scenario: { levels: [asked] } }))
}

const four = () =>
  resultsOf({
    'go-net-http': windows(soon, { cpuMs: 0.1 }),
    'node-fastify': windows(soon, { cpuMs: 0.4 }),
    'python-flask': windows(late, { cpuMs: 2 }),
    'java-jdk': windows([5]),
  })

describe('the answer of a target', () => {
  it.each([
    {
      target: 'node-fastify',
      says: /^node-fastify keeps p99 30 ms at 200\/s: yes, 5 of 5 windows \(p99 1\d\.\d ms, in nine of ten windows below 1\d\.\d ms\)\.$/,
    },
    {
      target: 'python-flask',
      says: /^python-flask keeps p99 30 ms at 200\/s: no, 0 of 5 windows \(p99 1\d\d ms, [\d.]+ ms to 1\d\d ms\)\.$/,
    },
    {
      target: 'java-jdk',
      says: /^java-jdk keeps p99 30 ms at 200\/s: not decided, 1 of 1 window \(5 repetitions are needed at least\)\.$/,
    },
  ])('of $target says it in a sentence', ({ target, says }) => {
    const { cells } = four()
    expect(cells.find((cell) => cell.target.name === target)!.serviceLevel!.says).toMatch(says)
  })

  it('has the cost of the rate at the prices of the page Cost', () => {
    const { cost } = four().cells[0]!.serviceLevel!
    expect(cost).toMatchObject({ instances: 1, prices: { perCoreHour: 0.04, utilisation: 0.6 } })
    expect(cost!.cores).toBeCloseTo((200 * 0.1) / 1000 / 0.6, 3)
  })

  it('says what else was wrong: errors, and others on the machine', () => {
    const failing = windows(soon, { counts: { sent: 1600, ok: 1595, errorStatus: 5 } })
    const disturbed = windows(late, { others: 1 })
    const { cells } = resultsOf({ go: failing, node: disturbed })
    expect(cells.map(({ serviceLevel }) => serviceLevel!.says)).toEqual([
      expect.stringMatching(
        /no, 0 of 5 windows \(25 of 8,000 requests had no right answer: 0\.313 %, allowed 0\.1 %\)/,
      ),
      expect.stringMatching(
        /not decided, 0 of 5 windows \(it missed it, and that may not be its own doing: others used/,
      ),
    ])
  })
})

describe('who keeps it', () => {
  it('is the first sentence of the decision and of the findings, with the cheapest', () => {
    const { decision, findings } = four()
    const says =
      /^go-net-http and node-fastify keep p99 30 ms at 200 requests\/s, python-flask does not, java-jdk is not decided\. The cheapest of them is go-net-http: 0\.02 cores and \$0\.\d+ for a million requests\.$/
    expect(decision!.levels).toEqual([
      expect.objectContaining({
        scenario: 'predict',
        loadId: 'rate-200',
        kept: ['predict/go-net-http/default/rate-200', 'predict/node-fastify/default/rate-200'],
        says: expect.stringMatching(says),
      }),
    ])
    expect(decision!.overall!.startsWith(decision!.levels![0]!.says)).toBe(true)
    expect(findings[0]).toMatchObject({ kind: 'service-level', tone: 'finding', text: expect.stringMatching(says) })
  })

  it('says who is not told apart from the cheapest', () => {
    const alike = resultsOf({ go: windows(soon, { cpuMs: 0.4 }), node: windows(soon, { cpuMs: 0.4 }) })
    expect(alike.decision!.levels![0]!.says).toMatch(/by CPU time \w+ is not told apart from it\.$/)
  })

  it.each([
    { targets: { go: windows(soon) }, says: /^go keeps p99 30 ms at 200 requests\/s\. It takes 0\.1 cores and \$/ },
    { targets: { go: windows(late) }, says: /^go does not keep p99 30 ms at 200 requests\/s\.$/ },
    { targets: { go: windows(late), node: windows(late) }, says: /^No target keeps p99 30 ms at 200 requests\/s\.$/ },
    { targets: { go: windows([5]) }, says: /^Whether go keeps p99 30 ms at 200 requests\/s is not decided\.$/ },
  ])('is said in other words: $says', ({ targets, says }) =>
    expect(resultsOf(targets as Record<string, Observed[]>).decision!.levels![0]!.says).toMatch(says),
  )

  it('is not said where nothing was asked for', () => {
    const plain = resultsOfCells(judgedCells({ go: windows(soon) }))
    expect(plain.decision).not.toHaveProperty('levels')
    expect(plain.cells[0]).not.toHaveProperty('serviceLevel')
  })
})

describe('--fail-on slo', () => {
  it('is broken by who does not keep it, and not by who is not decided', () => {
    const report = askGate(four(), null, parseGateRules('slo'))
    expect(report.broken).toEqual([
      {
        cell: 'predict/python-flask/default/rate-200',
        rule: 'slo',
        says: expect.stringMatching(/: no, 0 of 5 windows/),
      },
    ])
    expect(report.unjudged.map(({ cell }) => cell)).toEqual(['predict/java-jdk/default/rate-200'])
    expect(report).toMatchObject({ judged: 3, of: 4 })
  })

  it('is about the cells at the rate alone', () => {
    const closed: Observed[] = Array.from({ length: 5 }, () => ({ perSecond: 1000 }))
    const results = resultsOf({ go: [...closed, ...windows(soon)] })
    expect(askGate(results, null, parseGateRules('slo'))).toMatchObject({ broken: [], judged: 1, of: 1 })
    expect(askGate(results, null, parseGateRules('slo,errors=0'))).toMatchObject({ broken: [], judged: 2, of: 2 })
  })

  it.each(['slo=1', 'slo=p99'])('%s is refused', (text) => expect(() => parseGateRules(text)).toThrow(/no value/))
})
