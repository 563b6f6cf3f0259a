import type Docker from 'dockerode'
import type { Listed, NetworkAnswer } from './answers.js'
import { asking } from './asking.js'

/** Networks of an engine, by id or name. */
export class NetworkCalls {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  /** @returns the id of the new network */
  async create(options: Docker.NetworkCreateOptions): Promise<string> {
    return (await asking('creating a network', () => this.#docker.createNetwork(options))).id
  }

  async inspect(id: string): Promise<NetworkAnswer> {
    return (await asking('looking at a network', () => this.#docker.getNetwork(id).inspect())) as NetworkAnswer
  }

  async remove(id: string): Promise<void> {
    await asking('removing a network', () => this.#docker.getNetwork(id).remove())
  }

  /** All that have a label, `name=value`. */
  async list(label: string): Promise<Listed[]> {
    const found = await asking('listing networks', () => this.#docker.listNetworks({ filters: { label: [label] } }))
    return found.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels }))
  }
}

/** Volumes of an engine, by name. */
export class VolumeCalls {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  async remove(name: string): Promise<void> {
    await asking('removing a volume', () => this.#docker.getVolume(name).remove())
  }

  /** All that have a label, `name=value`. */
  async list(label: string): Promise<Listed[]> {
    const { Volumes } = await asking('listing volumes', () => this.#docker.listVolumes({ filters: { label: [label] } }))
    return (Volumes ?? []).map(({ Name, Labels }) => ({ id: Name, name: Name, labels: Labels }))
  }
}
