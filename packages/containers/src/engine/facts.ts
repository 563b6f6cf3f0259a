import { existsSync } from 'node:fs'
import { release, totalmem } from 'node:os'
import { BakeoffError, type EngineFacts } from '@bakeoff/model'
import type Docker from 'dockerode'
import { deadlines, failureOf, type InfoAnswer, timed, type VersionAnswer } from './calls.js'
import { type PodmanInfo, uncappedOf } from './caps.js'
import { type FoundEngine, shownEndpoint, socketPathOf } from './connect.js'

/** What of this machine tells whether the engine runs on its kernel. */
export interface KernelWitness {
  readonly platform: NodeJS.Platform
  readonly kernel: string
  readonly memoryBytes: number
  /** a cgroup hierarchy is mounted here */
  readonly cgroupMounted: boolean
}

/**
 * What the engine is, from its `version` and `info`.
 *
 * @throws BakeoffError NO_ENGINE when it does not answer within 10 s: a daemon can answer pings and be stuck otherwise
 */
export async function describeEngine(docker: Docker, found: FoundEngine, signal?: AbortSignal): Promise<EngineFacts> {
  try {
    const [version, info] = await Promise.all([
      timed(docker, deadlines.factsMs, signal, (calls, timing) => calls.version(timing)),
      timed(docker, deadlines.factsMs, signal, (calls, timing) => calls.info(timing)),
    ])
    const podman = isPodman(version) ? await podmanInfo(docker, signal) : null
    return toEngineFacts(found, version, info, thisKernel(), podman)
  } catch (error) {
    if (error instanceof BakeoffError) throw error
    const failure = failureOf(error)
    const what =
      failure.kind === 'frozen'
        ? `no answer within ${failure.afterMs / 1000} s`
        : failure.kind === 'other'
          ? failure.message.trim()
          : failure.kind
    throw new BakeoffError(
      'NO_ENGINE',
      `The engine at ${shownEndpoint(found.endpoint)} answers pings but not questions about itself: ${what}`,
      {
        hint: 'Restart it: sudo systemctl restart docker, or restart Docker Desktop',
        cause: error,
      },
    )
  }
}

/** Pure: answers of an engine as facts. What it does not say is null. */
export function toEngineFacts(
  found: FoundEngine,
  version: VersionAnswer,
  info: InfoAnswer,
  here: KernelWitness,
  podmanInfo: PodmanInfo | null = null,
): EngineFacts {
  const podman = isPodman(version)
  const cgroupVersion = info.CgroupVersion === '1' || info.CgroupVersion === '2' ? info.CgroupVersion : null
  return {
    id: info.ID || null,
    name: podman ? 'Podman' : engineName(version, info),
    version: version.Version ?? 'unknown',
    apiVersion: version.ApiVersion ?? 'unknown',
    endpoint: shownEndpoint(found.endpoint),
    foundBy: found.foundBy,
    cgroupVersion,
    cgroupDriver: info.CgroupDriver ?? null,
    storageDriver: info.Driver ?? null,
    rootless:
      podmanInfo?.host?.security?.rootless ??
      (info.SecurityOptions ?? []).some((option) => /\brootless\b/.test(option)),
    uncapped: uncappedOf(info, podmanInfo),
    reducedTruth: podman,
    operatingSystem: info.OperatingSystem ?? null,
    architecture: info.Architecture ?? version.Arch ?? 'unknown',
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    sameKernel: isSameKernel(found, version, info, here),
  }
}

function isPodman({ Components }: VersionAnswer): boolean {
  return (Components ?? []).some(({ Name }) => /podman/i.test(Name ?? ''))
}

/** Null where Podman does not say: then what its other API says has to do. */
async function podmanInfo(docker: Docker, signal: AbortSignal | undefined): Promise<PodmanInfo | null> {
  const path = '/v4.0.0/libpod/info'
  const ask = (abortSignal: AbortSignal) =>
    new Promise<PodmanInfo>((resolve, reject) => {
      docker.modem.dial(
        { path, method: 'GET', abortSignal, statusCodes: { 200: true, 404: 'unknown', 500: 'server error' } },
        (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer as PodmanInfo)),
      )
    })
  try {
    return await timed(docker, deadlines.factsMs, signal, (_calls, { abortSignal }) => ask(abortSignal))
  } catch (error) {
    if (error instanceof BakeoffError) throw error
    return null
  }
}

/**
 * Whether the engine's containers run on our kernel, so that their cgroup files can be read from here.
 *
 * The API does not give the kernel's boot id. A local socket, the same kernel release and the same memory total are
 * what a virtual machine in between (Docker Desktop, colima) would have to match by accident, and the cgroup
 * hierarchy must be mounted. Whoever reads a container's files still checks that they are there.
 */
function isSameKernel(found: FoundEngine, version: VersionAnswer, info: InfoAnswer, here: KernelWitness): boolean {
  if (here.platform !== 'linux' || !here.cgroupMounted || socketPathOf(found.endpoint) === null) return false
  if (version.KernelVersion !== here.kernel || info.MemTotal === undefined) return false
  return Math.abs(info.MemTotal - here.memoryBytes) <= here.memoryBytes * 0.01
}

function engineName(version: VersionAnswer, info: InfoAnswer): string {
  return info.OperatingSystem === 'Docker Desktop' ? 'Docker Desktop' : version.Platform?.Name || 'Docker Engine'
}

function thisKernel(): KernelWitness {
  return {
    platform: process.platform,
    kernel: release(),
    memoryBytes: totalmem(),
    cgroupMounted: ['/sys/fs/cgroup/cgroup.controllers', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/cpuacct'].some(
      (path) => existsSync(path),
    ),
  }
}
