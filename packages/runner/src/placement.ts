import { hostsOf, type PlannedBench, type PlannedScenario } from '@bakeoff/model'
import type { ContainerRequest, RunningContainer } from './ports.js'
import type { Run } from './run.js'

/** What of a run tells where its containers run. */
type Placed = Pick<Run, 'plan' | 'bench'>

/** Where a container runs, and the names of others that it asks for. On one machine there is nothing to say: the engine resolves names. */
export function placedOn(
  { plan }: Placed,
  host: string,
  peers?: ContainerRequest['peers'],
): Pick<ContainerRequest, 'host' | 'peers'> {
  return plan.site ? { host, ...(peers ? { peers } : {}) } : {}
}

/** The hosts of a testbed's network; undefined: the only one. */
export function hostsOfNetwork({ plan, bench }: Placed): readonly string[] | undefined {
  return plan.site ? hostsOf(bench) : undefined
}

/** The bench as a record names it: nothing on one machine. */
export function benchIn({ plan, bench }: Placed): { readonly bench?: string } {
  return plan.site ? { bench: bench.id } : {}
}

/** Addresses by the names under which containers reach one another. */
export function peersOf(containers: Iterable<RunningContainer>): Record<string, string> {
  return Object.fromEntries([...containers].map(({ name, address }) => [name, address]))
}

/** `postgres`, and of several machines `postgres on db-1`. */
export function containerWords({ name, host }: Pick<RunningContainer, 'name' | 'host'>): string {
  return host === undefined ? name : `${name} on ${host}`
}

/** A load agent as it is planned. */
export interface PlannedAgent {
  /** of its container */
  readonly name: string
  /** the host that it runs on */
  readonly host: string
  readonly cores: readonly number[]
}

/** The load agents of a scenario on a bench, at least one. */
export function agentsOf(scenario: PlannedScenario, { agents }: PlannedBench): PlannedAgent[] {
  return agents.map((host, index) => ({
    name: agents.length === 1 ? 'agent' : `agent-${index + 1}`,
    host,
    cores: scenario.agents?.[index] ?? scenario.cores.agent,
  }))
}
