import type { Calibration, Certificate, Plan } from '@bakeoff/model'
import { mainConnections } from '../observe/view.js'
import { leastSquares, median } from '../stats/index.js'

/**
 * The certificate of the machine in this run: the canaries of each scenario (the null server at the start of every
 * block), their drift, and the noise floor below which no difference is claimed. Scenarios without a canary are left out.
 */
export function certificatesOf(plan: Plan, calibrations: readonly Calibration[]): Certificate[] {
  return plan.scenarios.flatMap((scenario) => {
    const connections = mainConnections(scenario)
    const canaries = calibrations.filter((each) => each.scenario === scenario.id && each.connections === connections)
    const [first] = canaries
    if (!first) return []
    const inOrder = plan.blocks.flatMap(({ id }) => canaries.find(({ block }) => block === id) ?? [])
    const rates = inOrder.map(({ throughput }) => throughput)
    const centre = median(rates)
    const line = leastSquares(rates.map((rate, index) => [index, rate] as const))
    return [
      {
        scenario: scenario.id,
        connections: first.connections,
        requestBytes: first.requestBytes ?? null,
        answerBytes: first.answerBytes ?? null,
        canaries: inOrder.map(({ block, throughput, limit }) => ({
          block: block ?? '',
          perSecond: throughput,
          limit: limit ?? null,
        })),
        drift: line === null || centre === 0 ? null : (line.slope * (rates.length - 1)) / centre,
        noiseFloor: noiseFloor(rates),
      },
    ]
  })
}

/** The largest relative distance of a canary from the median of all; null for a single canary. */
export function noiseFloor(rates: readonly number[]): number | null {
  if (rates.length < 2) return null
  const centre = median(rates)
  return centre <= 0 ? null : Math.max(...rates.map((rate) => Math.abs(rate / centre - 1)))
}
