import { z } from 'zod'

/** One logical processor as the kernel lists it. */
export const logicalCpu = z.object({
  id: z.int().nonnegative(),
  core: z.int().nonnegative(),
  package: z.int().nonnegative(),
  /** which last-level cache it belongs to; null when unknown */
  l3: z.int().nullable(),
  /** on hybrid processors; 'performance' everywhere else */
  kind: z.enum(['performance', 'efficiency']),
})
export type LogicalCpu = z.infer<typeof logicalCpu>

/** The facts of the machine, read once before planning; null is unknown. */
export const hostFacts = z.object({
  hostname: z.string(),
  /** identifies the machine independently of its name: a hash of the system's own id. Older runs did not read it */
  machineId: z.string().nullish(),
  os: z.string(),
  kernel: z.string().nullable(),
  architecture: z.string(),
  cpuModel: z.string().nullable(),
  cpus: z.array(logicalCpu),
  memoryBytes: z.number().nullable(),
  diskFreeBytes: z.number().nullable(),
  governor: z.string().nullable(),
  autogroup: z.boolean().nullable(),
  /** share of the last 10 s in which something waited for a CPU, 0 to 1 */
  cpuPressure: z.number().nullable(),
  virtualisation: z.string().nullable(),
  nodeVersion: z.string(),
})
export type HostFacts = z.infer<typeof hostFacts>

export const engineFacts = z.object({
  /** the engine's own id, which does not depend on the endpoint; Podman has none, older runs did not read it */
  id: z.string().nullish(),
  name: z.string(),
  version: z.string(),
  apiVersion: z.string(),
  endpoint: z.string(),
  foundBy: z.string(),
  cgroupVersion: z.enum(['1', '2']).nullable(),
  cgroupDriver: z.string().nullable(),
  storageDriver: z.string().nullable(),
  rootless: z.boolean(),
  /** caps that the engine accepts but does not enforce; older runs did not ask */
  uncapped: z.array(z.enum(['cores', 'memory'])).nullish(),
  /** whether stats and OOM events are less reliable, as with Podman */
  reducedTruth: z.boolean(),
  operatingSystem: z.string().nullable(),
  architecture: z.string(),
  cpus: z.int(),
  memoryBytes: z.number(),
  /** whether the engine runs on this process's kernel, so that its cgroup files can be read */
  sameKernel: z.boolean(),
})
export type EngineFacts = z.infer<typeof engineFacts>

/** The cores of each role of a scenario; `services` by name. */
export const coreAssignment = z.object({
  target: z.array(z.int()),
  services: z.record(z.string(), z.array(z.int())),
  agent: z.array(z.int()),
  orchestrator: z.array(z.int()),
  /** groups of roles that had to share at least one core, e.g. [['postgres','agent','orchestrator']] */
  shared: z.array(z.array(z.string())),
  /** sentences that say what was scaled down, which siblings are idle and why */
  notes: z.array(z.string()),
})
export type CoreAssignment = z.infer<typeof coreAssignment>
