/** State between requests: values that are filled in at every send, and requests that go together. */
import { z } from 'zod'

/** Name of a value: what stands between the braces of `{{key}}`. */
export const valueName = z
  .string()
  .regex(/^[A-Za-z_][\w-]*$/, 'must be letters, digits, _ and -, and begin with a letter or _')

/** Where a value comes from. Within one request and its golden answer a key has one value, however often it stands there. */
export type ValueSpec =
  /** another number at every send, from this one on */
  | { readonly kind: 'counter'; readonly from: number }
  /** one of these texts, at random */
  | { readonly kind: 'pick'; readonly items: readonly string[] }
  /** a whole number at random, both ends included */
  | { readonly kind: 'between'; readonly least: number; readonly most: number }
  /** a variable of the environment of who runs it: it is sent, and never written */
  | { readonly kind: 'secret'; readonly variable: string }
  /** from an earlier answer: the last one on the same connection, or one of those of all connections of a process */
  | { readonly kind: 'captured'; readonly from: 'connection' | 'pool' }
export type ValueKind = ValueSpec['kind']

/** One kind of traffic: requests by their names, one after the other on one connection. */
export const trafficPart = z.object({
  /** how often it comes, in relation to the others */
  weight: z.int().positive(),
  send: z.array(z.string()).min(1),
})
export type TrafficPart = z.infer<typeof trafficPart>

/** The state of a scenario as a plan has it: what is filled in, and in which order requests go. The values themselves stay with the requests. */
export const plannedState = z.object({
  values: z.record(z.string(), z.enum(['counter', 'pick', 'between', 'secret', 'captured'])),
  /** null: seeded permutations of the corpus */
  traffic: z.array(trafficPart).nullable(),
  /** requests before verification, and after the last load */
  before: z.int().nonnegative(),
  after: z.int().nonnegative(),
})
export type PlannedState = z.infer<typeof plannedState>

/** The number of requests in one pass of a traffic: every part as often as it weighs. */
export function requestsOfPass(traffic: readonly TrafficPart[]): number {
  return traffic.reduce((sum, { weight, send }) => sum + weight * send.length, 0)
}
