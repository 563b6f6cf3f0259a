import type Docker from 'dockerode'
import type { NodeAnswer } from './answers.js'
import { asking } from './asking.js'
import { EngineRefusal } from './errors.js'

/** The addresses at which an engine takes part in a swarm. */
export interface SwarmAddresses {
  /** `10.10.0.11:2377`: the only address at which other engines reach this one */
  readonly listen: string
  /** the address that others are told, and that the packets of overlay networks go over */
  readonly address: string
}

export interface NewSwarm extends SwarmAddresses {
  readonly labels: Readonly<Record<string, string>>
  /** addresses for overlay networks, `198.18.0.0/15`; each network gets 256 of them */
  readonly pool: string
}

export interface JoinOrder extends SwarmAddresses {
  /** `10.10.0.11:2377` of each manager */
  readonly managers: readonly string[]
  /** a secret, with which any machine can join */
  readonly token: string
}

/** The engine's part in a swarm; what it is in, its `info` says. Only managers know the nodes and the tokens. */
export class SwarmCalls {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  /** Forms a swarm of which this engine is the only node. */
  async init({ listen, address, labels, pool }: NewSwarm): Promise<void> {
    const options = {
      ListenAddr: listen,
      AdvertiseAddr: address,
      DataPathAddr: address,
      DefaultAddrPool: [pool],
      SubnetSize: 24,
      Spec: { Labels: { ...labels } },
    }
    await asking('forming a swarm', () => this.#docker.swarmInit(options))
  }

  /** The secret with which a worker joins. It stays in memory. */
  async workerToken(): Promise<string> {
    const swarm = await asking('asking how to join its swarm', () => this.#docker.swarmInspect())
    return (swarm as { readonly JoinTokens: { readonly Worker: string } }).JoinTokens.Worker
  }

  /** @throws EngineRefusal without the token, and without a cause that may hold it; the node may go on trying until it is told to leave */
  async join({ listen, address, managers, token }: JoinOrder): Promise<void> {
    const options = {
      ListenAddr: listen,
      AdvertiseAddr: address,
      DataPathAddr: address,
      RemoteAddrs: [...managers],
      JoinToken: token,
    }
    try {
      await asking('joining a swarm', () => this.#docker.swarmJoin(options))
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error
      throw new EngineRefusal(error.status, error.message.replaceAll(token, '***'))
    }
  }

  /** Leaves at once, also where this ends the swarm. @throws EngineRefusal with status 503 when it is in none */
  async leave(): Promise<void> {
    await asking('leaving its swarm', () => this.#docker.swarmLeave({ force: true }))
  }

  async nodes(): Promise<NodeAnswer[]> {
    return (await asking('listing the nodes of its swarm', () => this.#docker.listNodes())) as NodeAnswer[]
  }

  /** Forgets a node. @throws EngineRefusal with status 404 when there is none */
  async removeNode(id: string): Promise<void> {
    await asking('removing a node of its swarm', () => this.#docker.getNode(id).remove({ force: true }))
  }
}
