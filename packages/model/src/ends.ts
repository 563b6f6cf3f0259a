import { z } from 'zod'

/** How a container ended that should have gone on. A paused one still exists, and does nothing. */
export const containerEnd = z.object({
  /** null: not known, or the container is paused */
  exitCode: z.int().nullable(),
  /** the kernel killed a process of it for memory */
  oomKilled: z.boolean(),
  /** it was frozen from outside, as by `docker pause` */
  paused: z.boolean(),
  /** it runs, but its health check does not pass any more; absent: the check was not run */
  unhealthy: z.boolean().nullish(),
})
export type ContainerEnd = z.infer<typeof containerEnd>

/** A service that ended while a target was measured. */
export const serviceDeath = containerEnd.extend({ service: z.string() })
export type ServiceDeath = z.infer<typeof serviceDeath>

/** The end as the predicate of a sentence: `was killed for memory`, `ended with exit code 137`. */
export function endWords({ exitCode, oomKilled, paused, unhealthy }: ContainerEnd): string {
  if (unhealthy) return 'did not pass its health check any more'
  if (paused) return 'was paused'
  if (oomKilled) return 'was killed for memory'
  return exitCode === null ? 'ended' : `ended with exit code ${exitCode}`
}
