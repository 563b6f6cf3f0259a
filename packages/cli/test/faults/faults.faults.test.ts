/**
 * The table of faults: each is inflicted on a run of the compiled command line at seeded moments, and nothing may be wrong,
 * lost or left after it. BAKEOFF_ALL_FAULTS=1 tries all of them; BAKEOFF_FAULT, a regular expression, those it matches.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, ensureEngine, socketPathOf } from '@bakeoff/containers'
import { createRandom } from '@bakeoff/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, until } from '../helpers/command.js'
import { checkout } from '../helpers/project.js'
import { type FaultProject, makeFaultProject } from './fault-project.js'
import { type Fault, faults } from './faults.js'
import { Lane } from './lane.js'
import type { MomentName } from './moments.js'
import { tell } from './story.js'
import { faultDetails, faultSummary, faultTable, type Trial } from './table.js'

const SEED = 20261128
const ALL = process.env.BAKEOFF_ALL_FAULTS === '1'
const ONLY = process.env.BAKEOFF_FAULT ? new RegExp(process.env.BAKEOFF_FAULT) : null

interface Told {
  readonly fault: Fault
  readonly moments: readonly MomentName[]
  readonly seed: number
}

/** A fresh run comes by all moments of a fault; halfway ones are a story for each. */
const stories: Told[] = faults.flatMap((fault, index): Told[] => {
  if (ONLY !== null && !ONLY.test(fault.name)) return []
  const wanted = ALL || ONLY !== null ? fault.moments : (fault.fast ?? [])
  const seed = SEED + 1000 * index
  if (fault.from === 'fresh' && (ALL || ONLY !== null)) return [{ fault, moments: wanted, seed }]
  return wanted.map((moment, at) => ({ fault, moments: [moment], seed: seed + at }))
})

const trials: Trial[] = []
let engine: Engine
let socket: string
let shared: FaultProject
let prepared: string

beforeAll(async () => {
  await buildProgram()
  engine = await ensureEngine({ say: console.log, ask: null, env: process.env })
  socket = socketPathOf(engine.found.endpoint) ?? '/var/run/docker.sock'
  shared = makeFaultProject(null)
  prepared = mkdtempSync(join(tmpdir(), 'bakeoff-prepared-'))
  const needed = new Set(stories.flatMap(({ fault, moments }) => (isFresh(fault, moments) ? [] : [fault.scenario])))
  await Promise.all([...needed].map(prepare))
}, 600_000)

afterAll(() => {
  shared?.[Symbol.dispose]()
  if (prepared !== undefined) rmSync(prepared, { recursive: true, force: true })
  const text = [faultTable(trials), '', faultSummary(trials), ...faultDetails(trials), ''].join('\n')
  mkdirSync(join(checkout, '.bakeoff'), { recursive: true })
  writeFileSync(join(checkout, '.bakeoff/fault-table.md'), text)
  process.stdout.write(`\n${text}`)
})

function isFresh(fault: Fault, moments: readonly MomentName[]): boolean {
  return (
    fault.from === 'fresh' &&
    (moments.length > 1 ||
      moments.some((moment) => ['bootstrap', 'opening the session', 'build', 'calibration'].includes(moment)))
  )
}

/** A run with one repetition measured, and the next one about to begin. */
async function prepare(scenario: Fault['scenario']): Promise<void> {
  await using lane = await new Lane(shared.root, engine.docker, socket).open()
  const program = lane.start(['matrix', '--target', shared.targets[scenario]])
  await until(() => {
    if (program.isOver) throw new Error(`the run to begin with ended: ${program.stderr}`)
    const [run] = lane.runs()
    return run !== undefined && lane.events(run).some((event) => event.kind === 'step' && event.block.endsWith('#2'))
  }, 'a repetition is measured, and the next one begins')
  program.signal('SIGINT')
  const { how, stderr } = await program.ended
  expect(how, stderr).toBe(130)
  lane.keep(join(prepared, scenario))
}

async function run({ fault, moments, seed }: Told): Promise<Trial[]> {
  const why = fault.untriable?.() ?? null
  if (why !== null)
    return moments.map((moment) => ({ fault: fault.name, moment, untried: why, behind: [], findings: [] }))
  const fresh = isFresh(fault, moments)
  using project = fresh ? makeFaultProject(seed.toString(36)) : null
  const { root, targets } = project ?? shared
  await using lane = await new Lane(root, engine.docker, socket).open(fresh ? null : join(prepared, fault.scenario))
  try {
    return await tell({ fault, moments, target: targets[fault.scenario], random: createRandom(seed) }, lane)
  } finally {
    if (project?.image) await removeImages(project.image)
  }
}

async function removeImages(name: string): Promise<void> {
  const images = await engine.docker.listImages({ filters: { reference: [name] } })
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? []))
    await engine.docker
      .getImage(tag)
      .remove()
      .catch(() => undefined)
}

describe('faults', () => {
  it.concurrent.each(
    stories.map((story) => ({ ...story, name: `${story.fault.name}, at ${story.moments.join(', ')}` })),
  )('$name: nothing wrong, lost or left', { timeout: 900_000 }, async (story) => {
    const told = await run(story)
    trials.push(...told)
    expect(faultDetails(told).filter((line) => !line.startsWith('not tried'))).toEqual([])
  })
})
