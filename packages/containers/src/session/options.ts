/** What a container may use and do. Pure: a request in, the engine's create options out. */
import type { ContainerRequest } from '@bakeoff/runner/ports'
import type Docker from 'dockerode'

export interface Surroundings {
  /** the container's own name, unique on the engine */
  readonly uniqueName: string
  readonly networkId: string
  readonly labels: Readonly<Record<string, string>>
  /** USER of the image, '' when it has none */
  readonly imageUser: string
  /** limit on open files; null: the engine's own */
  readonly openFiles: number | null
}

/** Nobody in particular: what runs as this user owns nothing on the host, and nothing in most images. */
const NOBODY = '10001:10001'

export function toCreateOptions(request: ContainerRequest, around: Surroundings): Docker.ContainerCreateOptions {
  const { caps } = request
  return {
    name: around.uniqueName,
    Image: request.image,
    Hostname: request.name,
    Labels: { ...around.labels },
    Env: Object.entries(request.environment).map(([name, value]) => `${name}=${value}`),
    ...(request.command === null ? {} : { Cmd: [...request.command] }),
    User: request.user ?? (around.imageUser || NOBODY),
    // The engine would probe during load, and first after a whole interval: `healthy` probes by itself.
    Healthcheck: { Test: ['NONE'] },
    ...(request.interactive
      ? { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: false, Tty: false }
      : {}),
    HostConfig: {
      AutoRemove: false, // or its log and exit code would be gone when they are needed
      NetworkMode: around.networkId,
      ...(caps.cpuset.length === 0 ? {} : { CpusetCpus: caps.cpuset.join(',') }),
      ...(caps.quotaCpus === null ? {} : { NanoCpus: Math.round(caps.quotaCpus * 1e9) }),
      Memory: caps.memoryBytes,
      MemorySwap: caps.memoryBytes, // memory and swap together: no swap
      PidsLimit: 2048,
      Init: true,
      ReadonlyRootfs: request.readOnly,
      Tmpfs: tmpfsOf(request),
      ...(request.shmBytes === null ? {} : { ShmSize: request.shmBytes }),
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ...(around.openFiles === null
        ? {}
        : { Ulimits: [{ Name: 'nofile', Soft: around.openFiles, Hard: around.openFiles }] }),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
    },
    NetworkingConfig: { EndpointsConfig: { [around.networkId]: { Aliases: [request.name, ...request.aliases] } } },
  }
}

/**
 * /tmp and what the request asks for, as `/path` or `/path:options`. All are writable for whatever user the container
 * has. They count against its memory; half of it is the limit where the request says none.
 */
function tmpfsOf(request: ContainerRequest): Record<string, string> {
  const size = Math.floor(request.caps.memoryBytes / 2)
  return Object.fromEntries(
    ['/tmp', ...request.tmpfs].map((entry) => {
      const [path = entry, options = ''] = entry.split(':', 2)
      const given = options.split(',').filter((option) => option !== '')
      const unless = (name: string, value: string) => (given.some((option) => option.startsWith(name)) ? [] : [value])
      return [path, ['rw', ...unless('mode=', 'mode=1777'), ...unless('size=', `size=${size}`), ...given].join(',')]
    }),
  )
}
