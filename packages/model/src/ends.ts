import { z } from 'zod'

/** How a container went away that was to go on. A paused one is still there, and does nothing. */
export const containerEnd = z.object({
  /** null: not known, or it is paused */
  exitCode: z.int().nullable(),
  /** the kernel killed a process of it for memory */
  oomKilled: z.boolean(),
  /** somebody froze it from outside, as `docker pause` does */
  paused: z.boolean(),
  /** it runs, and its health check does not pass any more; absent: it was not asked */
  unhealthy: z.boolean().nullish(),
})
export type ContainerEnd = z.infer<typeof containerEnd>

/** A service that went away while a target was measured. */
export const serviceDeath = containerEnd.extend({ service: z.string() })
export type ServiceDeath = z.infer<typeof serviceDeath>

/** As the predicate of a sentence: `was killed for memory`, `ended with exit code 137`. */
export function endWords({ exitCode, oomKilled, paused, unhealthy }: ContainerEnd): string {
  if (unhealthy) return 'did not pass its health check any more'
  if (paused) return 'was paused'
  if (oomKilled) return 'was killed for memory'
  return exitCode === null ? 'ended' : `ended with exit code ${exitCode}`
}
