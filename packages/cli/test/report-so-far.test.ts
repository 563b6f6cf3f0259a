import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plan, RunEvent } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anEntry, aPlan, aScenario } from '../../runner/test/builders.js'
import { report } from '../src/commands/report.js'
import type { Project } from '../src/project.js'
import { isWorthwhile, ReportSoFar } from '../src/report-so-far.js'
import { resumeRun } from '../src/resume.js'
import type { RunFolder } from '../src/run-folder.js'
import { analyseFolder, isDrawn } from '../src/write-report.js'
import { FakeSetting } from './helpers/fake-setting.js'
import { recordingTerminal } from './helpers/terminal.js'

const RUN = '20260101-120000'
const FILES = ['index.html', 'summary.md', 'results.csv', 'results.json']

/** Three scenarios of one target each, measured twice. */
function threeScenarios(): Plan {
  const ids = ['predict', 'chat', 'ranknet']
  const targets = ['a', 'b', 'c']
  const entries = ids.map((scenario, index) =>
    anEntry(targets[index] as string, { id: `${scenario}/${targets[index]}/default`, scenario }),
  )
  return {
    ...aPlan(entries, { repetitions: 2 }),
    scenarios: ids.map((id) => aScenario({ id })),
    blocks: [1, 2].flatMap((repetition) =>
      ids.map((id, index) => ({
        id: `${id}#${repetition}`,
        scenario: id,
        repetition,
        order: [entries[index]!.id],
      })),
    ),
  }
}

let reports: string
let fake: FakeSetting
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'bakeoff-so-far-'))
  fake = new FakeSetting(reports, threeScenarios())
})
afterEach(() => rmSync(reports, { recursive: true }))

type Block = `${string}#${number} ${'building' | 'measuring' | 'over'}`
const blockOf = (event: RunEvent) =>
  event.kind === 'stage' ? `${event.scenario}#${event.repetition} ${event.state}` : null

/** Runs with reports on, and looks at the folder when a block comes to a state, as somebody would who follows the link. */
function watching(look: (folder: RunFolder) => void, at: Block) {
  return {
    watch: (folder: RunFolder) => {
      const soFar = new ReportSoFar(folder, reports)
      folder.onEvent((event) => soFar.hear(event))
      folder.onEvent((event) => {
        if (blockOf(event) === at) look(folder)
      })
    },
  }
}

const resultsOf = (folder: RunFolder) => JSON.parse(readFileSync(join(folder.path, 'results.json'), 'utf8'))
const measuredIn = (folder: RunFolder): string[] =>
  resultsOf(folder)
    .entries.filter(({ outcome }: { outcome: { kind: string } }) => outcome.kind === 'measured')
    .map(({ id }: { id: string }) => id)
/** Takes the end of a run away, as if its process had been killed. */
function kill(folder: RunFolder): void {
  folder.close()
  const path = join(folder.path, 'events.ndjson')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/\{"kind":"run-ended".*\n$/, ''))
}

describe('the report of a run that goes on', () => {
  it('is there when the first scenario is over, and while the second one is measured', async () => {
    const seen: Record<string, unknown>[] = []
    const look = (folder: RunFolder) => {
      seen.push({
        files: FILES.filter((name) => existsSync(join(folder.path, name))),
        measured: measuredIn(folder),
        status: resultsOf(folder).run.status,
        page: readFileSync(join(folder.path, 'index.html'), 'utf8').includes('This run is going on.'),
        index: readFileSync(join(reports, 'index.html'), 'utf8').includes(RUN),
      })
    }
    const whole = { files: FILES, measured: ['predict/a/default'], status: 'running', page: true, index: true }
    await fake.run(RUN, 6, watching(look, 'predict#1 over'))
    expect(seen).toEqual([whole])
    await fake.run('20260101-120001', 6, watching(look, 'chat#1 measuring'))
    expect(seen[1]).toEqual({ ...whole, index: true })
  })

  it('is written after every block of the first repetition, and never while one is measured', async () => {
    const written: string[] = []
    let state = ''
    const folder = await fake.run(RUN, 6, {
      watch: (going) => {
        const write = going.write.bind(going)
        going.write = (name, text) => {
          if (name === 'index.html') written.push(state)
          write(name, text)
        }
        const soFar = new ReportSoFar(going, reports, () => 0) // it takes no time, so that it is always worthwhile
        going.onEvent((event) => {
          state = blockOf(event) ?? state
          soFar.hear(event)
        })
      },
    })
    expect(written).toEqual(['predict#1', 'chat#1', 'ranknet#1', 'predict#2', 'chat#2'].map((id) => `${id} over`))
    expect(measuredIn(folder)).toHaveLength(3)
  })

  it('is pointed at once, when it is there', async () => {
    const first: (string | null)[] = []
    await fake.run(RUN, 6, {
      watch: (going) => {
        const soFar = new ReportSoFar(going, reports, () => 0)
        going.onEvent((event) => {
          if (soFar.hear(event)) first.push(blockOf(event))
        })
      },
    })
    expect(first).toEqual(['predict#1 over'])
  })

  it('that cannot be written is told once, and the run goes on', async () => {
    const folder = await fake.run(RUN, 6, {
      watch: (going) => {
        mkdirSync(join(going.path, 'index.html'))
        const soFar = new ReportSoFar(going, reports)
        going.onEvent((event) => soFar.hear(event))
      },
    })
    const events = folder.readEvents()
    expect(events.filter(({ kind }) => kind === 'note')).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/index\.html could not be written.*the run goes on/) },
    ])
    expect(events.at(-1)).toMatchObject({ kind: 'run-ended', status: 'complete' })
  })
})

describe('a run that is killed after such a report', () => {
  it('is aborted when it is reported again, and is finished by --resume', async () => {
    const folder = await fake.run(
      RUN,
      2,
      watching(() => {}, 'predict#1 over'),
    )
    kill(folder)
    expect(resultsOf(folder).run.status).toBe('running')
    expect(isDrawn(folder, analyseFolder(folder, 'aborted')), 'it is no report of its end').toBe(false)
    await report({ project: { reports } as Project, terminal: recordingTerminal() }, RUN, null)
    expect(resultsOf(folder).run).toMatchObject({ status: 'aborted', statusReason: expect.stringContaining('killed') })

    const built = [...fake.shelf.built]
    expect(built, 'nothing of the third scenario').not.toContain('bakeoff/target/c')
    const begun = await resumeRun(fake.setting, folder).begin(fake.workbench)
    expect(await fake.finish(begun)).toMatchObject({ status: 'complete' })
    expect(fake.shelf.built).toEqual([...built, 'bakeoff/target/c'])
    expect(Object.keys(folder.readFingerprint()?.images ?? {})).toEqual(
      expect.arrayContaining(['a', 'b', 'c'].map((name) => `bakeoff/target/${name}`)),
    )
  })

  it('may have changed what no block has used yet, and nothing else', async () => {
    const folder = await fake.run(RUN, 2)
    kill(folder)
    fake.shelf.change('bakeoff/target/c')
    expect(await fake.finish(await resumeRun(fake.setting, folder).begin(fake.workbench))).toMatchObject({
      status: 'complete',
    })
    const other = await fake.run('20260101-120001', 2)
    kill(other)
    fake.shelf.change('bakeoff/target/a')
    await expect(resumeRun(fake.setting, other).begin(fake.workbench)).rejects.toMatchObject({
      message: expect.stringContaining('image bakeoff/target/a'),
    })
  })
})

it('has what a block uses in its fingerprint before the block is measured', async () => {
  const known: Record<string, string[]> = {}
  await fake.run(RUN, 6, {
    watch: (folder) =>
      folder.onEvent((event) => {
        if (event.kind === 'stage' && event.state === 'measuring' && event.repetition === 1)
          known[event.scenario] = Object.keys(folder.readFingerprint()?.images ?? {}).filter((name) =>
            name.includes('target'),
          )
      }),
  })
  expect(known).toEqual({
    predict: ['bakeoff/target/a'],
    chat: ['bakeoff/target/a', 'bakeoff/target/b'],
    ranknet: ['bakeoff/target/a', 'bakeoff/target/b', 'bakeoff/target/c'],
  })
})

it('shows the Dockerfile that was built when it was its turn, and not the one of its beginning', async () => {
  fake.root = join(reports, 'project')
  mkdirSync(join(fake.root, 'targets/b'), { recursive: true })
  const folder = await fake.run(RUN, 6, {
    watch: (going) =>
      going.onEvent((event) => {
        if (event.kind === 'stage' && event.scenario === 'predict' && event.state === 'measuring')
          writeFileSync(join(fake.root, 'targets/b/Dockerfile'), 'FROM edited-meanwhile')
      }),
  })
  const { targets } = folder.readContext()
  expect([targets.a?.dockerfile, targets.b?.dockerfile]).toEqual(['FROM 1', 'FROM edited-meanwhile'])
})

describe('a report is worth its time', () => {
  it.each([
    {
      repetition: 1,
      isLast: false,
      drawn: { tookMs: 5000, agoMs: 1 },
      is: true,
      because: 'of the first repetition each',
    },
    { repetition: 2, isLast: false, drawn: null, is: true, because: 'none was written since the run went on' },
    {
      repetition: 2,
      isLast: false,
      drawn: { tookMs: 1000, agoMs: 100_000 },
      is: true,
      because: 'it takes a hundredth',
    },
    { repetition: 2, isLast: false, drawn: { tookMs: 1000, agoMs: 99_000 }, is: false, because: 'it would take more' },
    { repetition: 1, isLast: true, drawn: null, is: false, because: 'the end of the run writes it' },
  ])('$is: $because', ({ repetition, isLast, drawn, is }) => {
    expect(isWorthwhile(repetition, isLast, drawn)).toBe(is)
  })
})
