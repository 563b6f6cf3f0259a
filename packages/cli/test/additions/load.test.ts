/**
 * docs/adding-a-load.md says what a kind of load costs. Here one is added to a copy of the sources, by exactly what stands
 * there, compiled, and asked for all that the stages ask.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Step, stepsOf, take } from './copy.js'

const root = resolve(import.meta.dirname, '../../../..')
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

/** What every stage asks of it, without a line of theirs that knows it. */
const PROBE = `import { writeFileSync } from 'node:fs'
import { kindOf, loadIdOf, loadLabel, loadShort, loadSpec, loadWords } from '@bakeoff/model'
import { mainLoadOf, parseScenario, repetitionMs } from '@bakeoff/core'
import { splitLoad } from './packages/load/dist/shares/split.js'

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

describe('adding a kind of load, as docs/adding-a-load.md says', () => {
  it('costs its file, a line in the list and a driver; until each has every answer it does not compile', async () => {
    const [kind, list, driver] = stepsOf('adding-a-load.md') as [Step, Step, Step]
    expect(stepsOf('adding-a-load.md').map(({ path }) => path)).toEqual([
      'packages/model/src/loads/burst.ts',
      'packages/model/src/loads/index.ts',
      'packages/load/src/worker/drivers.ts',
    ])

    // Without its duration and without a driver: the compiler asks for both, and for nothing else.
    expect(take(copy, { ...kind, text: kind.text.replace(/ {2}durationMs.*\n/, '') })).toBe('made')
    expect(take(copy, list)).toBe('changed')
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

    writeFileSync(join(copy, kind.path), kind.text)
    expect(take(copy, driver)).toBe('changed')
    expect(await compile()).toEqual({ code: 0, text: '' })

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
