/** Runs over hosts of a lab, as a user starts them, and what they leave on the hosts and on this machine. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { probeImage } from '@bakeoff/containers'
import { type RepetitionRecord, type Results, type RunEvent, results } from '@bakeoff/model'
import type { EngineUnderTest } from '../../../containers/test/engine.js'
import { bring, type Lab, labUnderTest } from '../../../containers/test/lab/lab.js'
import { buildProbe } from '../../../containers/test/probe-under-test.js'
import { listRuns, RunFolder } from '../../src/run-folder.js'
import { makeFaultProject } from '../faults/fault-project.js'
import { type End, Program } from '../faults/program.js'
import { buildProgram } from './command.js'

/** A profile of one load of a known rate; figures do not matter. */
const profile = (window: string, repetitions = 1) => ({
  budget: '10m',
  repetitions: { min: repetitions, max: repetitions },
  warmUp: { min: '500ms', max: '1s', tolerance: '50%' },
  window,
  responses: 5,
  secondInstrument: false,
})

const MATRIX = {
  seed: 7,
  profiles: {
    // Long enough to be struck in the middle.
    default: profile('5s'),
    quick: profile('2s'),
    // Longer than it takes to notice that an engine is frozen: its containers go on answering.
    patient: profile('25s'),
    blocks: profile('3s', 4),
  },
}

type HostsFile = NonNullable<Parameters<Lab['writeHosts']>[0]>

/** A lab whose hosts have all images of a small project, and are in one swarm. */
export class BreakableLab implements AsyncDisposable {
  readonly lab: Lab
  readonly folder = mkdtempSync(join(tmpdir(), 'bakeoff-breakable-'))
  readonly reports = join(this.folder, 'reports')
  readonly #project = makeFaultProject(null)
  readonly #programs = new Set<Program>()
  /** how engines are to be brought back to life */
  readonly #broken = new Map<string, () => unknown>()
  /** in front of the PATH: the lab's ssh */
  #bin: string | null = null
  #files = 0

  private constructor(lab: Lab) {
    this.lab = lab
    for (const name of ['reports', 'tmp']) mkdirSync(join(this.folder, name))
    writeFileSync(join(this.#project.root, 'matrix.yaml'), JSON.stringify(MATRIX))
  }

  /** @param cores of each host; default: one each, in turns */
  static async up(cores?: readonly (readonly number[])[]): Promise<BreakableLab> {
    await buildProgram()
    const keep = process.env.BAKEOFF_LAB_KEEP
    const { lab, here } = await labUnderTest({ hosts: 3, ...(cores ? { cores } : {}), ...(keep ? { keep } : {}) })
    const runs = new BreakableLab(lab)
    try {
      await runs.#bringImages(here)
      const prepared = await runs.run('hosts', 'prepare', '--yes', '--hosts', runs.hosts())
      if (prepared.how !== 0)
        throw new Error(`prepare ended with ${prepared.how}:\n${prepared.stdout}${prepared.stderr}`)
      return runs
    } catch (error) {
      await runs[Symbol.asyncDispose]()
      throw error
    }
  }

  /** A hosts.yaml of this lab. @returns its path */
  hosts(file: HostsFile = {}): string {
    return this.lab.writeHosts({ ...file, file: join(this.folder, `hosts-${++this.#files}.yaml`) })
  }

  /** A hosts.yaml whose engines are reached by ssh, over the cables. @returns its path, and the servers */
  async hostsBySsh(file: HostsFile = {}) {
    const names = this.lab.hosts.map(({ name }) => name)
    const servers = new Map<string, Awaited<ReturnType<Lab['startSshd']>>>()
    for (const name of names) servers.set(name, await this.lab.startSshd(name))
    this.#bin = servers.get('h1')?.binFolder ?? null
    const ways = Object.fromEntries(names.map((name) => [name, `ssh://${name}`]))
    return { file: this.hosts({ ...file, ways }), servers }
  }

  start(...args: string[]): Program {
    const program = new Program(args, { cwd: this.folder, env: this.#environment })
    this.#programs.add(program)
    return program
  }

  run(...args: string[]): Promise<End> {
    return this.start(...args).ended
  }

  /** Starts a run of the target that asks its service for every answer, and returns when it is under load. */
  async underLoad(hosts: string, ...args: string[]): Promise<RunUnderTest> {
    const before = new Set(listRuns(this.reports))
    const program = this.start('matrix', '--target', this.#project.targets.served, '--hosts', hosts, ...args)
    const run = () => listRuns(this.reports).find((id) => !before.has(id))
    await this.until(program, 'it is under load', () => {
      const id = run()
      return id !== undefined && this.#eventsOf(id).filter(({ kind }) => kind === 'slice').length > 2
    })
    return new RunUnderTest(this, program, run() as string)
  }

  /** Goes on with a run to its end. */
  resume({ id }: RunUnderTest): Promise<End> {
    return this.run('matrix', '--resume', id)
  }

  async until(program: Program, what: string, holds: () => boolean): Promise<void> {
    for (const deadline = Date.now() + 120_000; !holds(); await sleep(30)) {
      if (program.isOver) throw new Error(`it ended before ${what}:\n${program.stderr}`)
      if (Date.now() > deadline) throw new Error(`not in time: ${what}:\n${program.stderr}`)
    }
  }

  async killEngine(host: string): Promise<void> {
    this.#broken.set(host, () => this.lab.startEngine(host))
    await this.lab.killEngine(host)
  }

  freeze(host: string): void {
    this.#broken.set(host, () => this.lab.thaw(host))
    this.lab.freeze(host)
  }

  async pullCable(host: string): Promise<void> {
    this.#broken.set(host, () => this.lab.plugIn(host))
    await this.lab.pullCable(host)
  }

  /** Starts the engine again that was killed, thaws it, or plugs in its cable. */
  async mend(host: string): Promise<void> {
    const mend = this.#broken.get(host)
    this.#broken.delete(host)
    await mend?.()
  }

  /** Names of containers and networks on hosts, with the host in front; an engine that does not answer is named as well. */
  left(hosts: readonly string[] = this.#names): Promise<string[]> {
    return this.#on(hosts, async (host) => [
      ...(await this.lab.containersOf(host)),
      ...(await this.lab.networksOf(host)),
    ])
  }

  /** Of containers alone: an overlay stays on its manager while a lost host is in it. */
  containers(hosts: readonly string[] = this.#names): Promise<string[]> {
    return this.#on(hosts, (host) => this.lab.containersOf(host))
  }

  /** What is left on hosts once nothing is, or after so long. */
  async leftWithin(ms: number): Promise<string[]> {
    const since = Date.now()
    for (;;) {
      const left = await this.left()
      if (left.length === 0) this.saw(`${this.#names.join(', ')} empty after another ${secondsSince(since)}`)
      if (left.length === 0 || Date.now() > since + ms) return left
      await sleep(100)
    }
  }

  async endOf({ program }: RunUnderTest): Promise<End> {
    const since = Date.now()
    const end = await program.ended
    this.saw(`its end after another ${secondsSince(since)}:\n${end.stderr.split('\n').slice(-12).join('\n')}`)
    return end
  }

  /** Prints what happened when, for the table of docs/several-machines.md. */
  saw(what: string): void {
    process.stdout.write(`  ${new Date().toISOString().slice(11, 21)} ${what}\n`)
  }

  /** Kills a container on a host by the end of its name. */
  async kill(host: string, role: string): Promise<void> {
    const name = (await this.lab.containersOf(host)).find((one) => one.endsWith(`-${role}`))
    if (name === undefined) throw new Error(`there is no ${role} on ${host}`)
    await this.lab.host(host).ask(`/containers/${name}/kill`, { method: 'POST' })
  }

  /** All that was written, by the names of files. */
  texts(): Map<string, string> {
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    return new Map(files.map(({ parentPath, name }) => [join(parentPath, name), textOf(join(parentPath, name))]))
  }

  /** Ways by ssh that were not closed: each has a folder of its own. */
  openWays(): string[] {
    return readdirSync(join(this.folder, 'tmp')).filter((name) => name.startsWith('bakeoff-'))
  }

  /** Ends what a failed test left, and makes all hosts whole. */
  async reset(): Promise<void> {
    for (const program of this.#programs)
      for (const pid of program.processes()) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // it ended just now
        }
      }
    this.#programs.clear()
    for (const host of [...this.#broken.keys()]) await this.mend(host)
    for (const host of this.lab.hosts) await this.#clear(host.name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset().catch(() => undefined)
    await this.lab.down()
    this.#project[Symbol.dispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #names(): readonly string[] {
    return this.lab.hosts.map(({ name }) => name)
  }

  async #on(hosts: readonly string[], ask: (host: string) => Promise<string[]>): Promise<string[]> {
    const all = hosts.map((host) => ask(host).catch(() => ['an engine that does not answer']))
    return (await Promise.all(all)).flatMap((names, index) => names.map((name) => `${hosts[index]}: ${name}`))
  }

  async #clear(name: string): Promise<void> {
    const host = this.lab.host(name)
    const remove = (path: string) => host.ask(path, { method: 'DELETE' }).catch(() => undefined)
    for (const one of await host.containers()) await remove(`/containers/${one}?force=1&v=1`)
    for (const one of await host.networks()) await remove(`/networks/${one}`)
  }

  /** Builds on the engine of here, which has the layers, and copies to the host that a run builds on; the rest is the run's. */
  async #bringImages(here: EngineUnderTest): Promise<void> {
    await buildProbe(here.client)
    const select = ['--target', this.#project.targets.served]
    const list = async () => {
      const { stdout } = await this.run('images', 'list', '--json', ...select)
      return (JSON.parse(stdout) as { images: { name: string; key: string | null; state: string }[] }).images
    }
    if ((await list()).some(({ state }) => state !== 'here')) {
      const built = await this.run('images', 'save', join(this.folder, 'images.tar'), ...select)
      rmSync(join(this.folder, 'images.tar'), { force: true })
      if (built.how !== 0) throw new Error(`the images could not be built:\n${built.stderr}`)
    }
    const images = await list()
    const names = images.flatMap(({ name, key }) => (key === null ? [] : [`${name}:latest`]))
    await bring(this.lab, here, [...names, `${probeImage}:latest`], ['h1'])
  }

  get #environment(): Record<string, string> {
    return {
      BAKEOFF_ROOT: this.#project.root,
      BAKEOFF_REPORTS: this.reports,
      BAKEOFF_LOCK_FOLDER: join(this.folder, 'locks'),
      TMPDIR: join(this.folder, 'tmp'),
      ...(this.#bin === null ? {} : { PATH: `${this.#bin}:${process.env.PATH}` }),
    }
  }

  #eventsOf(id: string): RunEvent[] {
    return existsSync(join(this.reports, id, 'events.ndjson'))
      ? RunFolder.open(join(this.reports, id)).readEvents()
      : []
  }
}

/** A run that was under load when the test got it. */
export class RunUnderTest {
  readonly program: Program
  readonly id: string
  readonly #folder: RunFolder

  constructor(runs: BreakableLab, program: Program, id: string) {
    this.program = program
    this.id = id
    this.#folder = RunFolder.open(join(runs.reports, id))
  }

  records(): readonly RepetitionRecord[] {
    return this.#folder.readRecords()
  }

  events(): RunEvent[] {
    return this.#folder.readEvents()
  }

  results(): Results {
    return results.parse(JSON.parse(readFileSync(join(this.#folder.path, 'results.json'), 'utf8')))
  }

  /** Processes of this machine that belong to it, once there are none, or after so long. */
  async processesWithin(ms: number): Promise<number[]> {
    for (const deadline = Date.now() + ms; ; await sleep(100)) {
      const left = this.program.processes()
      if (left.length === 0 || Date.now() > deadline) return left
    }
  }
}

const secondsSince = (ms: number) => `${((Date.now() - ms) / 1000).toFixed(1)} s`

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
