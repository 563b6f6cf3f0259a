import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadRecord, RepetitionRecord } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { report } from '../src/commands/report.js'
import type { Project } from '../src/project.js'
import { RunFolder } from '../src/run-folder.js'
import { rebuildReport } from '../src/write-report.js'
import { aRunOnDisk, emptyReports, type RunOnDisk } from './helpers/run-on-disk.js'
import { recordingTerminal } from './helpers/terminal.js'

let reports: string
let run: RunOnDisk
let victim: string
beforeEach(async () => {
  reports = emptyReports()
  run = await aRunOnDisk(reports)
  victim = join('runs', readdirSync(join(run.folder.path, 'runs'))[0]!)
})
afterEach(() => rmSync(reports, { recursive: true }))

const at = (name: string) => join(run.folder.path, name)
const text = (name: string) => readFileSync(at(name), 'utf8')

/** Changes the record, or the measurement of its first load. */
function edit(change: (record: RepetitionRecord & { loads: LoadRecord[] }) => unknown): () => void {
  return () => {
    const record = JSON.parse(text(victim))
    change(record)
    writeFileSync(at(victim), JSON.stringify(record))
  }
}

const measurementOf = ({ loads }: RepetitionRecord) => loads[0]!.measurement

describe('a damaged file of a repetition', () => {
  it.each([
    { because: 'empty', spoil: () => writeFileSync(at(victim), ''), why: 'it is empty' },
    {
      because: 'cut off',
      spoil: () => writeFileSync(at(victim), text(victim).slice(0, 500)),
      why: 'it is cut off at line 1, column 501',
    },
    {
      because: 'zeros',
      spoil: () => writeFileSync(at(victim), '\0'.repeat(4096)),
      why: 'it holds nothing but zeros, as a power cut leaves a file',
    },
    {
      because: 'random bytes',
      spoil: () => writeFileSync(at(victim), Buffer.from([0xff, 0x13, 0x37, 0x80, 0x00, 0x42])),
      why: 'line 1, column 1 is not JSON',
    },
    { because: 'another shape', spoil: () => writeFileSync(at(victim), '{"schemaVersion":2}'), why: 'schemaVersion:' },
    {
      because: 'a negative count',
      spoil: edit((record) => Object.assign(measurementOf(record).counts, { ok: -1 })),
      why: 'loads.0.measurement.counts.ok:',
    },
    { because: 'another run', spoil: edit((record) => Object.assign(record, { runId: 'x' })), why: 'it is of run x' },
    {
      because: 'an entry that is not planned',
      spoil: edit((record) => Object.assign(record, { entry: 'predict/x/default' })),
      why: 'the plan has no entry predict/x/default',
    },
    {
      because: 'a block that is not planned',
      spoil: edit((record) => Object.assign(record, { block: 'predict#9' })),
      why: 'the plan has no block predict#9',
    },
    {
      because: 'a repetition of another block',
      spoil: edit((record) => Object.assign(record, { repetition: 2 })),
      why: 'does not belong to block predict#1',
    },
    {
      because: 'a window without length',
      spoil: edit((record) => Object.assign(measurementOf(record), { durationMs: 0 })),
      why: 'its window is 0 ms long',
    },
    {
      because: 'a histogram that cannot be decoded',
      spoil: edit((record) => Object.assign(measurementOf(record).serviceTime, { data: 'HISTFAAAA' })),
      why: 'the histogram serviceTime cannot be decoded',
    },
    {
      because: 'a histogram that does not hold what it says',
      spoil: edit((record) => Object.assign(measurementOf(record).serviceTime, { count: 1 })),
      why: 'the histogram serviceTime cannot be decoded, or has another count',
    },
  ])('costs that repetition and is named: $because', async ({ spoil, why }) => {
    spoil()
    const { records, damage } = run.folder.read()
    expect(records).toHaveLength(run.records.length - 1)
    expect(damage).toMatchObject([{ file: victim, kind: 'file' }])
    expect(damage[0]!.why).toContain(why)
    expect(damage[0]!.follows).toBe(`It is left out. Measure it again: npm run matrix -- --resume ${run.plan.runId}`)
  })

  it('is told on the page, in the summary and in the results, and the others are reported without it', () => {
    writeFileSync(at(victim), '')
    const { results } = rebuildReport(run.folder)
    expect(results.warnings[0]).toMatchObject({ where: victim, why: 'it is empty' })
    expect(text('index.html')).toContain(victim)
    expect(text('summary.md')).toContain('The file of a repetition is damaged')
    expect(results.entries.map(({ repetitions }) => repetitions).sort()).toEqual([1, 2])
  })

  it('is told in the terminal as well', async () => {
    writeFileSync(at(victim), '')
    const terminal = recordingTerminal()
    await report({ project: { reports } as Project, terminal }, run.plan.runId, null)
    expect(terminal.said).toEqual([expect.stringMatching(new RegExp(`^! ${victim}: .* it is empty\\. .*--resume`))])
  })

  it('is moved beside when the run goes on, so that nothing is overwritten', async () => {
    writeFileSync(at(victim), 'first')
    expect(run.folder.setAside(run.folder.read().damage)).toEqual([`${victim}.damaged`])
    writeFileSync(at(victim), 'second')
    expect(run.folder.setAside(run.folder.read().damage)).toEqual([`${victim}.damaged-2`])
    await run.folder.writeRecord(run.records[0]!)
    expect(run.folder.read()).toMatchObject({ damage: [], records: { length: run.records.length } })
    expect([text(`${victim}.damaged`), text(`${victim}.damaged-2`)]).toEqual(['first', 'second'])
  })

  it('is missed when it is gone, since the events tell of it', () => {
    rmSync(at(victim))
    const { records, damage } = run.folder.read()
    expect(records).toHaveLength(run.records.length - 1)
    expect(damage).toMatchObject([{ file: victim, kind: 'missing', what: 'The file of a repetition is missing' }])
    expect(run.folder.setAside(damage)).toEqual([])
  })

  it('does not count twice when it was copied', () => {
    copyFileSync(at(victim), at('runs/copy of it.json'))
    const { records, damage } = run.folder.read()
    expect(records).toHaveLength(run.records.length)
    expect(damage).toMatchObject([
      { file: 'runs/copy of it.json', why: `it records the same repetition as ${victim.slice(5)}` },
    ])
  })

  it('is missed when the whole folder is gone', () => {
    renameSync(at('runs'), join(reports, 'elsewhere'))
    expect(run.folder.read().damage.map(({ kind }) => kind)).toEqual(run.records.map(() => 'missing'))
  })
})

describe('the other files of a run', () => {
  it('have the canaries twice: events take the place of a damaged calibration.json', () => {
    writeFileSync(at('calibration.json'), '[{"key":')
    const { calibrations, damage } = run.folder.read()
    expect(calibrations).toEqual(run.calibrations)
    expect(damage).toMatchObject([{ file: 'calibration.json', why: 'it is cut off at line 1, column 9' }])
    expect(damage[0]!.follows).toContain('2 canaries')
    expect(rebuildReport(run.folder).results.calibration).toHaveLength(2)
  })

  it('cost the canaries only when both are damaged', () => {
    writeFileSync(at('calibration.json'), '')
    writeFileSync(at('events.ndjson'), '')
    const { calibrations, damage, records } = run.folder.read()
    expect([calibrations.length, records.length]).toEqual([0, run.records.length])
    expect(damage[0]!.follows).toContain('no ceiling of the load agent')
  })

  it.each([
    { because: 'damaged', spoil: () => writeFileSync(at('context.json'), '{"base":{"id"') },
    {
      because: 'of another shape',
      spoil: () => writeFileSync(at('context.json'), '{"base":{},"targets":{},"claims":[{}]}'),
    },
    { because: 'missing', spoil: () => rmSync(at('context.json')) },
  ])('cost Dockerfiles and claims when context.json is $because', ({ spoil }) => {
    const { results: before } = rebuildReport(run.folder)
    spoil()
    const { results, damage } = rebuildReport(run.folder)
    expect(damage).toMatchObject([{ file: 'context.json' }])
    expect(results.claims).toEqual([])
    expect(results.entries.map(({ dockerfile }) => dockerfile)).toEqual(results.entries.map(() => ''))
    expect(results.cells).toEqual(before.cells)
    expect(before.claims.length).toBeGreaterThan(0)
  })

  it.each([
    { because: 'random bytes', line: '\u0000\u0001garbage', why: 'line 3, column 1: not JSON' },
    { because: 'an event that nobody knows', line: '{"kind":"x","at":"now"}', why: 'line 3, column 2: kind:' },
  ])('cost one line of the events, and the end of the run is still known: $because', ({ line, why }) => {
    const lines = text('events.ndjson').split('\n')
    writeFileSync(at('events.ndjson'), [...lines.slice(0, 2), line, ...lines.slice(3)].join('\n'))
    const { results, damage } = rebuildReport(run.folder)
    expect(damage).toMatchObject([{ file: 'events.ndjson', what: 'A line of the events cannot be read' }])
    expect(damage[0]!.why).toContain(why)
    expect(results.run.status).toBe('complete')
  })

  it.each([
    {
      because: 'missing',
      spoil: () => rmSync(at('plan.json')),
      why: /plan\.json is missing: this is not the folder of a run/,
    },
    {
      because: 'cut off',
      spoil: () => writeFileSync(at('plan.json'), '{"a'),
      why: /cannot be used: it is cut off at line 1, column 4/,
    },
    {
      because: 'of another shape',
      spoil: () => writeFileSync(at('plan.json'), '{}'),
      why: /cannot be used: schemaVersion/,
    },
  ])('say nothing without the plan: $because', ({ spoil, why }) => {
    spoil()
    expect(() => RunFolder.open(run.folder.path).read()).toThrowError(
      expect.objectContaining({ code: 'BAD_RESULTS', message: expect.stringMatching(why) }),
    )
  })
})
