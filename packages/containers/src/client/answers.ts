/** The members of the engine's answers that are read. Podman leaves some of them out. */
import type Docker from 'dockerode'

export interface VersionAnswer {
  readonly Version?: string
  readonly ApiVersion?: string
  readonly Os?: string
  readonly Arch?: string
  readonly KernelVersion?: string
  readonly Platform?: { readonly Name?: string }
  readonly Components?: readonly { readonly Name?: string; readonly Version?: string }[]
}

export interface InfoAnswer {
  readonly ID?: string
  readonly Name?: string
  readonly OperatingSystem?: string
  readonly Architecture?: string
  readonly Driver?: string
  readonly CgroupVersion?: string
  readonly CgroupDriver?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly NCPU?: number
  readonly MemTotal?: number
  readonly DockerRootDir?: string
  readonly CPUSet?: boolean
  readonly MemoryLimit?: boolean
  readonly KernelVersion?: string
  readonly LiveRestoreEnabled?: boolean
  readonly Swarm?: SwarmAnswer
}

/** The engine's part in a swarm; it has no token. */
export interface SwarmAnswer {
  readonly NodeID?: string
  readonly NodeAddr?: string
  readonly LocalNodeState?: string
  readonly ControlAvailable?: boolean
  readonly Error?: string
  readonly RemoteManagers?: readonly { readonly NodeID: string; readonly Addr: string }[] | null
  /** managers only */
  readonly Cluster?: {
    readonly ID?: string
    readonly Spec?: { readonly Labels?: Readonly<Record<string, string>> | null }
  } | null
}

/** A node of a swarm, in a manager's list. */
export interface NodeAnswer {
  readonly ID: string
  readonly Description?: { readonly Hostname?: string }
  readonly Status?: { readonly State?: string; readonly Addr?: string }
}

/** The answer of Podman's own API about its machine; its Docker-compatible API says that everything can be limited. */
export interface PodmanInfo {
  readonly host?: {
    readonly cgroupControllers?: readonly string[] | null
    readonly security?: { readonly rootless?: boolean }
  }
}

export interface ImageAnswer {
  readonly Id: string
  readonly Size?: number
  readonly Architecture?: string
  readonly RootFS?: { readonly Layers?: readonly string[] | undefined }
  readonly Config?: {
    readonly Labels?: Readonly<Record<string, string>> | null
    readonly User?: string
    readonly Volumes?: Readonly<Record<string, object>> | null
  }
}

/** An image in a list. */
export interface ListedImage {
  readonly Created: number
  readonly RepoTags?: readonly string[] | null | undefined
  readonly Labels?: Readonly<Record<string, string>> | null
}

export interface ContainerAnswer {
  readonly Id: string
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null }
  readonly State: {
    /** `created`, `running`, `exited`, … */
    readonly Status?: string
    readonly Running: boolean
    readonly Pid: number
    readonly ExitCode: number
    readonly OOMKilled: boolean
    readonly StartedAt: string
  }
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string; readonly IPAddress: string }>>
  }
}

/** A container, network or volume in a list. */
export interface Listed {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>> | undefined
}

export interface ListedContainer extends Listed {
  /** `running`, `paused`, `exited`, … */
  readonly state: string
}

export interface NetworkAnswer {
  readonly IPAM?: { readonly Config?: readonly { readonly Gateway?: string; readonly Subnet?: string }[] | null }
  readonly Options?: Readonly<Record<string, string>> | null
}

/** The options with which a container is created. */
export type ContainerOptions = Docker.ContainerCreateOptions & {
  /** dockerode's types do not know it */
  readonly HostConfig?: { readonly CgroupnsMode?: 'host' | 'private' }
}
