import { z } from 'zod'

/** The tool that measures beside the load agent. */
export const secondTool = z.enum(['wrk'])

/** What the second instrument counted in one closed load. Its window begins on idle connections and drops what is under way at its end. */
export const secondInstrumentFigures = z.object({
  /** as the tool gives it, e.g. `debian/4.1.0-4` */
  version: z.string(),
  connections: z.int().positive(),
  seconds: z.number().positive(),
  /** complete answers, with any status */
  requests: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** answers a second with a status that the corpus expects, within the scenario's timeout */
  perSecond: z.number().nonnegative(),
  /** by the tool's own definition: wrk adds times of requests that it believes it should have sent. Not comparable with the agent's times */
  p50Ms: z.number().nullable(),
  p90Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
  meanMs: z.number().nullable(),
  errors: z.object({
    /** connections that could not be opened */
    connect: z.int().nonnegative(),
    read: z.int().nonnegative(),
    write: z.int().nonnegative(),
    /** answers of 400 and above, without those that the corpus expects */
    status: z.int().nonnegative(),
    /** complete answers that took longer than the scenario's timeout; one that never came is not counted */
    timeout: z.int().nonnegative(),
  }),
})
export type SecondInstrumentFigures = z.infer<typeof secondInstrumentFigures>

/** The result of the second instrument for an entry: once per run, on its main load. */
export const secondInstrumentRecord = z.discriminatedUnion('kind', [
  secondInstrumentFigures.extend({ kind: z.literal('measured'), tool: secondTool, loadId: z.string() }),
  /** the tool cannot do this workload */
  z.object({ kind: z.literal('unsupported'), tool: secondTool, loadId: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('failed'), tool: secondTool, loadId: z.string(), reason: z.string() }),
])
export type SecondInstrumentRecord = z.infer<typeof secondInstrumentRecord>

/** The result beside the agent's figure, for the results of the cell. */
export const secondInstrumentResult = z.discriminatedUnion('kind', [
  secondInstrumentFigures.extend({
    kind: z.literal('measured'),
    tool: secondTool,
    repetition: z.int().positive(),
    /** the agent's throughput in the same repetition; null when it measured none */
    agentPerSecond: z.number().nullable(),
    /** perSecond ÷ agentPerSecond − 1 */
    difference: z.number().nullable(),
    /** up to which difference, in either direction, the two agree */
    tolerance: z.number().positive(),
  }),
  z.object({ kind: z.literal('unsupported'), tool: secondTool, reason: z.string() }),
  z.object({ kind: z.literal('failed'), tool: secondTool, reason: z.string() }),
])
export type SecondInstrumentResult = z.infer<typeof secondInstrumentResult>
