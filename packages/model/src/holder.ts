import { z } from 'zod'

/**
 * The holder: the process that made something on an engine, identified so that it can be told from every other one. Process ids are used
 * again, also after a restart of the machine, so start time and boot id belong to it. An unknown member is ''.
 */
export interface Owner {
  readonly session: string
  readonly pid: number
  /** the kernel's start time of the process: clock ticks since boot on Linux, a date elsewhere; opaque */
  readonly started: string
  /** the boot id of the running kernel: a restart changes it, and containers share it with their host */
  readonly boot: string
  /** the process's pid namespace, on Linux: in another one the same number is another process */
  readonly pidNamespace: string
  /** a digest of the machine's id, which a restart leaves as it is */
  readonly machine: string
  /** the host name, to be read by people: DHCP and containers change it */
  readonly host: string
}

/** Text from a file that any user may have written: short, and nothing in it can act on a terminal. */
const plain = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u)
/** A session id, which is part of file names and labels. */
const name = z.string().regex(/^[\w.-]{1,64}$/)

/** The lock file of an engine: the run that holds it. */
export const lockHolder = z.object({
  session: name,
  pid: z.int().min(1),
  started: plain(64).min(1),
  boot: plain(64),
  pidNamespace: plain(64).default(''),
  machine: plain(64).default(''),
  host: plain(1000),
  since: z.iso.datetime(),
  command: plain(1000),
  root: plain(1000),
})
export interface LockHolder extends Owner {
  /** ISO 8601, UTC */
  readonly since: string
  readonly command: string
  /** the project's folder */
  readonly root: string
}
