/** Limits and rights of a container. Pure: a request in, the engine's create options out. */
import { posix } from 'node:path'
import type { ContainerRequest } from '@bakeoff/runner/ports'
import type { ContainerOptions } from '../client/answers.js'

export interface Surroundings {
  /** the container's own name, unique on the engine */
  readonly uniqueName: string
  readonly networkId: string
  /** on that network; absent: the engine chooses */
  readonly address?: string | undefined
  readonly labels: Readonly<Record<string, string>>
  /** the USER of the image, '' when it has none */
  readonly imageUser: string
  /** paths that the image declares as volumes */
  readonly imageVolumes: readonly string[]
  /** limit on open files; null: the engine's default */
  readonly openFiles: number | null
  /** whether the engine resolves names of the network inside the container, as Docker does */
  readonly ownResolver: boolean
}

/** The default user: it owns nothing on the host, and nothing in most images. */
const NOBODY = '10001:10001'

export function toCreateOptions(request: ContainerRequest, around: Surroundings): ContainerOptions {
  const { caps } = request
  const user = request.user ?? (around.imageUser || NOBODY)
  return {
    name: around.uniqueName,
    Image: request.image,
    Hostname: request.name,
    Labels: { ...around.labels },
    Env: Object.entries(request.environment).map(([name, value]) => `${name}=${value}`),
    ...(request.command === null ? {} : { Cmd: [...request.command] }),
    User: user,
    // A volume of its own, which goes with the container: files can be put there before the start, and the root is read-only.
    ...(request.files ? { Volumes: { [request.files.folder]: {} } } : {}),
    // The engine would probe during load, and first after a whole interval: `healthy` probes by itself.
    Healthcheck: { Test: ['NONE'] },
    ...(request.interactive
      ? { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: false, Tty: false }
      : {}),
    HostConfig: {
      AutoRemove: false, // else its log and exit code would be gone when they are needed
      NetworkMode: around.networkId,
      ...(request.peers === undefined
        ? {}
        : { ExtraHosts: Object.entries(request.peers).map(([name, address]) => `${name}:${address}`) }),
      // The engine's own resolver sends unknown names to this address, which has no listener inside the container. Engines older than
      // 2024 would ask the machine's resolver, even on internal networks: a target could send data out in the names.
      ...(around.ownResolver ? { Dns: ['127.0.0.1'] } : {}),
      ...(caps.cpuset.length === 0 ? {} : { CpusetCpus: caps.cpuset.join(',') }),
      ...(caps.quotaCpus === null ? {} : { NanoCpus: Math.round(caps.quotaCpus * 1e9) }),
      Memory: caps.memoryBytes,
      MemorySwap: caps.memoryBytes, // memory and swap together: no swap
      PidsLimit: 2048,
      Init: true,
      ReadonlyRootfs: request.readOnly,
      Tmpfs: { ...volumeMasks(request, around, user), ...tmpfsOf(request) },
      ...(request.shmBytes === null ? {} : { ShmSize: request.shmBytes }),
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ...(around.openFiles === null
        ? {}
        : { Ulimits: [{ Name: 'nofile', Soft: around.openFiles, Hard: around.openFiles }] }),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
    },
    NetworkingConfig: { EndpointsConfig: { [around.networkId]: endpointOf(request, around) } },
  }
}

function endpointOf(request: ContainerRequest, { address }: Surroundings) {
  return {
    Aliases: [request.name, ...request.aliases],
    ...(address === undefined ? {} : { IPAMConfig: { IPv4Address: address } }),
  }
}

/**
 * Volumes that the image declares and for which the request has no tmpfs. As volumes they would be written to the engine's disk,
 * past the read-only root and without a limit.
 */
export function maskedVolumes(request: ContainerRequest, imageVolumes: readonly string[]): string[] {
  const mounted = request.files ? [request.files.folder] : []
  const given = new Set(
    ['/tmp', ...mounted, ...request.tmpfs].map((entry) => posix.resolve('/', entry.split(':', 1)[0] as string)),
  )
  return [...new Set(imageVolumes.map((path) => posix.resolve('/', path)))].filter((path) => !given.has(path))
}

/** The size of a tmpfs that was not given one; its content counts against the container's memory. */
export function tmpfsBytes(request: ContainerRequest): number {
  return Math.floor(request.caps.memoryBytes / 2)
}

/**
 * A tmpfs in place of each such volume. It is empty, and has the mode of the image's folder; it has an owner too where the user
 * is a number, since who may write to that folder is often its owner only.
 */
function volumeMasks(request: ContainerRequest, around: Surroundings, user: string): Record<string, string> {
  const [uid, gid = uid] =
    /^(\d+)(?::(\d+))?$/
      .exec(user)
      ?.slice(1)
      .filter((id) => id !== undefined) ?? []
  const owner = uid === undefined ? '' : `,uid=${uid},gid=${gid}`
  const options = `rw,mode=1777,size=${tmpfsBytes(request)}${owner}`
  return Object.fromEntries(maskedVolumes(request, around.imageVolumes).map((path) => [path, options]))
}

/**
 * /tmp and the tmpfs that the request asks for, as `/path` or `/path:options`. All are writable for any user that the container
 * has. They count against its memory; half of it is the limit where the request says none.
 */
function tmpfsOf(request: ContainerRequest): Record<string, string> {
  const size = tmpfsBytes(request)
  return Object.fromEntries(
    ['/tmp', ...request.tmpfs].map((entry) => {
      const [path = entry, options = ''] = entry.split(':', 2)
      const given = options.split(',').filter((option) => option !== '')
      const unless = (name: string, value: string) => (given.some((option) => option.startsWith(name)) ? [] : [value])
      return [path, ['rw', ...unless('mode=', 'mode=1777'), ...unless('size=', `size=${size}`), ...given].join(',')]
    }),
  )
}
