import { z } from 'zod'

/**
 * fingerprint.json: what a run was begun with, besides host and engine, which are in its plan. Its images are added block by
 * block, each before it is measured. It is compared before the run goes on, and absent in runs from before 2026-12.
 */
export const storedFingerprint = z.object({
  schemaVersion: z.literal(1),
  /** sha256 of plan.json as it was written */
  planDigest: z.string(),
  /** the profile as matrix.yaml had it, before options of the command line changed it */
  profile: z.record(z.string(), z.unknown()).nullable(),
  /** sha256 of the program's code that plans and measures */
  code: z.string(),
  /** id of the base image */
  baseId: z.string().nullable(),
  /** every image that could be built or found for a block that has begun, by name; equal keys: made from the same files */
  images: z.record(z.string(), z.object({ id: z.string(), key: z.string() })),
})
export type StoredFingerprint = z.infer<typeof storedFingerprint>
