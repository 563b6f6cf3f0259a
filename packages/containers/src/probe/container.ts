/** The probe's container. Pure: an order in, the engine's create options out. */
import type { HostSpec } from '@bakeoff/model'
import type { ContainerOptions } from '../client/answers.js'
import { LEASE } from '../session/labels.js'
import type { ProbeOrder } from './protocol.js'

/** Where a probe notes that it heard something, for others who find the engine held. */
export const HEARD_FILE = '/tmp/heard'
/** The label with the host's name in hosts.yaml. */
export const HOST_LABEL = 'bakeoff.site-host'

const SOCKET_INSIDE = '/run/engine.sock'
const MEMORY_BYTES = 192 * 1024 * 1024

/** A file or folder of the host that a probe sees, and cannot write to. */
export interface ProbeMount {
  readonly source: string
  readonly target: string
  /** whether a host may be without */
  readonly isOptional: boolean
}

/** What a probe sees of its host, besides its processes and its network. */
export function probeMounts({ socket }: Pick<HostSpec, 'socket'>): ProbeMount[] {
  return [
    { source: '/sys/fs/cgroup', target: '/host/cgroup', isOptional: false },
    { source: socket, target: SOCKET_INSIDE, isOptional: false },
    // Where facts are read on any machine (host/read.ts). The image has no such files of its own.
    { source: '/etc/machine-id', target: '/etc/machine-id', isOptional: true },
    { source: '/etc/os-release', target: '/etc/os-release', isOptional: true },
  ]
}

export interface ProbeContainer {
  /** id of the image */
  readonly image: string
  readonly host: Pick<HostSpec, 'name'>
  /** those of the session */
  readonly labels: Readonly<Record<string, string>>
  readonly session: string
  readonly silenceMs: number
}

/**
 * The rights of a probe. It is root, as the engine's socket belongs to root on most machines, without any of root's capabilities: the
 * counters of other processes may be read by every user.
 */
export function probeOptions(
  { image, host, labels, session, silenceMs }: ProbeContainer,
  mounts: readonly ProbeMount[],
): ContainerOptions {
  const order: ProbeOrder = { session, silenceMs, socket: SOCKET_INSIDE, self: LEASE }
  return {
    name: LEASE,
    Image: image,
    Labels: { ...labels, [HOST_LABEL]: host.name },
    Env: [`ORDER=${JSON.stringify(order)}`],
    User: '0:0',
    Healthcheck: { Test: ['NONE'] },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    HostConfig: {
      AutoRemove: true, // the lease ends with the probe, however it ends
      PidMode: 'host', // /proc/<pid> of the containers that it reads
      // The engine's network, where the host's address is. Nothing listens, and no interface is made.
      NetworkMode: 'host',
      CgroupnsMode: 'host', // else /proc/<pid>/cgroup would name paths from its own cgroup on
      UsernsMode: 'host', // the two before are refused to a user namespace of its own
      Mounts: mounts.map(({ source, target }) => ({ Type: 'bind', Source: source, Target: target, ReadOnly: true })),
      Memory: MEMORY_BYTES,
      MemorySwap: MEMORY_BYTES,
      PidsLimit: 64,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,mode=0700,size=65536' },
      CapDrop: ['ALL'],
      // Under SELinux a container may not use the engine's socket.
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      LogConfig: { Type: 'none', Config: {} }, // readings are not written to the disk of a machine that is measured
      RestartPolicy: { Name: 'no' },
    },
  }
}
