import { z } from 'zod'

/**
 * What a target's runtime believes about itself, the answer of `GET /info`. Lints read it. Every member may be null or
 * absent: a target of a user's own may know less.
 */
export const targetInfo = z.looseObject({
  language: z.string().nullish(),
  languageVersion: z.string().nullish(),
  architecture: z.string().nullish(),
  server: z.string().nullish(),
  framework: z.string().nullish(),
  versions: z.record(z.string(), z.union([z.string(), z.null()])).nullish(),
  /** processors the runtime believes it has */
  cpus: z.number().nullish(),
  /** serving processes */
  workers: z.number().nullish(),
  /** named thread counts, per process */
  threads: z.record(z.string(), z.union([z.number(), z.null()])).nullish(),
  pools: z.record(z.string(), z.union([z.number(), z.null()])).nullish(),
  developmentServer: z.boolean().nullish(),
  debugBuild: z.boolean().nullish(),
  heapLimitBytes: z.number().nullish(),
  flags: z.record(z.string(), z.unknown()).nullish(),
})
export type TargetInfo = z.infer<typeof targetInfo>
