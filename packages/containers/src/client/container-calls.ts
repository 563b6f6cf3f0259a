import type { Duplex, Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { ContainerAnswer, ContainerOptions, ListedContainer } from './answers.js'
import { asking } from './asking.js'

/** A command inside a container. */
export interface CommandCall {
  readonly command: readonly string[]
  /** gets what the command writes, in the engine's frames */
  readonly hear: (chunk: Buffer) => void
  readonly signal: AbortSignal
}

/** Containers of an engine, by id. */
export class ContainerCalls {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  /** @returns the id of the new container */
  async create(options: ContainerOptions): Promise<string> {
    return (await asking('creating a container', () => this.#docker.createContainer(options))).id
  }

  /** Unpacks a tar at a folder of a container, which need not run. With a read-only root the folder must be a volume. */
  async unpack(id: string, folder: string, tar: Readable): Promise<void> {
    await asking('putting files into a container', () =>
      this.#docker.getContainer(id).putArchive(tar, { path: folder }),
    )
  }

  async start(id: string): Promise<void> {
    await asking('starting a container', () => this.#docker.getContainer(id).start())
  }

  /** @throws EngineRefusal with status 304 when the container does not run */
  async stop(id: string, { seconds }: { readonly seconds: number }): Promise<void> {
    await asking('stopping a container', () => this.#docker.getContainer(id).stop({ t: seconds }))
  }

  /** Gives a container other cores. */
  async pin(id: string, cpus: readonly number[]): Promise<void> {
    await asking('pinning a container', () => this.#docker.getContainer(id).update({ CpusetCpus: cpus.join(',') }))
  }

  /** Ends a container, and removes it with its anonymous volumes. */
  async remove(id: string): Promise<void> {
    await asking('removing a container', () => this.#docker.getContainer(id).remove({ force: true, v: true }))
  }

  /** @throws EngineRefusal with status 404 when there is no such container */
  inspect(id: string): Promise<ContainerAnswer> {
    return asking('looking at a container', () => this.#docker.getContainer(id).inspect())
  }

  /** All containers that have a label, `name=value`, whether they run or not. */
  async list(label: string): Promise<ListedContainer[]> {
    const found = await asking('listing containers', () =>
      this.#docker.listContainers({ all: true, filters: { label: [label] } }),
    )
    return found.map(({ Id, Names, Labels, State }) => ({
      id: Id,
      name: Names[0]?.replace(/^\//, '') ?? Id,
      labels: Labels,
      state: State,
    }))
  }

  /** The last lines of a container's log, in the engine's frames. */
  async logs(id: string, lines: number): Promise<Buffer> {
    const options = { stdout: true, stderr: true, tail: lines, follow: false } as const
    return (await asking('reading a log', () => this.#docker.getContainer(id).logs(options))) as unknown as Buffer
  }

  /** A container's stdin, stdout and stderr, the latter two in the engine's frames. */
  async attach(id: string): Promise<Duplex> {
    const options = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true }
    return (await asking('attaching to a container', () => this.#docker.getContainer(id).attach(options))) as Duplex
  }

  /** A container's counters, one JSON object per line, one line a second. */
  async stats(id: string): Promise<Readable> {
    const stream = await asking('reading counters', () => this.#docker.getContainer(id).stats({ stream: true }))
    return stream as unknown as Readable
  }

  /** Runs a command to its end. The engine cannot end a command: one that is aborted keeps running. @returns its exit code */
  run(id: string, { command, hear, signal }: CommandCall): Promise<number | null> {
    return asking(
      `running ${command[0]}`,
      async () => {
        const options = { Cmd: [...command], AttachStdout: true, AttachStderr: true }
        const exec = await this.#docker.getContainer(id).exec(options)
        const output = await exec.start({ hijack: false, abortSignal: signal })
        for await (const chunk of output) hear(chunk as Buffer)
        return (await exec.inspect()).ExitCode
      },
      signal,
    )
  }
}
