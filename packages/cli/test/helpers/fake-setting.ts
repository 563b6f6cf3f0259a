import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalogue, openDecisions } from '@bakeoff/core'
import type { ImageFacts, Plan, RunEvent } from '@bakeoff/model'
import { type ImageRequest, type Ports, Run, type RunSink, runPlan } from '@bakeoff/runner'
import { anEntry, aPlan, fakePorts } from '../../../runner/test/builders.js'
import { FakeAgent, FakeHost } from '../../../runner/test/fakes.js'
import { type Begun, type RunSetting, writeContext } from '../../src/beginning.js'
import { profileOf, toStore } from '../../src/fingerprints.js'
import { RunFolder } from '../../src/run-folder.js'
import { imagesOfRun } from '../../src/run-images.js'
import { materialsOf, type Workbench } from '../../src/workbench.js'

const BASE = 'sha256:base'

/** An engine with images that can be changed and taken away, and folders that make others than they did. */
class ImageShelf extends FakeHost {
  /** what the engine has, by id */
  readonly there = new Map<string, ImageFacts>()
  /** versions of folders by name: 1 until they are changed */
  readonly versions = new Map<string, number>()
  readonly built: string[] = []
  /** two builds of the same files have two ids */
  #builds = 0

  override async lookUpImage({ name }: ImageRequest): Promise<ImageFacts | null> {
    return [...this.there.values()].find((one) => one.name === name && one.key === this.#keyOf(name)) ?? null
  }

  override async findImage(_: string, id: string): Promise<ImageFacts | null> {
    return this.there.get(id) ?? null
  }

  override async ensureImage(request: ImageRequest): Promise<ImageFacts> {
    const found = await this.lookUpImage(request)
    if (found) return found
    const facts = await super.ensureImage(request)
    const made = { ...facts, id: `sha256:build-${++this.#builds}`, key: this.#keyOf(request.name) }
    this.tags.set(made.id, `sha256:${request.name}`)
    this.there.set(made.id, made)
    this.built.push(request.name)
    return made
  }

  change(name: string): void {
    this.versions.set(name, 2)
  }

  remove(name: string): void {
    for (const { id } of [...this.there.values()].filter((one) => one.name === name)) this.there.delete(id)
  }

  #keyOf(name: string): string {
    return `${name} version ${this.versions.get(name) ?? 1}`
  }
}

/** A project, a machine and an engine of fakes, with runs in a real folder. */
export class FakeSetting {
  readonly reports: string
  readonly shelf: ImageShelf
  readonly shown: RunEvent[] = []
  plan: Plan
  machine: { host: Plan['host']; facts: Plan['engine'] }
  work: string
  profile = { name: 'default', budgetMs: 3_600_000 }
  base = BASE
  root = '/nonexistent'

  constructor(reports: string, planned = aPlan([anEntry('a'), anEntry('b')], { repetitions: 2 })) {
    this.reports = reports
    this.plan = {
      ...planned,
      host: {
        ...planned.host,
        machineId: 'm1',
        kernel: '6.1',
        cpus: [0, 1].map((id) => ({ id, core: id, package: 0, l3: null, kind: 'performance' as const })),
      },
      engine: { ...planned.engine, id: 'e1' },
    }
    this.machine = { host: this.plan.host, facts: this.plan.engine }
    this.work = 'w'
    const { clock } = fakePorts()
    this.shelf = new ImageShelf(clock)
  }

  get catalogue(): Catalogue {
    const scenarios = this.plan.scenarios.map(({ id }) => ({
      id,
      workDigest: this.work,
      requests: [{ method: 'GET', path: '/predict', headers: {}, body: null }],
      golden: [{ status: 200, contentType: null, body: 'x' }],
      contract: [],
    }))
    const target = (name: string) => ({
      name,
      dockerfile: `FROM ${this.shelf.versions.get(`bakeoff/target/${name}`) ?? 1}`,
      yaml: '',
    })
    return {
      matrix: { profiles: { default: this.profile } },
      scenarios,
      targets: [...new Set(this.plan.entries.map((entry) => entry.target))].map(target),
      claims: [],
    } as unknown as Catalogue
  }

  get setting(): RunSetting {
    return {
      project: { root: this.root, home: this.root, reports: this.reports },
      catalogue: this.catalogue,
      machine: { host: this.machine.host, engine: { facts: this.machine.facts } } as RunSetting['machine'],
      show: (event) => void this.shown.push(event),
      signal: new AbortController().signal,
    }
  }

  get workbench(): Workbench {
    const ports = { ...fakePorts(), clock: this.shelf.clock }
    const connectAgent: Ports['connectAgent'] = async (wire) => new FakeAgent(this.shelf, this.shelf.wires.get(wire)!)
    const connectAgents: Ports['connectAgents'] = ([first]) => connectAgent(first!.wire)
    return {
      base: { id: this.base, origin: 'local' },
      ports: (sink: RunSink) => ({ ...ports, host: this.shelf, connectAgent, connectAgents, sink }),
    } as unknown as Workbench
  }

  /**
   * A run that measured this many of its four repetitions.
   *
   * @param options.old of before fingerprints
   * @param options.watch is given the folder before anything happens
   */
  async run(
    id: string,
    measured: number,
    { old = false, watch = () => {} }: { old?: boolean; watch?: (folder: RunFolder) => void } = {},
  ): Promise<RunFolder> {
    const folder = RunFolder.create(this.reports, id)
    const plan = { ...this.plan, runId: folder.runId }
    await folder.writePlan(JSON.stringify(plan))
    writeContext(folder, plan, this.catalogue, this.workbench)
    watch(folder)
    const stop = new AbortController()
    let count = 0
    folder.onEvent(({ kind }) => {
      if (kind === 'repetition' && ++count === measured) stop.abort(new Error('stopped'))
    })
    if (measured === 0) stop.abort(new Error('stopped'))
    const fingerprint = old ? null : toStore(folder.readPlanText(), profileOf(this.catalogue, plan), BASE)
    const ports = this.workbench.ports(folder)
    const images = imagesOfRun({ given: new Map(), fingerprint, folder, plan }, this.setting, ports)
    const before = { records: [], calibrations: [], images }
    await runPlan(this.#runOf(plan, folder, stop.signal), before)
    return folder
  }

  /** Measures what was begun, to its end. */
  finish({ plan, folder, before }: Begun) {
    return runPlan(this.#runOf(plan, folder, new AbortController().signal), before)
  }

  #runOf(plan: Plan, folder: RunFolder, signal: AbortSignal): Run {
    const materials = materialsOf(this.setting.project, this.catalogue, plan)
    const isOpen = openDecisions(plan, this.catalogue.claims)
    return new Run({ plan, materials, ports: this.workbench.ports(folder), signal, isOpen })
  }
}

/** Every file of a folder with a digest of its content, and nothing else: what a refusal must leave as it was. */
export function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')]
    }),
  )
}
