/**
 * docs/adding-a-load.md says what a kind of load costs. Here one is added to a copy of the sources, by exactly the files
 * that are named there, compiled, and asked for all that the stages ask.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const packages = ['model', 'core', 'runner', 'load', 'report']
let copy = ''

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'bakeoff-load-'))
  for (const name of packages) {
    for (const part of ['src', 'package.json', 'tsconfig.json'])
      cpSync(join(root, 'packages', name, part), join(copy, 'packages', name, part), { recursive: true })
  }
  cpSync(join(root, 'tsconfig.base.json'), join(copy, 'tsconfig.base.json'))
  mkdirSync(join(copy, 'node_modules/@bakeoff'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')).filter((each) => !/^[.]|^@bakeoff$/.test(each)))
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))
  for (const name of packages) symlinkSync(`../../packages/${name}`, join(copy, 'node_modules/@bakeoff', name))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** On each of n connections a request, all at once, every so many ms. */
const KIND = `import { z } from 'zod'
import type { LoadKind } from './kind.js'

const schema = z.object({ kind: z.literal('burst'), size: z.int().positive(), everyMs: z.number().positive() })
type Burst = z.infer<typeof schema>
const written = z.array(z.strictObject({ size: z.int().positive(), everyMs: z.number().positive() })).optional()

export interface BurstOrder {
  readonly kind: 'burst'
  readonly size: number
  readonly everyMs: number
}

export const burst = {
  kind: 'burst',
  schema,
  written,
  words: {
    group: 'bursts',
    short: ({ size, everyMs }) => \`\${size}/\${everyMs}\`,
    label: ({ size, everyMs }) => \`bursts of \${size}, every \${everyMs} ms\`,
    sentence: ({ size }) => \`bursts of \${size} requests\`,
  },
  unit: 'request',
  pace: 'offered',
  sameRate: true,
  windows: 'one',
  best: null,
  inCurves: false,
  times: ['service'],
  shown: 'service',
  headline: 'throughput',
  id: ({ size, everyMs }) => \`burst-\${size}x\${everyMs}\`,
  atOnce: ({ size }) => size,
  connections: ({ size }) => size,
  limits: () => null,
  warmUp: () => null,
  atMost: (load) => load,
  durationMs: (_, windowMs) => windowMs * 2,
  toOrder: ({ size, everyMs }): BurstOrder => ({ kind: 'burst', size, everyMs }),
  read: (bursts) => bursts.map(({ size, everyMs }): Burst => ({ kind: 'burst', size, everyMs })),
  refusal: () => null,
  published: () => null,
} satisfies LoadKind<Burst, z.infer<typeof written>, BurstOrder>
`

const DRIVER = `interface BurstShare {
  readonly kind: 'burst'
  readonly size: number
  readonly everyMs: number
}

const burst: DriverKind<BurstOrder, BurstShare> = {
  isTimed: false,
  keepsAllBusy: true,
  split: ({ size, everyMs }, processes) => divided(size, processes).map((each) => ({ kind: 'burst', size: each, everyMs })),
  seedOf: ({ size }) => size,
  offeredPerSecond: ({ size, everyMs }) => (size * 1000) / everyMs,
  tasksAtOnce: () => null,
  connections: ({ size }) => size,
  ownRequest: () => null,
  drive: ({ everyMs }, { send }) => new BurstDriver(everyMs, send),
}

class BurstDriver implements Driver {
  readonly #everyMs: number
  readonly #send: Send
  readonly #free = new Set<Connection>()
  #timer: NodeJS.Timeout | undefined
  readonly hasBegun = true

  constructor(everyMs: number, send: Send) {
    this.#everyMs = everyMs
    this.#send = send
  }
  free(connection: Connection): void {
    this.#free.add(connection)
  }
  start(nowMs: number): void {
    this.#burst(nowMs)
    this.#timer = setInterval(() => this.#burst(performance.now()), this.#everyMs)
  }
  owes(): boolean {
    return false
  }
  finish(): number[] {
    clearInterval(this.#timer)
    return []
  }
  #burst(nowMs: number): void {
    for (const connection of this.#free) {
      this.#free.delete(connection)
      if (connection.usable) this.#send(connection, nowMs)
    }
  }
}

/** The drivers, one for each kind of order`

/** What every stage asks of it, without a line of theirs that knows it. */
const PROBE = `import { writeFileSync } from 'node:fs'
import { kindOf, loadIdOf, loadLabel, loadShort, loadSpec, loadWords } from '@bakeoff/model'
import { mainLoadOf, parseScenario, repetitionMs } from '@bakeoff/core'
import { splitLoad } from './packages/load/dist/agent/split.js'

const yaml = [
  'services:',
  '  target: { image: "\${TARGET_IMAGE}", cpus: 1, mem_limit: 1g }',
  'x-scenario:',
  '  summary: bursts',
  '  requests: r',
  '  expect: { golden: g, compare: exact }',
  '  load: { burst: [{ size: 64, everyMs: 500 }] }',
].join('\\n')
const texts = { r: '{"path":"/"}\\n', g: '{"status":200,"body":""}\\n' }
const scenario = parseScenario({ id: 'b', file: 'b.yaml', yaml, resolve: (p) => p, read: (p) => texts[p], buildable: () => true })
const [load] = scenario.loads
const order = kindOf(load).toOrder(load, { best: 0, seed: 1 })
const rules = { windowMs: 5000 }
const withLoads = (loads) => repetitionMs({ loads, services: [] }, rules, 0)
writeFileSync('answers.json', JSON.stringify({
  load: loadSpec.parse(load),
  id: loadIdOf(load),
  main: mainLoadOf(scenario.loads),
  labels: [kindOf(load).words.group, loadShort(load), loadLabel(load), loadWords(load)],
  estimateMs: withLoads([load]) - withLoads([]),
  order,
  shares: splitLoad({ origin: 'http://x', order }, 2).map(({ share }) => share),
}))
`

interface Done {
  readonly code: number
  readonly text: string
}

function node(...words: string[]): Promise<Done> {
  return new Promise((done) => {
    execFile(process.execPath, words, { cwd: copy, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), text: `${stdout}${stderr}` }),
    )
  })
}

const compile = () => node(join(root, 'node_modules/typescript/bin/tsc'), '-b', 'packages/load', 'packages/report')

const touched = new Set<string>()

function write(file: string, text: string): void {
  touched.add(file)
  writeFileSync(join(copy, 'packages', file), text)
}

function edit(file: string, ...changes: [before: string, after: string][]): void {
  let text = readFileSync(join(copy, 'packages', file), 'utf8')
  for (const [before, after] of changes) {
    expect(text, `${file} has ${before}`).toContain(before)
    text = text.replace(before, () => after)
  }
  write(file, text)
}

describe('adding a kind of load', () => {
  it('costs its file, a line in the list and a driver; until each has every answer it does not compile', async () => {
    write('model/src/loads/burst.ts', KIND.replace(/ {2}durationMs.*\n/, ''))
    edit(
      'model/src/loads/index.ts',
      [
        "import { capacity } from './capacity.js'",
        "import { burst } from './burst.js'\nimport { capacity } from './capacity.js'",
      ],
      [
        "export type { BatchOrder } from './batch.js'",
        "export type { BatchOrder } from './batch.js'\nexport type { BurstOrder } from './burst.js'",
      ],
      ['capacity, batch]', 'capacity, batch, burst]'],
    )
    // Without its duration and without a driver: the compiler asks for both, and for nothing else.
    const unfinished = await compile()
    expect(unfinished.code).not.toBe(0)
    expect(unfinished.text).toMatch(/loads\/burst\.ts.*[\s\S]*durationMs/)
    expect(unfinished.text).toMatch(/worker\/drivers\.ts.*[\s\S]*burst/)
    const complaints = [...new Set(unfinished.text.match(/^packages\/[\w./-]+\.ts/gm))].sort()
    expect(complaints).toEqual([
      'packages/load/src/worker/drivers.ts',
      'packages/model/src/loads/burst.ts',
      'packages/model/src/loads/index.ts',
    ])

    write('model/src/loads/burst.ts', KIND)
    edit(
      'load/src/worker/drivers.ts',
      ['import type { BatchOrder,', 'import type { BatchOrder, BurstOrder,'],
      ['/** The drivers, one for each kind of order', DRIVER],
      ['closed, open, batch }', 'closed, open, batch, burst }'],
    )
    expect(await compile()).toEqual({ code: 0, text: '' })

    expect([...touched]).toEqual(['model/src/loads/burst.ts', 'model/src/loads/index.ts', 'load/src/worker/drivers.ts'])

    writeFileSync(join(copy, 'probe.mjs'), PROBE)
    expect(await node('probe.mjs')).toEqual({ code: 0, text: '' })
    expect(JSON.parse(readFileSync(join(copy, 'answers.json'), 'utf8'))).toEqual({
      load: { kind: 'burst', size: 64, everyMs: 500 },
      id: 'burst-64x500',
      main: 'burst-64x500',
      labels: ['bursts', '64/500', 'bursts of 64, every 500 ms', 'bursts of 64 requests'],
      estimateMs: 2 * 5800,
      order: { kind: 'burst', size: 64, everyMs: 500 },
      shares: [
        { kind: 'burst', size: 32, everyMs: 500 },
        { kind: 'burst', size: 32, everyMs: 500 },
      ],
    })
  }, 300_000)
})
