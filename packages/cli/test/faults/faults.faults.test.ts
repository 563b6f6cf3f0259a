/**
 * The table of faults: each is inflicted on a run of the compiled command line at seeded moments, and nothing may be wrong,
 * lost or left after it. BAKEOFF_ALL_FAULTS=1 tries all of them; BAKEOFF_FAULT, a regular expression, those it matches.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureEngine, socketPathOf } from '@bakeoff/containers'
import { createRandom } from '@bakeoff/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawEngine, rawEngine } from '../../../containers/test/raw-engine.js'
import { buildProgram, until } from '../helpers/command.js'
import { checkout } from '../helpers/project.js'
import { type FaultProject, makeFaultProject } from './fault-project.js'
import { type Fault, faults, playedFaults } from './faults.js'
import { judgeEnd, judgeLoss } from './judge.js'
import { Lane } from './lane.js'
import type { MomentName } from './moments.js'
import { fullReports, type Stage } from './played.js'
import { evidenceOf, folderOf as runFolderOf } from './run-look.js'
import { Silence } from './silence.js'
import { tell } from './story.js'
import { faultDetails, faultSummary, faultTable, type Trial } from './table.js'

const SEED = 20261128
const ALL = process.env.BAKEOFF_ALL_FAULTS === '1'
/** What only a new run comes by. */
const FIRST: readonly MomentName[] = ['bootstrap', 'opening the session', 'build', 'calibration']
const ONLY = process.env.BAKEOFF_FAULT ? new RegExp(process.env.BAKEOFF_FAULT) : null

interface Told {
  readonly name: string
  readonly moments: readonly string[]
  readonly scenario: Fault['scenario']
  readonly prepared: null | 'halfway' | 'finished'
  readonly untriable: string | null
  /** a project of its own, whose target nobody has built yet */
  readonly unbuilt: boolean
  readonly seed: number
  tell(stage: Omit<Stage, 'moment'>): Promise<Trial[]>
}

const wantedOf = <M extends string>(name: string, moments: readonly M[], fast: readonly M[] = []): readonly M[] =>
  ONLY !== null ? (ONLY.test(name) ? moments : []) : ALL ? moments : fast

/** A fresh run comes by all moments of a fault; of the others each moment is a story. */
const stories: Told[] = [
  ...faults.flatMap((fault, index): Told[] => {
    const wanted = wantedOf(fault.name, fault.moments, fault.fast)
    if (wanted.length === 0) return []
    const begins = wanted.some((moment) => FIRST.includes(moment))
    const sets = fault.from === 'fresh' && begins ? [wanted] : wanted.map((moment) => [moment])
    return sets.map((moments, at) => ({
      ...{ name: fault.name, moments, scenario: fault.scenario, untriable: fault.untriable?.() ?? null },
      ...{ prepared: fault.from === 'fresh' && begins ? null : 'halfway', unbuilt: fault.from === 'fresh' && begins },
      seed: SEED + 1000 * index + at,
      tell: (stage) => tell({ ...stage, fault, moments }, stage.lane),
    }))
  }),
  ...playedFaults.flatMap((fault, index) =>
    wantedOf(fault.name, fault.moments, fault.fast).map(
      (moment, at): Told => ({
        ...{ name: fault.name, moments: [moment], scenario: 'plain', untriable: fault.untriable?.() ?? null },
        ...{ prepared: fault.prepared, unbuilt: false, seed: SEED + 1000 * (500 + index) + at },
        tell: async (stage) => [
          { fault: fault.name, moment, untried: null, behind: [], findings: await fault.play({ ...stage, moment }) },
        ],
      }),
    ),
  ),
]

const trials: Trial[] = []
const silence = new Silence()
let docker: RawEngine
let socket: string
let shared: FaultProject
let prepared: string

beforeAll(async () => {
  await buildProgram()
  const engine = await ensureEngine({ say: console.log, ask: null, env: process.env })
  docker = rawEngine(engine.client)
  silence.begin(docker)
  socket = socketPathOf(engine.client.found.endpoint) ?? '/var/run/docker.sock'
  shared = makeFaultProject(null)
  prepared = mkdtempSync(join(tmpdir(), 'bakeoff-prepared-'))
  // The complete run is made from the one that is halfway; a disk is filled with that one too.
  const plain = stories.some(({ name, prepared }) => prepared === 'finished' || name === fullReports.name)
  const halfway = stories.filter((story) => story.prepared === 'halfway').map(({ scenario }) => scenario)
  // One builds what they share; two at once would make two images of it, and each run goes on with its own only.
  const [first, ...others] = new Set([...halfway, ...(plain ? ['plain' as const] : [])])
  if (first !== undefined) await prepare(first)
  await Promise.all(others.map(prepare))
  if (plain) await finish()
}, 600_000)

afterAll(() => {
  shared?.[Symbol.dispose]()
  if (prepared !== undefined) rmSync(prepared, { recursive: true, force: true })
  const order = stories.map(({ name }) => name)
  trials.sort((a, b) => order.indexOf(a.fault) - order.indexOf(b.fault))
  const text = [faultTable(trials), '', faultSummary(trials), ...faultDetails(trials), silence.end(), ''].join('\n')
  mkdirSync(join(checkout, '.bakeoff'), { recursive: true })
  writeFileSync(join(checkout, '.bakeoff/fault-table.md'), text)
  process.stdout.write(`\n${text}`)
})

/** A run with one repetition measured, and the next one about to begin. */
async function prepare(scenario: Fault['scenario']): Promise<void> {
  await using lane = await new Lane(shared.root, docker, socket).open()
  const program = lane.start(['matrix', '--target', shared.targets[scenario]])
  await until(() => {
    if (program.isOver) throw new Error(`the run to begin with ended: ${program.stderr}`)
    const [run] = lane.runs()
    return run !== undefined && lane.events(run).some((event) => event.kind === 'step' && event.block.endsWith('#2'))
  }, 'a repetition is measured, and the next one begins')
  program.signal('SIGINT')
  const { how, stderr } = await program.ended
  expect(how, stderr).toBe(130)
  lane.keep(folderOf('halfway', scenario))
}

async function finish(): Promise<void> {
  await using lane = await new Lane(shared.root, docker, socket).open(folderOf('halfway', 'plain'))
  const { how, stderr } = await lane.run('matrix', '--resume')
  expect(how, stderr).toBe(0)
  lane.keep(folderOf('finished', 'plain'))
}

function folderOf(state: 'halfway' | 'finished', scenario: Fault['scenario']): string {
  return join(prepared, state, scenario)
}

async function run(story: Told): Promise<Trial[]> {
  const { name, untriable } = story
  if (untriable !== null)
    return story.moments.map((moment) => ({ fault: name, moment, untried: untriable, behind: [], findings: [] }))
  using own = story.unbuilt ? makeFaultProject(story.seed.toString(36)) : null
  const project = own ?? shared
  const lanes: Lane[] = []
  const open = async (from: string | null) => {
    const lane = new Lane(project.root, docker, socket)
    lanes.push(lane)
    return lane.open(from)
  }
  try {
    return await story.tell({
      lane: await open(story.prepared === null ? null : folderOf(story.prepared, story.scenario)),
      random: createRandom(story.seed),
      target: project.targets[story.scenario],
      other: () => open(null),
      prepared: folderOf('halfway', story.scenario),
    })
  } catch (error) {
    const text = `it could not be told: ${error instanceof Error ? error.stack : error}`
    return story.moments.map((moment) => ({
      fault: name,
      moment,
      untried: null,
      behind: [],
      findings: [{ kind: 'stuck', text }],
    }))
  } finally {
    for (const lane of lanes) await lane[Symbol.asyncDispose]()
    if (own?.image) await removeImages(own.image)
  }
}

async function removeImages(name: string): Promise<void> {
  const images = await docker.listImages({ filters: { reference: [name] } })
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? []))
    await docker
      .getImage(tag)
      .remove()
      .catch(() => undefined)
}

describe('faults', () => {
  it.concurrent.each(stories.map((story) => ({ ...story, title: `${story.name}, at ${story.moments.join(', ')}` })))(
    '$title: nothing wrong, lost or left',
    { timeout: 900_000 },
    async (story) => {
      const told = await run(story)
      trials.push(...told)
      expect(faultDetails(told).filter((line) => !line.startsWith('not tried'))).toEqual([])
    },
  )
})

describe('what tells of harm sees it where there is some', () => {
  it('on the engine, and in the folder of locks', async () => {
    const session = `harm-${process.pid}`
    const lane = await new Lane(shared.root, docker, socket).open()
    try {
      mkdirSync(lane.locks)
      writeFileSync(join(lane.locks, 'engine.json'), JSON.stringify({ session, pid: process.pid }))
      expect(lane.holder()).toMatchObject({ session })
      expect(await lane.onEngine()).toEqual([])
      await docker.createNetwork({ Name: session, Labels: { 'bakeoff.session': session } })
      expect(await lane.onEngine()).toEqual([`network ${session}`])
      expect(lane.onDisk()).toEqual(['lock engine.json'])
    } finally {
      await lane[Symbol.asyncDispose]()
    }
    const filters = { label: [`bakeoff.session=${session}`] }
    expect(await docker.listNetworks({ filters })).toEqual([])
  })

  it('in the way a command ends, and in the files of its run', async (context) => {
    context.skip(!existsSync(folderOf('halfway', 'plain')), 'no run was prepared')
    await using lane = await new Lane(shared.root, docker, socket).open(folderOf('halfway', 'plain'))
    const run = lane.runs()[0] as string
    const before = evidenceOf(lane, run)
    expect(before.measured.size).toBe(1)
    const [name] = before.measured.keys()
    rmSync(join(lane.reports, run, 'runs', name as string))
    expect(judgeLoss(before, runFolderOf(lane, run, null))).toEqual([{ kind: 'lost', text: `runs/${name} is gone` }])
    const end = await lane.run('matrix', '--target', 'nobody')
    expect(judgeEnd(end, { exits: [0], statuses: [] })).toMatchObject([{ kind: 'wrong' }])
  })
})
