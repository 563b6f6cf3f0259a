import { z } from 'zod'
import { figure } from './figure.js'

/** A cause of a verdict, or a lint, as a glossary explains it. */
const explained = z.object({ id: z.string(), about: z.string() })

/** What results.json says of itself: whoever has only the file knows what its figures are. */
export const legend = z.object({
  /** every figure there is, in the order of tables */
  figures: z.array(figure),
  /** causes of verdicts, worst first */
  causes: z.array(explained.extend({ because: z.string() })),
  lints: z.array(explained),
  /** where verdicts and comparisons drew their lines, as shares */
  thresholds: z.object({
    /** of the agent's cores in use: above it its figures may be its own */
    agentCpu: z.number(),
    /** of a cap in use: from here on it counts as full */
    atCap: z.number(),
    /** a difference up to this is none */
    relevantDifference: z.number(),
    /** of the adjusted p */
    significance: z.number(),
  }),
})
export type Legend = z.infer<typeof legend>
