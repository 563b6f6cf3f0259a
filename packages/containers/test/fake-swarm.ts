import type { EngineClient } from '../src/client/client.js'
import { clientOf, connectionError, engineError } from './fake-engine.js'

/** A swarm that is only played: its nodes are engines. */
class FakeCluster {
  readonly token = `SWMTKN-1-${Math.random().toString(36).slice(2)}`
  readonly nodes = new Map<string, { engine: FakeSwarmEngine; isManager: boolean; hasLeft: boolean }>()
  readonly labels: Record<string, string>

  constructor(labels: Record<string, string>) {
    this.labels = labels
  }

  get managers() {
    return [...this.nodes].filter(([, { isManager, hasLeft }]) => isManager && !hasLeft)
  }
}

/** Engines of several machines with their parts in swarms. */
export class FakeMachines {
  readonly engines = new Map<string, FakeSwarmEngine>()

  add(address: string): FakeSwarmEngine {
    const engine = new FakeSwarmEngine(address, this)
    this.engines.set(address, engine)
    return engine
  }
}

export class FakeSwarmEngine {
  /** an error that joining meets, after which the engine goes on trying, as Docker does */
  joinError: Error | null = null
  gone = false
  membership: { cluster: FakeCluster; node: string } | 'pending' | null = null
  readonly containers: { Id: string; Names: string[]; Labels: Record<string, string>; State: string }[] = []
  /** all that was asked of it which changes something, in order */
  readonly changes: string[] = []
  readonly #managersKnown: { NodeID: string; Addr: string }[] = []

  constructor(
    readonly address: string,
    private readonly machines: FakeMachines,
  ) {}

  get isMember(): boolean {
    return this.membership !== null
  }

  /** What a user does with `docker swarm init`. */
  formByHand(): void {
    this.#form({})
  }

  joinByHand(other: FakeSwarmEngine): void {
    if (other.membership === null || other.membership === 'pending') throw new Error('in no swarm')
    this.#enter(other.membership.cluster, false)
  }

  get client(): EngineClient {
    return clientOf({
      info: async () => this.#info(),
      swarmInit: async (options: { AdvertiseAddr: string; Spec: { Labels: Record<string, string> } }) => {
        this.#change('init')
        if (this.membership) throw engineError(503, 'This node is already part of a swarm.')
        if (options.AdvertiseAddr !== this.address)
          throw engineError(500, `listen tcp ${options.AdvertiseAddr}:2377: bind: cannot assign requested address`)
        this.#form(options.Spec.Labels)
      },
      swarmInspect: async () => ({ JoinTokens: { Worker: this.#manager().token, Manager: 'secret' } }),
      swarmJoin: async ({ RemoteAddrs, JoinToken }: { RemoteAddrs: string[]; JoinToken: string }) => {
        this.#change('join')
        if (this.joinError) {
          this.membership = 'pending'
          throw this.joinError
        }
        const manager = this.machines.engines.get(RemoteAddrs[0]?.replace(':2377', '') ?? '')
        const cluster = manager?.membership && manager.membership !== 'pending' ? manager.membership.cluster : null
        if (cluster?.token !== JoinToken) throw engineError(400, 'invalid join token')
        this.#enter(cluster, false)
      },
      swarmLeave: async () => {
        this.#change('leave')
        if (this.membership === null) throw engineError(503, 'This node is not part of a swarm')
        if (this.membership !== 'pending') {
          const { cluster, node } = this.membership
          const entry = cluster.nodes.get(node)
          if (entry) entry.hasLeft = true
        }
        this.membership = null
      },
      listNodes: async () =>
        [...this.#manager().nodes].map(([ID, { engine, hasLeft }]) => ({
          ID,
          Description: { Hostname: `machine-${engine.address}` },
          Status: { State: hasLeft || engine.gone ? 'down' : 'ready', Addr: engine.address },
        })),
      getNode: (id: string) => ({
        remove: async () => {
          this.#change(`forget ${id}`)
          if (!this.#manager().nodes.delete(id)) throw engineError(404, 'no such node')
        },
      }),
      listContainers: async () => {
        this.#answers()
        return this.containers
      },
    })
  }

  #info() {
    this.#answers()
    if (this.membership === null) return { Swarm: { LocalNodeState: 'inactive', RemoteManagers: null } }
    if (this.membership === 'pending') return { Swarm: { LocalNodeState: 'pending', NodeAddr: this.address } }
    const { cluster, node } = this.membership
    const isManager = cluster.nodes.get(node)?.isManager === true
    const living = cluster.managers.map(([NodeID, { engine }]) => ({ NodeID, Addr: `${engine.address}:2377` }))
    if (living.length > 0) this.#managersKnown.splice(0, Number.POSITIVE_INFINITY, ...living) // what was known last stays known
    return {
      Swarm: {
        NodeID: node,
        NodeAddr: this.address,
        LocalNodeState: 'active',
        ControlAvailable: isManager,
        RemoteManagers: [...this.#managersKnown],
        ...(isManager ? { Cluster: { ID: 'cluster', Spec: { Labels: cluster.labels } } } : {}),
      },
    }
  }

  #form(labels: Record<string, string>): void {
    this.#enter(new FakeCluster(labels), true)
  }

  #enter(cluster: FakeCluster, isManager: boolean): void {
    const node = `node of ${this.address}`
    cluster.nodes.set(node, { engine: this, isManager, hasLeft: false })
    this.membership = { cluster, node }
    this.#info() // hears of the managers
  }

  #manager(): FakeCluster {
    this.#answers()
    const { membership } = this
    if (membership && membership !== 'pending' && membership.cluster.nodes.get(membership.node)?.isManager)
      return membership.cluster
    throw engineError(503, 'This node is not a swarm manager.')
  }

  #change(what: string): void {
    this.#answers()
    this.changes.push(what)
  }

  #answers(): void {
    if (this.gone) throw connectionError('ECONNREFUSED')
  }
}
