import type { LoadMeasurement, LoadSpec, RepetitionRecord } from '@bakeoff/model'
import type { LoadOrder } from '@bakeoff/runner/ports'
import { describe, expect, it, vi } from 'vitest'
import { analyse, problemOfRecord } from '../../core/src/index.js'
import { aLoadRecord, anEntry, aPlan, aRepetitionRecord, aScenario, nothingElse } from '../../core/test/builders.js'
import { p99MsOf, shownP99MsOf } from '../../runner/src/figures.js'
import { mergeParts, mergeSlices } from '../src/shares/merge.js'
import type { Part, SlicePart } from '../src/worker/messages.js'
import { SliceTally } from '../src/worker/slices.js'
import { Tally } from '../src/worker/tally.js'
import { loadOf } from './helpers/agent.js'

const count = vi.hoisted(() => ({ encoded: 0, decoded: 0 }))
vi.mock('hdr-histogram-js', async (original) => {
  const real = await original<typeof import('hdr-histogram-js')>()
  const { encodeIntoCompressedBase64: encode, decodeFromCompressedBase64: decode } = real
  return {
    ...real,
    encodeIntoCompressedBase64: (...args: Parameters<typeof encode>) => {
      count.encoded++
      return encode(...args)
    },
    decodeFromCompressedBase64: (...args: Parameters<typeof decode>) => {
      count.decoded++
      return decode(...args)
    },
  }
})

const ANSWERS = 2000
const SLICES = 16

const loads = {
  closed: {
    spec: { kind: 'closed', connections: 64 },
    order: { kind: 'closed', connections: 64 },
    stream: false,
  },
  'open, streamed': {
    spec: { kind: 'rate', perSecond: 1000, connections: 64, arrivals: 'exponential' },
    order: { kind: 'open', perSecond: 1000, connections: 64, arrivals: 'exponential', seed: 1 },
    stream: true,
  },
} as const satisfies Record<string, { spec: LoadSpec; order: LoadOrder; stream: boolean }>
type Load = (typeof loads)[keyof typeof loads]

/** What is written, and read again by another process. */
const asText = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** What a load process says at the end of its window, as it comes over the channel between the processes. */
function partOf({ order, stream }: Load, process: number): Part {
  const tally = new Tally(0, 10_000, order.kind === 'open', stream)
  for (let atMs = 0; atMs < ANSWERS; atMs++) {
    tally.sent++
    tally.late(0.1)
    tally.firstByte?.record(1)
    tally.interChunk?.record(2)
    tally.end('ok', atMs + 1, atMs, atMs + 4 + ((atMs * 7 + process) % 100))
  }
  return structuredClone({
    startedAtMs: 0,
    durationMs: 10_000,
    weighted: tally.weighted,
    account: tally.account(1),
    silentConnections: 0,
    censored: 0,
    peaks: tally.peaksAbove(0),
    settledMs: 0,
    runOutMs: 0,
    answered: ANSWERS,
    firstMs: [],
    counts: tally.close(0, 0),
    errorsByKind: {},
    serviceTime: tally.serviceTime.distribution,
    responseTime: tally.responseTime?.distribution ?? null,
    lateness: tally.lateness?.distribution ?? null,
    lateSends: 0,
    eventLoopUtilisation: 0.3,
    cpuSeconds: 1,
    picked: [],
    stream:
      tally.firstByte && tally.interChunk
        ? { firstByte: tally.firstByte.distribution, interChunk: tally.interChunk.distribution, chunks: 2 * ANSWERS }
        : null,
    batch: null,
  })
}

function slicePartOf(index: number, processes: number): SlicePart {
  const slice = new SliceTally()
  for (let ms = 1; ms <= 100; ms++) slice.ok(ms)
  const { times, ...figures } = slice.figures
  return structuredClone({
    phase: 'window',
    ramping: false,
    index,
    atMs: (index + 1) * 500,
    durationMs: 500,
    ...figures,
    busy: 0.3,
    times: processes > 1 ? times.distribution : null,
  })
}

/** As the agent merges what its processes say, and its client hears it. */
function measure(load: Load, processes: number): LoadMeasurement {
  const all = Array.from({ length: processes }, (_, process) => process)
  const slices = Array.from({ length: SLICES }, (_, index) => mergeSlices(all.map(() => slicePartOf(index, processes))))
  return asText(
    mergeParts(
      loadOf('http://x', load.order),
      all.map((process) => partOf(load, process)),
      { settling: [], window: slices },
      { checked: 0, wrong: 0, wrongSamples: [] },
    ),
  )
}

/** All repetitions of one load on their way; the records that are read from the run files, and the results. */
function run(load: Load, processes: number, repetitions: number) {
  const scenario = aScenario({ loads: [load.spec], stream: load.stream })
  const entry = anEntry(scenario.id, 'go-net-http')
  const plan = aPlan([scenario], [entry])
  const record = aLoadRecord({ load: load.spec })
  count.encoded = count.decoded = 0
  const records: RepetitionRecord[] = []
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    const measurement = measure(load, processes)
    p99MsOf({ measurement }) // a probe of a capacity
    shownP99MsOf({ measurement }) // what is told of the repetition
    records.push(aRepetitionRecord(entry, repetition, [{ ...record, measurement }]))
  }
  const measured = { ...count }
  const read = asText(records)
  expect(read.map((each) => problemOfRecord(each, plan))).toEqual(read.map(() => null))
  const results = analyse({ ...nothingElse, plan, records: read })
  const analysed = { encoded: count.encoded - measured.encoded, decoded: count.decoded - measured.decoded }
  return { measured, analysed, read, cell: results.cells[0] }
}

describe('the times of a load are encoded once and decoded once by each process that asks for them', () => {
  it.each([
    { name: 'closed', processes: 1, kinds: 1 },
    { name: 'closed', processes: 4, kinds: 1 },
    { name: 'open, streamed', processes: 1, kinds: 5 },
    { name: 'open, streamed', processes: 4, kinds: 5 },
  ] as const)('$name, measured by $processes processes: $kinds of a kind each', ({ name, processes, kinds }) => {
    const { measured, analysed } = run(loads[name], processes, 1)
    // Running it, only the time that is told of is decoded: service time of a closed load, response time of an open one.
    expect(measured).toEqual({ encoded: kinds, decoded: 1 })
    expect(analysed).toEqual({ encoded: 0, decoded: kinds })
  })

  it('and the results of a single repetition have them as its record does', () => {
    const { read, cell } = run(loads['open, streamed'], 4, 1)
    const record = read[0]?.loads[0]?.measurement
    expect(cell?.histograms).toEqual({ service: record?.serviceTime, response: record?.responseTime })
  })

  it('but those of several repetitions together are histograms of their own', () => {
    const { measured, analysed, cell } = run(loads.closed, 4, 3)
    expect(measured).toEqual({ encoded: 3, decoded: 3 })
    expect(analysed).toEqual({ encoded: 1, decoded: 3 })
    expect(cell?.histograms.service?.count).toBe(3 * 4 * ANSWERS)
  })
})
