import { PassThrough } from 'node:stream'
import type Docker from 'dockerode'
import { EngineClient } from '../src/client/client.js'

export interface FakeContainer {
  Id: string
  State: string
  Labels: Record<string, string>
  ExitCode: number
  OOMKilled: boolean
}

/** What dockerode throws: the status is what counts, its `reason` misleads. */
export function engineError(statusCode: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) whatever - ${message} `), {
    statusCode,
    reason: 'misleading',
  })
}

export function connectionError(code: string): Error {
  return Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code })
}

/** The client of an engine that is only played: what a test needs of the library below. */
export function clientOf(library: object): EngineClient {
  return new EngineClient(library as Docker, { endpoint: 'unix:///a/test.sock', foundBy: 'a test', tls: null })
}

/** An engine with containers, networks and volumes, that can be slow to remove them, and go away. */
export class FakeEngine {
  readonly containers = new Map<string, FakeContainer>()
  readonly networks = new Map<string, { Id: string; Name: string; Labels: Record<string, string> }>()
  readonly volumes = new Map<string, { Name: string; Labels: Record<string, string> }>()
  /** errors that removals meet before they succeed, oldest first */
  readonly removalErrors: Error[] = []
  events = new PassThrough()
  gone: Error | null = null

  addContainer(Id: string, Labels: Record<string, string> = {}): FakeContainer {
    const container = { Id, State: 'running', Labels, ExitCode: 0, OOMKilled: false }
    this.containers.set(Id, container)
    return container
  }

  say(action: 'die' | 'oom' | 'pause', id: string, exitCode = 0): void {
    const Attributes = { exitCode: String(exitCode) }
    this.events.write(`${JSON.stringify({ Action: action, Actor: { ID: id, Attributes }, timeNano: 1_000_000_000 })}\n`)
  }

  /** The daemon is killed: its streams break, and nobody listens any more. */
  kill(): void {
    this.gone = connectionError('ECONNREFUSED')
    this.events.destroy()
  }

  revive(): void {
    this.gone = null
    this.events = new PassThrough()
  }

  get client(): EngineClient {
    return clientOf({
      getEvents: async () => {
        this.#answers()
        return this.events
      },
      listContainers: async ({ filters }: { filters: { label: string[] } }) => {
        this.#answers()
        return [...this.containers.values()]
          .filter(({ Labels }) => matches(Labels, filters.label))
          .map((each) => ({ ...each, Names: [`/${each.Id}`] }))
      },
      listNetworks: async ({ filters }: { filters: { label: string[] } }) =>
        [...this.networks.values()].filter(({ Labels }) => matches(Labels, filters.label)),
      listVolumes: async ({ filters }: { filters: { label: string[] } }) => ({
        Volumes: [...this.volumes.values()].filter(({ Labels }) => matches(Labels, filters.label)),
      }),
      getContainer: (id: string) => ({
        inspect: async () => {
          this.#answers()
          const container = this.containers.get(id)
          if (!container) throw engineError(404, 'No such container')
          return { State: { ...container, Running: ['running', 'paused'].includes(container.State) } }
        },
        remove: async () => this.#remove(this.containers, id),
      }),
      getNetwork: (id: string) => ({ remove: async () => this.#remove(this.networks, id) }),
      getVolume: (name: string) => ({ remove: async () => this.#remove(this.volumes, name) }),
    })
  }

  #answers(): void {
    if (this.gone) throw this.gone
  }

  #remove(things: Map<string, unknown>, id: string): void {
    this.#answers()
    const error = this.removalErrors.shift()
    if (error) throw error
    if (!things.delete(id)) throw engineError(404, 'No such thing')
  }
}

function matches(labels: Record<string, string>, filters: readonly string[]): boolean {
  return filters.every((filter) => Object.entries(labels).some(([name, value]) => `${name}=${value}` === filter))
}
