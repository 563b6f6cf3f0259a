import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseGateRules } from '@bakeoff/core'
import type { Plan, Results } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openGate, passesGate, refuseOtherSetting, refuseWithoutLevel } from '../src/gating.js'
import { analyseFolder } from '../src/write-report.js'
import { aRunOnDisk, emptyReports } from './helpers/run-on-disk.js'
import { recordingTerminal } from './helpers/terminal.js'

const baseline: Results = JSON.parse(readFileSync(new URL('results/schema-2.json', import.meta.url), 'utf8'))
const gate = { rules: parseGateRules('regression=5%'), baseline: { results: baseline, earlier: [] } }

describe('another commit', () => {
  it('takes the place of a baseline', async () => {
    await expect(openGate('/nowhere', 'regression=5%', { baseline: [], against: null })).rejects.toMatchObject({
      code: 'BAD_SPEC',
      hint: expect.stringContaining('--against main'),
    })
    expect(await openGate('/nowhere', 'regression=5%', { baseline: [], against: 'main' })).toMatchObject({
      baseline: null,
    })
  })

  it('and a baseline are refused together', () =>
    expect(openGate('/nowhere', 'regression=5%', { baseline: ['earlier'], against: 'main' })).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: expect.stringContaining('--fail-on compares with one thing'),
    }))
})

describe('a rule about service levels', () => {
  const level = { perSecond: 200, p95Ms: null, p99Ms: 30, errors: 0.001 }
  const asking = { rules: parseGateRules('slo'), baseline: null }
  const [first] = baseline.scenarios as unknown as [Plan['scenarios'][number]]

  it('is refused before anything is measured where the run asks for none', () =>
    expect(() => refuseWithoutLevel(asking, { scenarios: [first] })).toThrow(/this run asks for none/))

  it.each([
    { because: 'one is asked for', gate: asking, scenarios: [{ ...first, levels: [level] }] },
    { because: 'no such rule is set', gate: { ...asking, rules: parseGateRules('errors=0') }, scenarios: [first] },
    { because: 'there is no gate', gate: null, scenarios: [first] },
  ])('is taken where $because', ({ gate: own, scenarios }) =>
    expect(() => refuseWithoutLevel(own, { scenarios })).not.toThrow(),
  )
})

describe('the end of a gate', () => {
  const measured = baseline.cells.filter(
    ({ outcome, verdict }) => outcome === 'measured' && verdict?.status !== 'invalid',
  )

  it.each([
    { cells: measured, says: `✓ --fail-on: ${measured.length} of ${measured.length} cells judged, no rule broken` },
    { cells: [], says: '! --fail-on: 0 of 0 cells judged' },
  ])('says of how many cells it judged when no rule is broken: $says', ({ cells, says }) => {
    const terminal = recordingTerminal()
    const rules = parseGateRules('errors=100%')
    expect(passesGate({ ...baseline, cells }, { rules, baseline: null }, terminal)).toBe(true)
    expect(terminal.said).toEqual([says])
  })
})

describe('a baseline', () => {
  it('is taken where everything is as it was', () => expect(() => refuseOtherSetting(gate, baseline)).not.toThrow())

  it('is not asked for where no rule needs one', () =>
    expect(() => refuseOtherSetting({ rules: parseGateRules('errors=0'), baseline: null }, baseline)).not.toThrow())

  it('of the same rate over other connections is refused', () => {
    const rate = { kind: 'rate', perSecond: 200, connections: 256, arrivals: 'exponential' } as const
    const offering = (connections: number): Results => ({
      ...baseline,
      scenarios: baseline.scenarios.map((each) => ({ ...each, loads: [...each.loads, { ...rate, connections }] })),
    })
    const [{ id } = { id: '' }] = baseline.scenarios
    const before = { rules: gate.rules, baseline: { results: offering(256), earlier: [] } }
    expect(() => refuseOtherSetting(before, offering(256))).not.toThrow()
    expect(() => refuseOtherSetting(before, offering(32))).toThrow(
      `load rate-200 of ${id}: connections 256 there, 32 here`,
    )
  })

  it('of other conditions is refused with all of them and what to do', () => {
    const here = {
      ...baseline,
      run: { ...baseline.run, profile: 'quick' },
      host: { ...baseline.host, cpuModel: 'Another CPU' },
    }
    expect(() => refuseOtherSetting(gate, here)).toThrowError(
      expect.objectContaining({
        code: 'BAD_SPEC',
        message: expect.stringMatching(
          /^--baseline \S+ was measured .*: processor: .*Another CPU here; profile: brief there/,
        ),
        hint: expect.stringContaining(`npm run compare -- ${baseline.run.id} RUN`),
      }),
    )
  })
})

describe('the spread between runs', () => {
  let reports: string
  beforeEach(() => {
    reports = emptyReports()
  })
  afterEach(() => rmSync(reports, { recursive: true }))

  /** A run of this day with its results, changed as told. */
  async function aRun(day: number, change: (results: Results) => Results = (results) => results): Promise<Results> {
    const { folder } = await aRunOnDisk(reports, { seed: day })
    const results = analyseFolder(folder, 'aborted')
    const dated = { ...results, run: { ...results.run, startedAt: `2026-01-0${day}T00:00:00.000Z` } }
    const changed = change(dated)
    folder.write('results.json', JSON.stringify(changed))
    return changed
  }

  const onAnotherProcessor = (results: Results): Results => ({
    ...results,
    host: { ...results.host, cpuModel: 'Another CPU' },
  })
  const ofAnotherScenario = (results: Results): Results => ({
    ...results,
    cells: results.cells.map((cell) => ({ ...cell, id: `other/${cell.id}` })),
  })

  /** What the gate says of the run of a day, with these baselines. */
  async function says(now: Results, ...baselines: Results[]): Promise<string> {
    const terminal = recordingTerminal()
    const gate = await openGate(reports, 'regression=90%', {
      baseline: baselines.map(({ run }) => run.id),
      against: null,
    })
    passesGate(now, gate!, terminal)
    return terminal.said.join('\n')
  }

  it('is told by the runs of the folder that were measured before, under the same conditions, with the same cells', async () => {
    await aRun(1)
    await aRun(2, onAnotherProcessor)
    await aRun(3, ofAnotherScenario)
    const baseline = await aRun(4)
    const now = await aRun(5)
    await aRun(6)
    expect(await says(now, baseline)).toMatch(/^The spread of 2 runs of before counts/)
  })

  it('is not known of one run, which is said', async () => {
    const baseline = await aRun(1)
    const now = await aRun(2)
    expect(await says(now, baseline)).toMatch(
      /^! one run of before \(n = 1 of its level\): how much runs differ is not known/,
    )
  })

  it('is told by further baselines, wherever they lie', async () => {
    const [first, second, now] = [await aRun(1), await aRun(2), await aRun(3)]
    const elsewhere = join(reports, 'kept.json')
    writeFileSync(elsewhere, JSON.stringify({ ...second, run: { ...second.run, id: 'kept' } }))
    rmSync(join(reports, second.run.id), { recursive: true })
    const gate = await openGate(reports, 'regression=5%', { baseline: [first.run.id, elsewhere], against: null })
    const earlier = gate!.baseline!.earlier.map(({ run }) => run.id)
    expect(new Set(earlier)).toEqual(new Set(['kept', now.run.id]))
  })

  it('is not asked of a run under other conditions, and naming one is refused', async () => {
    const baseline = await aRun(1)
    const other = await aRun(2, onAnotherProcessor)
    await expect(
      openGate(reports, 'regression=5%', { baseline: [baseline.run.id, other.run.id], against: null }),
    ).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: expect.stringContaining('processor: Another CPU there'),
    })
  })
})
