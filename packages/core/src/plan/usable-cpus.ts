import type { EngineFacts, HostFacts, LogicalCpu } from '@bakeoff/model'

/** The processors that containers can be pinned to. In a virtual machine (Docker Desktop) only their number is known. */
export function usableCpus(host: HostFacts, engine: EngineFacts): readonly LogicalCpu[] {
  return engine.sameKernel && host.cpus.length > 0 ? host.cpus : numbered(engine.cpus)
}

/** Of a machine of hosts.yaml: those that its probe read on its own kernel, else as many as its engine names. */
export function cpusOnHost({
  facts,
  engine,
}: {
  readonly facts: HostFacts
  readonly engine: EngineFacts
}): readonly LogicalCpu[] {
  return facts.cpus.length > 0 ? facts.cpus : numbered(engine.cpus)
}

function numbered(count: number): LogicalCpu[] {
  return Array.from({ length: Math.max(1, count) }, (_, id) => ({
    id,
    core: id,
    package: 0,
    l3: null,
    kind: 'performance' as const,
  }))
}
