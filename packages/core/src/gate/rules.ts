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
  /** every cell keeps the service level that is asked for at its rate; absent: the rule is not set */
  readonly slo?: true
}

/** The rules about a change, with the figures of each. */
export const CHANGE_RULES = [
  { rule: 'regression', figures: ['throughput', 'capacityPerSecond'] },
  { rule: 'cpu', figures: ['cpuMsPerRequest'] },
] as const

const SHARES = ['regression', 'cpu', 'errors'] as const
const NAMES = [...SHARES, 'slo'] as const

/**
 * Reads `regression=5%,errors=0`, `slo`.
 *
 * @throws BakeoffError BAD_SPEC for an unknown rule or a value that is not a share
 */
export function parseGateRules(text: string): GateRules {
  const rules: Record<(typeof SHARES)[number], number | null> = { regression: null, cpu: null, errors: null }
  let slo = false
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim())
    const known = NAMES.find((one) => one === name)
    if (!known) {
      const meant = didYouMean(name, NAMES)
      throw new BakeoffError('BAD_SPEC', `--fail-on has no rule "${name}"`, {
        hint: meant ? `Did you mean "${meant}"?` : `Rules: ${NAMES.join(', ')}`,
      })
    }
    if (known === 'slo') {
      if (value !== '')
        throw new BakeoffError('BAD_SPEC', `--fail-on ${part.trim()}: the rule slo has no value`, {
          hint: 'Write --fail-on slo. The level stands in --slo p99=30ms@200/s, or in the scenario.',
        })
      slo = true
      continue
    }
    const share = parseFraction(value)
    if (share === null)
      throw new BakeoffError('BAD_SPEC', `--fail-on ${name}=${value}: that is not a share`, {
        hint: `Write it like ${name}=5% or ${name}=0.`,
      })
    rules[known] = share
  }
  return slo ? { ...rules, slo } : rules
}
