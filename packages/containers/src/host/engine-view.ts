import type { EngineFacts, HostFacts, LogicalCpu } from '@bakeoff/model'
import type { InfoAnswer } from '../client/answers.js'

/**
 * The machine that containers run on. Where the engine shares this machine's kernel, it is this machine. Where it does not (Docker
 * Desktop, another host), only what the engine says about itself is known: cores are a flat list, the rest is null.
 */
export function asEngineSees(host: HostFacts, engine: EngineFacts): HostFacts {
  if (engine.sameKernel) return host
  return {
    ...host,
    os: engine.operatingSystem ?? host.os,
    kernel: null,
    architecture: dockerArchitecture(engine.architecture),
    cpus: flatCpus(engine.cpus),
    memoryBytes: engine.memoryBytes,
    diskFreeBytes: null,
    governor: null,
    autogroup: null,
    cpuPressure: null,
    virtualisation: null,
  }
}

/** What an engine says of its machine, where nothing else can be asked: the processors are a flat list, the rest is null. */
export function hostOfEngine(info: InfoAnswer, engine: EngineFacts): HostFacts {
  const nothing = { diskFreeBytes: null, governor: null, autogroup: null, cpuPressure: null, virtualisation: null }
  return {
    ...nothing,
    hostname: info.Name ?? '',
    machineId: null,
    os: engine.operatingSystem ?? 'unknown',
    kernel: info.KernelVersion ?? null,
    architecture: dockerArchitecture(engine.architecture),
    cpuModel: null,
    cpus: flatCpus(engine.cpus),
    memoryBytes: engine.memoryBytes || null,
    nodeVersion: 'unknown',
  }
}

function flatCpus(count: number): LogicalCpu[] {
  return Array.from({ length: count }, (_, id) => ({ id, core: id, package: 0, l3: null, kind: 'performance' }))
}

/** `x64` (Node) and `x86_64` (kernel) → `amd64`, as images name it; other names likewise. */
export function dockerArchitecture(name: string): string {
  const names: Record<string, string> = { x64: 'amd64', x86_64: 'amd64', aarch64: 'arm64', ia32: '386', armv7l: 'arm' }
  return names[name] ?? name
}
