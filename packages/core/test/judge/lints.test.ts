import type { PlannedEntry, TargetInfo } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { lint, lintRules } from '../../src/index.js'
import { anEntry, anInfo, aPlan, aRepetitionRecord, aScenario, caps, GIB } from '../builders.js'

interface Case {
  readonly because: string
  readonly info?: Partial<TargetInfo> | null
  readonly tellsNothing?: boolean
  readonly entry?: Partial<PlannedEntry>
  readonly architecture?: string
  /** what the message says; null: nothing is found */
  readonly says: RegExp | null
}

const twoCores = { caps: caps({ cpus: 2, cpuset: [1, 2] }) }
const noCompiler = { nx_compiler: null, nx_backend: 'Nx.BinaryBackend' }

const table: Readonly<Record<string, readonly Case[]>> = {
  'nx-without-compiler': [
    { because: 'a target without Nx', says: null },
    {
      because: 'the option that the article forgot',
      info: { flags: noCompiler },
      says: /Nx has no compiler .*BinaryBackend/,
    },
    {
      because: 'the evaluator is no compiler',
      info: { flags: { nx_compiler: 'Nx.Defn.Evaluator' } },
      says: /Evaluator/,
    },
    { because: 'none, in a word', info: { flags: { nx_compiler: 'none' } }, says: /none/ },
    { because: 'EXLA compiles', info: { flags: { nx_compiler: 'EXLA' } }, says: null },
    {
      because: 'the article itself: EXLA as the backend, and not as the compiler',
      info: { flags: { nx_compiler: null, nx_backend: 'EXLA.Backend' } },
      says: /Nx has no compiler .*EXLA\.Backend/,
    },
    {
      because: 'Torchx computes natively without one',
      info: { flags: { nx_compiler: null, nx_backend: 'Torchx.Backend' } },
      says: null,
    },
  ],
  'development-server': [
    { because: 'gunicorn', info: { server: 'gunicorn' }, says: null },
    {
      because: 'app.run',
      info: { server: 'Werkzeug', developmentServer: true },
      says: /Werkzeug runs as a development server/,
    },
  ],
  'debug-build': [
    { because: 'built for release', says: null },
    { because: 'cargo build without --release', info: { debugBuild: true }, says: /debug build/ },
    { because: 'not known', info: { debugBuild: null }, says: null },
  ],
  emulated: [
    { because: 'x86_64, amd64 and x64 are one', info: { architecture: 'x64' }, architecture: 'amd64', says: null },
    {
      because: 'an image for another processor',
      architecture: 'arm64',
      says: /its image is for arm64; the engine runs on x86_64/,
    },
    {
      because: 'a runtime of another processor',
      info: { architecture: 'aarch64' },
      says: /its runtime reports aarch64/,
    },
    { because: 'nobody knows', info: { architecture: null }, says: null },
  ],
  'threads-above-cap': [
    { because: 'as many as cores', entry: twoCores, info: { threads: { ort_intra_op: 2 } }, says: null },
    {
      because: 'ONNX Runtime sized by the host',
      entry: twoCores,
      info: { threads: { ort_intra_op: 16 } },
      says: /ort_intra_op has 16 threads; the cap is 2 cores/,
    },
    {
      because: '0 leaves it to the library',
      entry: twoCores,
      info: { threads: { ort_intra_op: 0 } },
      says: /ort_intra_op is 0, so the library sizes its pool by the host \(4 CPUs\)/,
    },
    {
      because: 'two in each of two workers',
      entry: twoCores,
      info: { workers: 2, threads: { omp: 2 } },
      says: /2 threads in each of 2 processes, 4 in all/,
    },
    {
      because: 'one in each of many workers is a matter of workers',
      info: { workers: 4, threads: { omp: 1 } },
      says: null,
    },
    {
      because: 'pools that wait may be larger',
      info: { threads: { tokio_blocking: 512, io: 64, dirty_io_schedulers: 10 } },
      says: null,
    },
    {
      because: 'carriers of virtual threads above the cap',
      info: { threads: { carrier_threads: 4 } },
      says: /carrier_threads has 4/,
    },
    { because: 'GOMAXPROCS above the cap', info: { threads: { gomaxprocs: 4 } }, says: /gomaxprocs has 4/ },
  ],
  'sees-host-cores': [
    { because: 'it sees its cap', info: { cpus: 1 }, says: null },
    { because: 'it sees the host', info: { cpus: 8 }, says: /believes it has 8 processors; the cap is 1 core/ },
    { because: 'it does not know', info: { cpus: null }, says: null },
  ],
  'workers-not-cores': [
    { because: 'one worker, one core', info: { workers: 1 }, says: null },
    { because: '16 workers on two cores', entry: twoCores, info: { workers: 16 }, says: /16 workers on 2 cores/ },
    {
      because: 'two replicas of one worker on one core',
      entry: { replicas: 2 },
      info: { workers: 1 },
      says: /2 workers in 2 replicas on 1 core/,
    },
    {
      because: 'one worker on two cores',
      entry: twoCores,
      info: { workers: 1, threads: {} },
      says: /1 worker on 2 cores, and no pool/,
    },
    {
      because: 'one process whose scheduler fills both',
      entry: twoCores,
      info: { workers: 1, threads: { gomaxprocs: 2 } },
      says: null,
    },
    { because: 'not known', info: { workers: null }, says: null },
  ],
  'heap-above-cap': [
    { because: 'a heap within the cap', info: { heapLimitBytes: 1.5 * GIB }, says: null },
    {
      because: 'four gigabytes in two',
      info: { heapLimitBytes: 4 * GIB },
      says: /heap may grow to 4 GiB; the cap is 2 GiB/,
    },
    {
      because: 'one and a half in each of two',
      info: { heapLimitBytes: 1.5 * GIB, workers: 2 },
      says: /in each of 2 processes \(3 GiB in all\)/,
    },
    { because: 'no limit is known', info: { heapLimitBytes: null }, says: null },
  ],
  'missing-info': [
    { because: 'all is said', says: null },
    { because: 'GET /info had no answer', info: null, says: /had no answer/ },
    { because: 'there is no GET /info', info: null, tellsNothing: true, says: /tells nothing of itself/ },
    { because: 'some of it is not', info: { cpus: null, threads: null }, says: /does not say cpus and threads/ },
  ],
}

describe.each(Object.keys(table))('%s', (id) => {
  it.each(table[id]!)('$because', ({ info, tellsNothing = false, entry: own, architecture, says }) => {
    const scenario = aScenario()
    const entry = anEntry(scenario.id, 'go-net-http', own)
    const run = aRepetitionRecord(entry, 1, [])
    const found = lint({
      plan: aPlan([scenario], [entry]),
      scenario,
      entry,
      info: info === null ? null : anInfo(info),
      tellsNothing,
      image: { ...run.image!, architecture: architecture ?? 'amd64' },
    }).filter((each) => each.lint === id)
    expect(found.map(({ message }) => message)).toEqual(says === null ? [] : [expect.stringMatching(says)])
    for (const { consequence, hint } of found) expect([consequence, hint]).not.toContain('')
  })
})

it('has a table for every lint', () => expect(lintRules.map(({ id }) => id).sort()).toEqual(Object.keys(table).sort()))
