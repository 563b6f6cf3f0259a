import { z } from 'zod'

/** Where the image of a target comes from, when that is not the Dockerfile of its own folder. */
export const imageFrom = z.discriminatedUnion('kind', [
  /** the engine has it, or a registry gives it: its name is what target.yaml says */
  z.object({ kind: z.literal('as-it-is') }),
  z.object({
    kind: z.literal('build'),
    /** the folder that is built: in a plan relative to the project, in a spec absolute */
    context: z.string(),
    /** relative to the context */
    dockerfile: z.string(),
    /** the stage that is built; null: the last one */
    stage: z.string().nullable(),
  }),
])
export type ImageFrom = z.infer<typeof imageFrom>

/** `services/orders (Dockerfile.prod, stage runtime)`; null for an image of the target's own folder. */
export function imageFromWords(from: ImageFrom | null | undefined): string | null {
  if (!from) return null
  if (from.kind === 'as-it-is') return 'as it is, not built here'
  const { context, dockerfile, stage } = from
  return `built from ${context} (${dockerfile}${stage === null ? '' : `, stage ${stage}`})`
}
