/** The means to ensure that answers under load come from real work: bodies that no cache knows, and counters of the services. */
import { z } from 'zod'

/** How bodies are spelled anew at every send: their meaning and their golden answers stay the same. */
export const respell = z.object({
  /** white space after the first bracket of the JSON body */
  spaces: z.boolean(),
  /** member of the JSON body whose ASCII letters change their case; null: none */
  caseOf: z.string().nullable(),
})
export type Respell = z.infer<typeof respell>

/** How the counters of a service are read, and which members of the JSON object that it answers mean what. */
export const serviceCounters = z.object({
  service: z.string(),
  read: z.discriminatedUnion('by', [
    /** GET from the service's container */
    z.object({ by: z.literal('http'), path: z.string() }),
    /** run inside the service's container; the object is the last line of its output */
    z.object({ by: z.literal('command'), command: z.array(z.string()) }),
  ]),
  /** grows by at least one for every right answer */
  work: z.string().nullable(),
  /** the counter of what the service did later than its script says */
  late: z.object({ late: z.string(), of: z.string() }).nullable(),
  /** how old figures may be: what was done in so long a time before the reading may be missing */
  lagMs: z.number().nonnegative(),
})
export type ServiceCounters = z.infer<typeof serviceCounters>

/** The counts of a service from just before a load's first request until the load had run out. */
export const counted = z.object({
  service: z.string(),
  /** null: the scenario names no such counter */
  work: z.number().nullable(),
  late: z.number().nullable(),
  of: z.number().nullable(),
  /** answers with the expected status in all that time, of a batch tasks that were done right */
  answered: z.int().nonnegative(),
})
export type Counted = z.infer<typeof counted>
