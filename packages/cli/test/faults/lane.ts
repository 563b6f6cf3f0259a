import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RepetitionRecord, RunEvent } from '@bakeoff/model'
import type { RawEngine } from '../../../containers/test/raw-engine.js'
import { EngineProxy } from './engine-proxy.js'
import { type End, Program, type ProgramOptions } from './program.js'

interface Holder {
  readonly session: string
  readonly pid: number
}

/** How long a watchdog has: it waits for three quiet seconds, and removals take theirs. */
const WATCHDOG_MS = 60_000
/** A path from the folder that the program is started in: the same for all lanes, so that their plans name one engine. */
const SOCKET = 'engine.sock'

/**
 * Reports, locks and a way to the engine of its own, for runs of one project. Lanes do not disturb one another, so several
 * faults are inflicted at once.
 */
export class Lane implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bakeoff-faults-'))
  readonly reports = join(this.folder, 'reports')
  readonly locks = join(this.folder, 'locks')
  readonly root: string
  readonly docker: RawEngine
  readonly engine: EngineProxy
  /** sessions that programs of this lane opened */
  readonly #sessions = new Set<string>()
  readonly #programs: Program[] = []
  readonly #undo: (() => void)[] = []
  readonly #read = new Map<string, { readonly bytes: number; readonly events: RunEvent[] }>()

  constructor(root: string, docker: RawEngine, engineSocket: string) {
    this.root = root
    this.docker = docker
    this.engine = new EngineProxy(join(this.folder, SOCKET), engineSocket)
    mkdirSync(this.reports)
  }

  async open(prepared: string | null = null): Promise<this> {
    await this.engine.open()
    if (prepared !== null) cpSync(prepared, this.reports, { recursive: true })
    return this
  }

  start(args: readonly string[], options: Partial<ProgramOptions> = {}): Program {
    const program = new Program(args, {
      cwd: this.folder,
      ...options,
      env: { ...this.#environment(options.through), ...options.env },
    })
    this.#programs.push(program)
    return program
  }

  run(...args: string[]): Promise<End> {
    return this.start(args).ended
  }

  /** Copies the reports elsewhere. */
  keep(folder: string): void {
    cpSync(this.reports, folder, { recursive: true })
  }

  /** What is done when the lane is closed, last one first. */
  onClose(undo: () => void): void {
    this.#undo.unshift(undo)
  }

  /** Ids of the runs there are, oldest first. */
  runs(): string[] {
    return readdirSync(this.reports)
      .filter((name) => existsSync(join(this.reports, name, 'plan.json')))
      .sort()
  }

  has(run: string, file: string): boolean {
    return existsSync(join(this.reports, run, file))
  }

  /** Events of a run that can be read. It is asked a hundred times a second: a log that has not grown is not read again. */
  events(run: string): RunEvent[] {
    const path = join(this.reports, run, 'events.ndjson')
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    const known = this.#read.get(path)
    if (known?.bytes === bytes) return known.events
    const events = linesOf(path).flatMap((line) => parsed<RunEvent>(line) ?? [])
    this.#read.set(path, { bytes, events })
    return events
  }

  /** Texts of a run's records by file name. */
  records(run: string): Map<string, string> {
    const folder = join(this.reports, run, 'runs')
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
    return new Map(names.flatMap((name) => textOf(join(folder, name)).map((text) => [name, text] as const)))
  }

  /** The session that holds the engine, as its lock says; null: none yet. */
  holder(): Holder | null {
    for (const name of this.#lockFiles()) {
      const holder = this.#holderIn(name)
      if (holder === null) continue
      this.#sessions.add(holder.session)
      return holder
    }
    return null
  }

  /** The container of the session that holds the engine whose name ends so: `agent`, `target`, `store`, `proxy`. */
  async container(role: string): Promise<string> {
    const label = [`bakeoff.session=${this.holder()?.session}`]
    const found = await this.docker.listContainers({ filters: { label } })
    const one = found.find(({ Names }) => Names.some((name) => name.endsWith(`-${role}`)))
    if (one === undefined) throw new Error(`no container ${role} runs`)
    return one.Id
  }

  /** Names of what this lane's sessions made and that is still on the engine. */
  async onEngine(): Promise<string[]> {
    const found: string[] = []
    for (const session of this.#sessions) {
      const filters = { label: [`bakeoff.session=${session}`] }
      const containers = await this.docker.listContainers({ all: true, filters })
      const networks = await this.docker.listNetworks({ filters })
      const { Volumes: volumes } = await this.docker.listVolumes({ filters })
      found.push(
        ...containers.map(({ Names }) => `container ${Names[0]}`),
        ...networks.map(({ Name }) => `network ${Name}`),
        ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
      )
    }
    return found
  }

  /**
   * Files that nobody will finish, and locks. Ask when no program of the lane runs.
   *
   * @param which a lock of a process that has ended holds nothing; the next run takes it over
   */
  onDisk(which: 'all' | 'and is held' = 'all'): string[] {
    const files = readdirSync(this.reports, { recursive: true, encoding: 'utf8' })
    const locks = this.#lockFiles().filter(
      (name) => which === 'all' || existsSync(`/proc/${this.#holderIn(name)?.pid}`),
    )
    return [
      ...files.filter((name) => /\.part|\.tmp/.test(name)).map((name) => `file ${name}`),
      ...locks.map((name) => `lock ${name}`),
    ]
  }

  /** Waits until everything that a program started has ended, its watchdog too, as long as that may take. */
  async settle(program: Program, withinMs = WATCHDOG_MS): Promise<number[]> {
    for (const deadline = Date.now() + withinMs; ; await sleep(150)) {
      const left = program.processes()
      if (left.length === 0 || Date.now() > deadline) return left
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo) undo()
    for (const program of this.#programs)
      for (const pid of program.processes()) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // it ended just now
        }
      }
    for (const session of this.#sessions) await removeAll(this.docker, session)
    await this.engine[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #holderIn(lock: string): Holder | null {
    return textOf(join(this.locks, lock)).map((text) => parsed<Holder>(text))[0] ?? null
  }

  #lockFiles(): string[] {
    if (!existsSync(this.locks)) return []
    return readdirSync(this.locks, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  }

  /** npm starts in the checkout, where there is no socket of ours. */
  #environment(through: ProgramOptions['through']): Record<string, string> {
    return {
      BAKEOFF_ROOT: this.root,
      BAKEOFF_REPORTS: this.reports,
      BAKEOFF_LOCK_FOLDER: this.locks,
      ...(through === 'npm' ? {} : { DOCKER_HOST: `unix://${SOCKET}` }),
    }
  }
}

/** What a failed test left must not disturb the next one. */
async function removeAll(docker: RawEngine, session: string): Promise<void> {
  const filters = { label: [`bakeoff.session=${session}`] }
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch(() => undefined)
  for (const { Id } of await docker.listNetworks({ filters }))
    await docker
      .getNetwork(Id)
      .remove()
      .catch(() => undefined)
}

export function recordOf(text: string): RepetitionRecord | null {
  return parsed<RepetitionRecord>(text)
}

function linesOf(path: string): string[] {
  return textOf(path).flatMap((text) => text.split('\n'))
}

function textOf(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')]
  } catch {
    return []
  }
}

function parsed<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}
