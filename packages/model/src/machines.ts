import { z } from 'zod'
import { engineFacts, hostFacts } from './host.js'

/**
 * Several machines: what hosts.yaml says of them, checked, and what a plan keeps of it. A host is a machine with an engine; a bench is a
 * group of hosts that runs one cell at a time.
 */

/** The way to a host's engine. */
export type EngineWay =
  /** by OpenSSH, with its own keys, known hosts and configuration; `destination` as ssh takes it: `user@host`, `host`, or a name of its configuration */
  | { readonly kind: 'ssh'; readonly destination: string; readonly port: number | null }
  /** a context of Docker's configuration */
  | { readonly kind: 'context'; readonly name: string }
  /** `tls`: a folder with ca.pem, cert.pem and key.pem; null where hosts.yaml says `insecure: true` */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: string | null }
  /** a socket of this machine */
  | { readonly kind: 'unix'; readonly path: string }

export interface HostSpec {
  readonly name: string
  readonly way: EngineWay
  /** `docker` as it is written, without credentials */
  readonly docker: string
  /** IPv4 address that is measured over; null: not given, where no bench needs a network between hosts */
  readonly address: string | null
  /** the path of the engine's socket on the host itself, for the probe */
  readonly socket: string
}

/** A group of hosts that runs one cell at a time. */
export const plannedBench = z.object({
  /** `bench-1`; of a fleet, the name of its one host */
  id: z.string(),
  /** names of hosts */
  target: z.string(),
  services: z.string(),
  /** at least one; each has one load agent */
  agents: z.array(z.string()),
})
export type PlannedBench = z.infer<typeof plannedBench>

/** What hosts.yaml says. */
export interface HostsSpec {
  /** the file as the user named it */
  readonly file: string
  readonly hosts: readonly HostSpec[]
  readonly benches: readonly PlannedBench[]
  /** how far what the null server reaches on a bench may lie from the median of the others, relative; null: not said */
  readonly tolerance: number | null
}

/** overlay: containers of a bench are on several hosts, and packets between them are wrapped; bridge: each bench is one host */
export const networkKind = z.enum(['bridge', 'overlay'])
export type NetworkKind = z.infer<typeof networkKind>

export const plannedHost = z.object({
  name: z.string(),
  address: z.string().nullable(),
  docker: z.string(),
  facts: hostFacts,
  engine: engineFacts,
})
export type PlannedHost = z.infer<typeof plannedHost>

/** The machines of a run. */
export const plannedSite = z.object({
  /** hosts.yaml as the user named it */
  file: z.string(),
  network: networkKind,
  /** MTU of the overlay; null: bridges, with the engine's own */
  mtu: z.int().nullable(),
  /** how far what the null server reaches on a bench may lie from the median of the others, relative; null or absent: 5 % */
  tolerance: z.number().nullish(),
  hosts: z.array(plannedHost),
  benches: z.array(plannedBench),
})
export type PlannedSite = z.infer<typeof plannedSite>

/** The name of the only host, where there is no hosts.yaml. */
export const HERE = 'here'

export const BENCH_HERE: PlannedBench = { id: HERE, target: HERE, services: HERE, agents: [HERE] }

/** The benches of a run, at least one. */
export function benchesOf({ site }: { readonly site?: PlannedSite | null | undefined }): readonly PlannedBench[] {
  return site?.benches ?? [BENCH_HERE]
}

/** The bench of this id, or the first one; null where there are no several machines. */
export function plannedBenchOf(
  { site }: { readonly site?: PlannedSite | null | undefined },
  id: string | null,
): PlannedBench | null {
  return site?.benches.find((bench) => bench.id === id) ?? site?.benches[0] ?? null
}
