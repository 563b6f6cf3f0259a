import { z } from 'zod'

/** What became of trying to reach the engine's machine from inside a cell, which is not to be possible. */
export const boundary = z.object({
  /** its addresses that were tried; empty when it could not be tried */
  asked: z.array(z.string()),
  /** `172.17.0.1:22`: where it answered, be it with a refusal */
  answered: z.array(z.string()),
})
export type Boundary = z.infer<typeof boundary>
