import { BakeoffError, parseFraction } from '@bakeoff/model'
import { didYouMean } from '../parse/problem.js'

/** The rules that make a run fail in CI; null for a rule that is not set. */
export interface GateRules {
  /** throughput may fall by this share against the baseline, 0 to 1 */
  readonly regression: number | null
  /** CPU time per request may grow by this share against the baseline */
  readonly cpu: number | null
  /** share of requests that may fail, 0 to 1 */
  readonly errors: number | null
}

/** The rules about a change, with the figures of each. */
export const CHANGE_RULES = [
  { rule: 'regression', figures: ['throughput', 'capacityPerSecond'] },
  { rule: 'cpu', figures: ['cpuMsPerRequest'] },
] as const

const NAMES = ['regression', 'cpu', 'errors'] as const

/**
 * Reads `regression=5%,errors=0`.
 *
 * @throws BakeoffError BAD_SPEC for an unknown rule or a value that is not a share
 */
export function parseGateRules(text: string): GateRules {
  const rules: Record<(typeof NAMES)[number], number | null> = { regression: null, cpu: null, errors: null }
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim())
    const known = NAMES.find((one) => one === name)
    if (!known) {
      const meant = didYouMean(name, NAMES)
      throw new BakeoffError('BAD_SPEC', `--fail-on has no rule "${name}"`, {
        hint: meant ? `Did you mean "${meant}"?` : `Rules: ${NAMES.join(', ')}`,
      })
    }
    const share = parseFraction(value)
    if (share === null)
      throw new BakeoffError('BAD_SPEC', `--fail-on ${name}=${value}: that is not a share`, {
        hint: `Write it like ${name}=5% or ${name}=0.`,
      })
    rules[known] = share
  }
  return rules
}
