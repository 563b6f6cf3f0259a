import { BakeoffError } from '@bakeoff/model'
import type Docker from 'dockerode'

/** How long an engine may take (Podman needs 2 s to describe itself, on a busy machine several): a frozen daemon accepts the connection and hangs an untimed call for ever. */
export const deadlines = { pingMs: 2000, factsMs: 10_000 } as const

/** What `version` and `info` say, as far as we read it. Podman leaves some of it out. */
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
}

/** dockerode's `ping`, `version` and `info` take an abort signal; its types do not say so for all of them. */
export interface TimedCalls {
  ping(options: { abortSignal: AbortSignal }): Promise<unknown>
  version(options: { abortSignal: AbortSignal }): Promise<VersionAnswer>
  info(options: { abortSignal: AbortSignal }): Promise<InfoAnswer>
}

/** Why a call gave no answer. `absent` is: nobody listens there. */
export type CallFailure =
  | { readonly kind: 'absent' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'frozen'; readonly afterMs: number }
  | { readonly kind: 'other'; readonly message: string }

/**
 * Calls the engine with a deadline.
 *
 * @throws BakeoffError ABORTED when the caller's own signal ended it; what the call threw otherwise, or a `Frozen`
 */
export async function timed<T>(
  docker: Docker,
  deadlineMs: number,
  signal: AbortSignal | undefined,
  call: (calls: TimedCalls, options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(deadlineMs)
  try {
    return await call(docker as unknown as TimedCalls, {
      abortSignal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
  } catch (cause) {
    if (signal?.aborted) throw new BakeoffError('ABORTED', 'Stopped while asking the engine', { cause })
    if (deadline.aborted) throw new Frozen(deadlineMs)
    throw cause
  }
}

/** The engine took the connection and did not answer in time. */
export class Frozen extends Error {
  override readonly name = 'Frozen'
  readonly afterMs: number
  constructor(afterMs: number) {
    super(`no answer within ${afterMs / 1000} s`)
    this.afterMs = afterMs
  }
}

/** Sorts what a call threw. A socket file that a killed daemon left behind refuses the connection: nobody is there. */
export function failureOf(error: unknown): CallFailure {
  if (error instanceof Frozen) return { kind: 'frozen', afterMs: error.afterMs }
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return { kind: 'absent' }
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'forbidden' }
  return { kind: 'other', message: message || String(code ?? error) }
}
