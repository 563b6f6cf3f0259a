import type { Legend } from '@bakeoff/model'
import { described } from '../figures/define.js'
import { figureRules } from '../figures/index.js'
import { causeRules } from '../judge/causes/index.js'
import { lintRules } from '../judge/lints/index.js'
import { thresholds } from '../thresholds.js'

/** The legend, with which the results explain themselves: the definitions of figures, causes and lints, and the thresholds. */
export function legend(): Legend {
  return {
    figures: figureRules.map(described),
    causes: causeRules.map(({ id, about, because }) => ({ id, about, because })),
    lints: lintRules.map(({ id, description }) => ({ id, about: description })),
    thresholds: {
      agentCpu: thresholds.agent.cpu,
      atCap: thresholds.atCap,
      relevantDifference: thresholds.relevantDifference,
      significance: thresholds.significance,
    },
  }
}
