import type { EngineFacts, HostFacts } from '@bakeoff/model'

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
    cpus: Array.from({ length: engine.cpus }, (_, id) => ({
      id,
      core: id,
      package: 0,
      l3: null,
      kind: 'performance' as const,
    })),
    memoryBytes: engine.memoryBytes,
    diskFreeBytes: null,
    governor: null,
    autogroup: null,
    cpuPressure: null,
    virtualisation: null,
  }
}

/** `x64` (Node) and `x86_64` (kernel) → `amd64`, as images name it; other names likewise. */
export function dockerArchitecture(name: string): string {
  const names: Record<string, string> = { x64: 'amd64', x86_64: 'amd64', aarch64: 'arm64', ia32: '386', armv7l: 'arm' }
  return names[name] ?? name
}
