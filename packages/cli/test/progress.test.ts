import type { RunEvent } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { anEntry, aPlan, aScenario } from '../../core/test/builders.js'
import { openProgress, type ProgressClock } from '../src/progress.js'
import { boardLines, liveLine, stillBuilding } from '../src/progress-lines.js'
import { advance, leftMs, namesOf, noProgress, type ProgressState } from '../src/progress-state.js'
import type { Terminal } from '../src/terminal.js'
import { widthOf } from '../src/width.js'
import { recordingTerminal } from './helpers/terminal.js'

type Kind<K extends RunEvent['kind']> = Omit<Extract<RunEvent, { kind: K }>, 'kind' | 'at'>
type Figure = Kind<'repetition'>['figures'][number]
const at = 'now'
const fine: Figure = { loadId: 'closed-64', throughput: 812, p99Ms: 3, invalid: null }

const started = (estimateMs = 600_000): RunEvent => ({
  kind: 'run-started',
  at,
  runId: 'r',
  entries: 3,
  blocks: 2,
  estimateMs,
})
const stage = (state: Kind<'stage'>['state'], more: Partial<Kind<'stage'>> = {}): RunEvent => ({
  kind: 'stage',
  at,
  scenario: 'predict',
  repetition: 1,
  number: 1,
  of: 2,
  state,
  ...more,
})
const image = (name: string, state: Kind<'image'>['state'], more: Partial<Kind<'image'>> = {}): RunEvent => ({
  kind: 'image',
  at,
  image: `bakeoff/target/${name}`,
  state,
  seconds: 63,
  message: null,
  ...more,
})
const step = (text: string, entry = 'predict/go-chi/default'): RunEvent => ({
  kind: 'step',
  at,
  entry,
  block: 'predict#1',
  step: text,
  detail: null,
})
const repetition = (more: Partial<Kind<'repetition'>> = {}): RunEvent => ({
  kind: 'repetition',
  at,
  entry: 'predict/go-chi/default',
  block: 'predict#1',
  repetition: 1,
  outcome: 'measured',
  message: null,
  figures: [fine],
  leftMs: null,
  ...more,
})

const aCalibration: Kind<'calibrated'>['calibration'] = {
  key: 'agent:0|target:1',
  connections: 64,
  throughput: 9000,
  p50Us: 100,
  agentCores: 1,
  eventLoopUtilisation: null,
  windows: [],
}

const plan = aPlan(
  [
    aScenario({
      loads: [
        { kind: 'closed', connections: 1 },
        { kind: 'closed', connections: 64 },
      ],
    }),
  ],
  [
    anEntry('predict', 'go-chi'),
    anEntry('predict', 'rust-axum'),
    anEntry('predict', 'python-flask', { variant: 'gunicorn', id: 'predict/python-flask/gunicorn' }),
  ],
)

/** The state after these events, each at its second. */
function after(events: readonly (readonly [second: number, event: RunEvent])[]): ProgressState {
  const known: ProgressState = { ...noProgress, names: namesOf(plan) }
  return events.reduce((state, [second, event]) => advance(state, event, second * 1000), known)
}

describe('the live line', () => {
  const building = stage('building', { number: 2, scenario: 'ranknet', images: 4 })
  it.each([
    {
      because: 'an image is built, two wait, and earlier builds tell how long it takes',
      events: [
        [0, started(60_000)],
        [0, building],
        [0, image('go-onnx', 'cached')],
        [0, image('rust-candle', 'building', { expectedSeconds: 240 })],
        [50, image('rust-candle', 'building', { step: { number: 5, of: 9 } })],
      ],
      second: 60,
      line: '2/2 ranknet · building rust-candle, step 5/9, 2 more waiting · about 4 min left',
    },
    {
      because: 'two are built at once: the one that takes longest is named',
      events: [
        [0, started(60_000)],
        [0, building],
        [0, image('go-onnx', 'building', { expectedSeconds: 30 })],
        [0, image('rust-candle', 'building', { expectedSeconds: 240 })],
      ],
      second: 0,
      line: '2/2 ranknet · building rust-candle, 1 more beside it, 2 more waiting · about 5 min left',
    },
    {
      because: 'nobody built it before: its steps tell',
      events: [
        [0, started(0)],
        [0, stage('building')],
        [0, image('go-chi', 'building')],
        [60, image('go-chi', 'building', { step: { number: 5, of: 8 } })],
      ],
      second: 60,
      line: '1/2 predict · building go-chi, step 5/8 · about 60 s left',
    },
    {
      because: 'a build takes longer than it did',
      events: [
        [0, started(300_000)],
        [0, stage('building')],
        [0, image('go-chi', 'building', { expectedSeconds: 10 })],
      ],
      second: 100,
      line: '1/2 predict · building go-chi · about 5 min left',
    },
    {
      because: 'an entry is measured',
      events: [
        [0, started(300_000)],
        [0, stage('building')],
        [60, stage('measuring')],
        [60, step('warm-up')],
      ],
      second: 120,
      line: '1/2 predict · go-chi · warm-up · about 3 min left',
    },
    {
      because: 'it is a later block',
      events: [
        [0, started(60_000)],
        [0, stage('measuring', { repetition: 3 })],
        [0, step('load')],
      ],
      second: 0,
      line: '1/2 predict, repetition 3 · go-chi · load · about 60 s left',
    },
    {
      because: 'more time passed than was left',
      events: [
        [0, started(60_000)],
        [0, stage('measuring')],
        [0, step('load')],
      ],
      second: 500,
      line: '1/2 predict · go-chi · load · nearly done',
    },
    {
      because: 'the run is over',
      events: [
        [0, started()],
        [0, { kind: 'run-ended', at, status: 'complete', reason: null }],
      ],
      second: 0,
      line: '',
    },
  ] satisfies { because: string; events: [number, RunEvent][]; second: number; line: string }[])(
    '$because',
    ({ events, second, line }) => expect(liveLine(after(events), second * 1000, 120)).toBe(line),
  )

  it('keeps the stage and the time where it is narrow', () => {
    const state = after([
      [0, started(300_000)],
      [0, stage('building')],
      [0, image('a-target-with-a-long-name', 'building')],
    ])
    expect(liveLine(state, 0, 60)).toBe('1/2 predict · building a-target-with-a-l… · about 5 min left')
    expect(liveLine(state, 0, 40)).toBe('1/2 predict · about 5 min left')
    expect(liveLine(state, 0, 12)).toBe('1/2 predict…')
  })
})

describe('the live line of several benches', () => {
  const measuring = (bench: string, more: Partial<Kind<'stage'>> = {}): RunEvent =>
    stage('measuring', { bench, ...more })
  const begun: [number, RunEvent][] = [
    [0, { ...started(300_000), benches: ['node-1', 'node-2', 'node-3'] } as RunEvent],
    [0, stage('building', { images: 2 })],
  ]
  it.each([
    {
      because: 'images are built, for all of them',
      events: [[0, image('go-chi', 'building')]],
      line: 'building go-chi, 1 more waiting · about 5 min left',
    },
    { because: 'they are compared', events: [], line: '3 benches get ready · about 5 min left' },
    {
      because: 'two measure, and one waits',
      events: [
        [0, measuring('node-1')],
        [0, measuring('node-3', { scenario: 'ranknet', repetition: 2 })],
      ],
      line: '2 of 3 benches measure · predict #1, ranknet #2 · about 5 min left',
    },
    {
      because: 'what most measure comes first',
      events: [
        [0, measuring('node-1')],
        [0, measuring('node-2', { scenario: 'ranknet', repetition: 3 })],
        [0, measuring('node-3', { scenario: 'ranknet', repetition: 2 })],
      ],
      line: '3 of 3 benches measure · ranknet #2 #3, predict #1 · about 5 min left',
    },
    {
      because: 'steps and slices come in turns, and change nothing',
      events: [
        [0, measuring('node-1')],
        [0, measuring('node-2', { repetition: 2 })],
        [0, { ...step('warm up'), bench: 'node-1' } as RunEvent],
        [0, { ...step('load', 'predict/rust-axum/default'), bench: 'node-2' } as RunEvent],
      ],
      line: '2 of 3 benches measure · predict #1 #2 · about 5 min left',
    },
    {
      because: 'one is done with its block',
      events: [
        [0, measuring('node-1')],
        [0, measuring('node-2', { repetition: 2 })],
        [0, stage('over', { bench: 'node-1' })],
      ],
      line: '1 of 3 benches measures · predict #2 · about 5 min left',
    },
    {
      because: 'one is lost',
      events: [
        [0, measuring('node-1')],
        [0, measuring('node-2', { repetition: 2 })],
        [0, { kind: 'bench-left', at, bench: 'node-1', why: 'lost', message: 'bench node-1 leaves the run: gone' }],
      ],
      line: '1 of 2 benches measures · predict #2 · about 5 min left',
    },
  ] satisfies { because: string; events: [number, RunEvent][]; line: string }[])('$because', ({ events, line }) =>
    expect(liveLine(after([...begun, ...events]), 0, 120)).toBe(line),
  )
})

describe('the time left', () => {
  it('of measuring stands still while something is built', () => {
    const state = after([
      [0, started(300_000)],
      [0, stage('building')],
      [0, image('go-chi', 'building')],
    ])
    expect(leftMs(state, 200_000)).toBe(300_000)
    const built = advance(state, image('go-chi', 'built'), 200_000)
    expect(leftMs(built, 230_000)).toBe(270_000)
  })

  it('is what the run says of it after each repetition', () => {
    const state = after([
      [0, started(300_000)],
      [90, repetition({ leftMs: 100_000 })],
    ])
    expect(leftMs(state, 100_000)).toBe(90_000)
  })
})

const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\r日本語'

describe('whatever comes', () => {
  const events: RunEvent[] = [
    started(1000),
    started(0),
    { ...started(0), benches: [HOSTILE, 'node-2'] } as RunEvent,
    stage('measuring', { bench: HOSTILE, scenario: HOSTILE }),
    { kind: 'bench-left', at, bench: HOSTILE, why: 'lost', message: HOSTILE },
    stage('building', { images: 3, scenario: HOSTILE }),
    image(HOSTILE, 'building', { expectedSeconds: 5 }),
    image(HOSTILE, 'building', { step: { number: 9, of: 3 } }),
    image('a', 'building', { step: { number: 0, of: 0 }, expectedSeconds: -5 }),
    image('a', 'failed', { message: HOSTILE }),
    image('b', 'pulled'),
    stage('measuring'),
    step(HOSTILE, HOSTILE),
    step('load'),
    repetition({ leftMs: -5 }),
    repetition({ entry: 'predict/rust-axum/default', figures: [] }),
    repetition({ entry: 'predict/rust-axum/default', outcome: 'failed', message: HOSTILE, figures: [] }),
    {
      kind: 'slice',
      at,
      entry: HOSTILE,
      loadId: HOSTILE,
      use: {},
      slice: { atMs: 0, durationMs: 0, ok: 5, failed: 0, p50Us: 1, p99Us: 1, agentBusy: 0 },
    },
    stage('over'),
    { kind: 'note', at, level: 'error', message: HOSTILE },
    { kind: 'run-ended', at, status: 'aborted', reason: HOSTILE },
  ]

  it('the time left is never below 0, no line is too wide, and no control gets through', () => {
    // Many orders of the same events, at times that also go back: a small generator, the same each time.
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * below)
    }
    for (let round = 0; round < 300; round++) {
      let state: ProgressState = { ...noProgress, names: round % 2 === 0 ? namesOf(plan) : null }
      let now = 0
      for (let count = 0; count < 25; count++) {
        now += random(90_000) - 5000
        state = advance(state, events[random(events.length)] as RunEvent, now)
        const columns = 8 + random(120)
        expect(leftMs(state, now + random(100_000)) ?? 0).toBeGreaterThanOrEqual(0)
        for (const line of [liveLine(state, now, columns), ...boardLines(state, 'predict', columns)]) {
          expect(widthOf(line), line).toBeLessThanOrEqual(columns)
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}]|NaN|undefined/u)
        }
      }
    }
  })
})

describe('the leaderboard', () => {
  const board = after([
    [0, started()],
    [0, stage('measuring')],
    [0, repetition({ figures: [{ ...fine, loadId: 'closed-1', throughput: 90 }, fine] })],
    [0, repetition({ entry: 'predict/rust-axum/default', figures: [{ ...fine, throughput: 1500, p99Ms: null }] })],
    [0, repetition({ entry: 'predict/python-flask/gunicorn', outcome: 'failed', message: 'build: no', figures: [] })],
    [0, repetition({ repetition: 2, figures: [{ ...fine, throughput: 900 }] })],
    [0, repetition({ entry: 'predict/rust-axum/default', repetition: 2, triedAgain: true, outcome: 'failed' })],
  ])

  it('has most first, by the median under the main load, and those without figures last', () =>
    expect(boardLines(board, 'predict', 80)).toEqual([
      'predict so far, answers/s under closed-64',
      '  rust-axum                1,500',
      '  go-chi                     856  p99 3 ms',
      '  python-flask (gunicorn)         failed',
    ]))

  it('says how many it leaves out', () =>
    expect(boardLines(board, 'predict', 80, 1)).toEqual([
      'predict so far, answers/s under closed-64, and 2 more',
      '  rust-axum  1,500',
    ]))

  it('is not there for one entry', () =>
    expect(
      boardLines(
        after([
          [0, started()],
          [0, stage('measuring')],
          [0, repetition()],
        ]),
        'predict',
        80,
      ),
    ).toEqual([]))
})

/** A clock that only moves by hand. */
class HandClock implements ProgressClock {
  ms = 0
  readonly #every: (() => void)[] = []
  now = () => this.ms
  everySecond = (then: () => void) => {
    this.#every.push(then)
    return () => void this.#every.splice(this.#every.indexOf(then), 1)
  }
  get waiting() {
    return this.#every.length
  }
  pass(seconds: number) {
    for (let second = 0; second < seconds; second++) {
      this.ms += 1000
      for (const then of this.#every) then()
    }
  }
}

function onTerminal(interactive: boolean) {
  const clock = new HandClock()
  const recording = recordingTerminal()
  const shown: (readonly string[])[] = [[]]
  const terminal: Terminal = { ...recording, interactive, live: (...lines) => void shown.push(lines) }
  const progress = openProgress(terminal, clock)
  progress.knows(plan)
  return { clock, progress, said: recording.said, live: () => shown.at(-1) }
}

describe('without a terminal', () => {
  it('says of an image that is pulled that it is, and not that it is built', () => {
    const { clock, progress, said } = onTerminal(false)
    for (const event of [started(), stage('building', { images: 1 }), image('redis:7', 'building', { isPulled: true })])
      progress.show(event)
    clock.pass(60)
    expect(said.slice(2)).toEqual(['  pulling redis:7 …', '  still pulling redis:7: 1 min'])
  })

  it('says to which host an image goes, one after the other', () => {
    const { clock, progress, said } = onTerminal(false)
    for (const to of ['bench-2', 'bench-3']) progress.show(image('redis:7', 'building', { movedTo: to }))
    clock.pass(60)
    expect(said).toEqual(['  moving redis:7 to bench-2 …', '  still moving redis:7 to bench-3: 1 min'])
  })

  it('tells builds at their start, every minute and at their end, and the leaderboard when the stage is over', () => {
    const { clock, progress, said, live } = onTerminal(false)
    for (const event of [
      started(),
      stage('building', { images: 2 }),
      image('rust-axum', 'building', { expectedSeconds: 200 }),
    ])
      progress.show(event)
    clock.pass(30)
    progress.show(image('rust-axum', 'building', { step: { number: 2, of: 9 } }))
    clock.pass(100)
    progress.show(image('rust-axum', 'built', { seconds: 130 }))
    progress.show(stage('measuring'))
    clock.pass(100)
    progress.show(repetition())
    progress.show(repetition({ entry: 'predict/rust-axum/default', figures: [{ ...fine, throughput: 1500 }] }))
    progress.show(stage('over'))
    expect(said.join('\n')).toBe(
      [
        'run r: 3 target variants, at most 10 min of measuring',
        '1/2 predict',
        '  building rust-axum, about 3 min …',
        '  still building rust-axum: 1 min, step 2/9, about 2 min left',
        '  still building rust-axum: 2 min, step 2/9, about 80 s left',
        '  built rust-axum in 2 min 10 s',
        '✓ go-chi #1                   closed-64 812/s p99 3 ms',
        '✓ rust-axum #1                closed-64 1,500/s p99 3 ms',
        'predict so far, answers/s under closed-64',
        '  rust-axum  1,500  p99 3 ms',
        '  go-chi       812  p99 3 ms',
      ].join('\n'),
    )
    expect(live()).toEqual([])
  })

  it('tells of a build once a minute, whatever the number of steps', () => {
    const state = after([
      [0, started()],
      [0, image('go-chi', 'building')],
    ])
    const first = stillBuilding(state, 61_000)
    expect(first.lines).toEqual(['  still building go-chi: 1 min 1 s'])
    expect(stillBuilding(first.state, 62_000).lines).toEqual([])
    expect(stillBuilding(first.state, 121_000).lines).toHaveLength(1)
  })
})

describe('several benches without a terminal', () => {
  it('are named where a block begins, in rows of repetitions, and where one leaves', () => {
    const { progress, said } = onTerminal(false)
    for (const event of [
      { ...started(), benches: ['node-1', 'node-10'] } as RunEvent,
      stage('building', { images: 0 }),
      stage('measuring', { bench: 'node-1' }),
      { kind: 'calibrated', at, calibration: { ...aCalibration, bench: 'node-1' } } as const,
      stage('measuring', { bench: 'node-10', repetition: 2 }),
      repetition({ bench: 'node-1' }),
      repetition({ bench: 'node-10', repetition: 2, entry: 'predict/rust-axum/default' }),
      stage('over', { bench: 'node-1' }),
      { kind: 'bench-left', at, bench: 'node-10', why: 'lost', message: 'bench node-10 leaves the run: gone' } as const,
    ])
      progress.show(event)
    expect(said.slice(1).join('\n')).toBe(
      [
        '1/2 predict on node-1',
        '  the load agent reaches 9,000 requests/s with 64 connections on node-1',
        '1/2 predict, repetition 2 on node-10',
        '✓ go-chi #1 on node-1                    closed-64 812/s p99 3 ms',
        '✓ rust-axum #2 on node-10                closed-64 812/s p99 3 ms',
        'predict so far, answers/s under closed-64',
        '  go-chi     812  p99 3 ms',
        '  rust-axum  812  p99 3 ms',
        'bench node-10 leaves the run: gone',
      ].join('\n'),
    )
  })

  it('say of a run over several hosts with one bench what a run on one machine says', () => {
    const rows = (bench?: string) => {
      const { progress, said } = onTerminal(false)
      for (const event of [started(), stage('building'), stage('measuring'), repetition(), stage('over')])
        progress.show(bench === undefined ? event : ({ ...event, bench } as RunEvent))
      return said
    }
    expect(rows('bench-1')).toEqual(rows())
  })
})

describe('on a terminal', () => {
  it('shows the leaderboard above the live line, counts down without events, and takes both away', () => {
    const { clock, progress, live } = onTerminal(true)
    for (const event of [started(300_000), stage('building'), stage('measuring'), repetition(), step('load')])
      progress.show(event)
    expect(live()).toEqual(['1/2 predict · go-chi · load · about 5 min left'])
    progress.show(repetition({ entry: 'predict/rust-axum/default' }))
    progress.show(step('load'))
    clock.pass(120)
    expect(live()).toEqual([
      'predict so far, answers/s under closed-64',
      '  go-chi     812  p99 3 ms',
      '  rust-axum  812  p99 3 ms',
      '1/2 predict · go-chi · load · about 3 min left',
    ])
    progress[Symbol.dispose]()
    expect(live()).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  it('leaves the live line alone that is not its own', () => {
    const { clock, progress, live } = onTerminal(true)
    const before = live()
    clock.pass(5)
    progress[Symbol.dispose]()
    expect(live()).toBe(before)
  })
})

function lineOf(figures: Figure[], changes: Partial<Kind<'repetition'>> = {}): string {
  const terminal = recordingTerminal()
  openProgress(terminal, new HandClock()).show(repetition({ figures, ...changes }))
  return terminal.said.join('\n').replaceAll(/ {2,}/g, '  ')
}

describe('the row of a measured repetition', () => {
  it.each([
    {
      because: 'all counts',
      figures: [{ ...fine, loadId: 'closed-1' }, fine],
      row: '✓ predict/go-chi/default #1  closed-1 812/s p99 3 ms  closed-64 812/s p99 3 ms',
    },
    {
      because: 'one load had no right answer',
      figures: [
        { ...fine, loadId: 'closed-1' },
        { ...fine, invalid: 'there was no right answer at all' },
      ],
      row: '✗ predict/go-chi/default #1  closed-1 812/s p99 3 ms  closed-64 does not count: there was no right answer at all',
    },
    {
      because: 'a search found a capacity, which is what the report has',
      figures: [{ ...fine, loadId: 'capacity', throughput: 220, capacityPerSecond: 214 }],
      row: '✓ predict/go-chi/default #1  capacity 214/s p99 3 ms',
    },
    {
      because: 'a search found none',
      figures: [{ ...fine, loadId: 'capacity', capacityPerSecond: null }],
      row: '✓ predict/go-chi/default #1  capacity: no rate kept the service level',
    },
    {
      because: 'there are too few answers for a p99',
      figures: [{ ...fine, p99Ms: null }],
      row: '✓ predict/go-chi/default #1  closed-64 812/s',
    },
  ])('$because', ({ figures, row }) => expect(lineOf(figures)).toBe(row))
})

describe('the row of a repetition that failed', () => {
  it.each([
    { triedAgain: false, row: '✗ predict/go-chi/default #1  load: the load agent was killed' },
    { triedAgain: true, row: '– predict/go-chi/default #1  load: the load agent was killed; tried again' },
  ])('says why, tried again: $triedAgain', ({ triedAgain, row }) => {
    expect(lineOf([], { outcome: 'failed', message: 'load: the load agent was killed', triedAgain })).toBe(row)
  })
})
