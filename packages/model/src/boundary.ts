import { z } from 'zod'

/** The result of trying to reach the engine's machine from inside a testbed, which should not be possible. */
export const boundary = z.object({
  /** the addresses that were tried; empty when the test was not possible */
  asked: z.array(z.string()),
  /** addresses such as `172.17.0.1:22` at which it answered, even with a refusal */
  answered: z.array(z.string()),
})
export type Boundary = z.infer<typeof boundary>
