import { existsSync } from 'node:fs'
import { release, totalmem } from 'node:os'
import { BakeoffError, type EngineFacts, isAborted } from '@bakeoff/model'
import type { InfoAnswer, PodmanInfo, VersionAnswer } from '../client/answers.js'
import type { EngineClient, Timing } from '../client/client.js'
import { type FoundEngine, shownPlace, socketPathOf } from '../client/endpoint.js'
import { EngineLost } from '../client/errors.js'
import { uncappedOf } from './caps.js'

/** How long an engine may take to describe itself. Podman needs 2 s, on a busy machine several times that. */
export const FACTS_MS = 10_000

/** The facts of this machine that tell whether the engine runs on its kernel. */
export interface KernelWitness {
  readonly platform: NodeJS.Platform
  readonly kernel: string
  readonly memoryBytes: number
  /** a cgroup hierarchy is mounted here */
  readonly cgroupMounted: boolean
}

/**
 * The facts of an engine, from its `version` and `info`.
 *
 * @throws BakeoffError NO_ENGINE when it does not answer within 10 s: a daemon can answer pings and still be stuck
 */
export async function describeEngine(client: EngineClient, signal?: AbortSignal): Promise<EngineFacts> {
  const timing = { signal, withinMs: FACTS_MS }
  try {
    const [version, info] = await Promise.all([client.version(timing), client.info(timing)])
    const podman = isPodman(version) ? await podmanInfo(client, timing) : null
    return toEngineFacts({ version, info, podman }, client.found, thisKernel())
  } catch (error) {
    if (isAborted(error)) throw error
    const isSilent = error instanceof EngineLost && error.isFrozen
    throw new BakeoffError(
      'NO_ENGINE',
      `the engine at ${shownPlace(client.found)} answers pings but not questions about itself: ${
        isSilent ? `no answer within ${FACTS_MS / 1000} s` : (error as Error).message
      }`,
      {
        hint: 'Restart it: sudo systemctl restart docker, or restart Docker Desktop.',
        cause: error,
      },
    )
  }
}

/** The answers of an engine about itself. */
export interface EngineAnswers {
  readonly version: VersionAnswer
  readonly info: InfoAnswer
  /** null: the engine is not Podman, or a Podman that does not say */
  readonly podman: PodmanInfo | null
}

/** Facts from the answers of an engine; what it does not say is null. Pure. */
export function toEngineFacts(
  { version, info, podman }: EngineAnswers,
  found: FoundEngine,
  here: KernelWitness,
): EngineFacts {
  const isOfPodman = isPodman(version)
  const cgroupVersion = info.CgroupVersion === '1' || info.CgroupVersion === '2' ? info.CgroupVersion : null
  return {
    id: info.ID || null,
    name: isOfPodman ? 'Podman' : engineName(version, info),
    version: version.Version ?? 'unknown',
    apiVersion: version.ApiVersion ?? 'unknown',
    endpoint: shownPlace(found),
    foundBy: found.foundBy,
    cgroupVersion,
    cgroupDriver: info.CgroupDriver ?? null,
    storageDriver: info.Driver ?? null,
    rootless:
      podman?.host?.security?.rootless ?? (info.SecurityOptions ?? []).some((option) => /\brootless\b/.test(option)),
    uncapped: uncappedOf(info, podman),
    reducedTruth: isOfPodman,
    operatingSystem: info.OperatingSystem ?? null,
    architecture: info.Architecture ?? version.Arch ?? 'unknown',
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    sameKernel: isSameKernel(found, { version, info }, here),
  }
}

function isPodman({ Components }: VersionAnswer): boolean {
  return (Components ?? []).some(({ Name }) => /podman/i.test(Name ?? ''))
}

/** Null where Podman does not say; the answer of its other API is then used. */
async function podmanInfo(client: EngineClient, timing: Timing): Promise<PodmanInfo | null> {
  return client.podmanInfo(timing).catch((error: unknown) => {
    if (isAborted(error)) throw error
    return null
  })
}

/**
 * Whether the engine's containers run on this machine's kernel, so that their cgroup files can be read from here.
 *
 * The API does not give the kernel's boot id. A local socket, the same kernel release and the same memory total are
 * what a virtual machine in between (Docker Desktop, colima) would match only by accident, and the cgroup
 * hierarchy must be mounted. The reader of a container's files still checks that they are there.
 */
function isSameKernel(
  found: FoundEngine,
  { version, info }: Pick<EngineAnswers, 'version' | 'info'>,
  here: KernelWitness,
): boolean {
  if (here.platform !== 'linux' || !here.cgroupMounted) return false
  if (socketPathOf(found.endpoint) === null || found.tunnel !== undefined) return false
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
