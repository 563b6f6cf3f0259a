import { z } from 'zod'
import { figure } from './figure.js'

/** A cause of a verdict, or a lint, as a glossary explains it. */
const explained = z.object({ id: z.string(), about: z.string() })

/** The legend of results.json, with which a reader of the file alone understands its figures. */
export const legend = z.object({
  /** all figures, in the order of tables */
  figures: z.array(figure),
  /** causes of verdicts, worst first */
  causes: z.array(explained.extend({ because: z.string() })),
  lints: z.array(explained),
  /** the thresholds of verdicts and comparisons, as shares */
  thresholds: z.object({
    /** share of the agent's cores in use above which figures may show the agent */
    agentCpu: z.number(),
    /** share of a cap in use from which it counts as full */
    atCap: z.number(),
    /** differences up to this do not count */
    relevantDifference: z.number(),
    /** the level for the adjusted p value */
    significance: z.number(),
  }),
})
export type Legend = z.infer<typeof legend>
