import { kindOf, type LoadMeasurement, type RepetitionRecord } from '@bakeoff/model'

/**
 * The right answers of a window, each weighted by the share of its duration that lies within; of a batch, the tasks done
 * right. Files from before 2026-12 have no weights, and their counts are of answers that ended within the window.
 */
export function rightAnswers({ batch, window, counts }: Pick<LoadMeasurement, 'batch' | 'window' | 'counts'>): number {
  return batch?.ok ?? window?.weighted.ok ?? counts.ok
}

/** Right answers a second. */
export function rightPerSecond(
  measurement: Pick<LoadMeasurement, 'batch' | 'window' | 'counts' | 'durationMs'>,
): number {
  const ms = measurement.batch?.wallMs ?? measurement.durationMs
  return ms > 0 ? (rightAnswers(measurement) / ms) * 1000 : 0
}

/** The best closed throughput of each of these repetitions, right answers a second; those without a closed load are left out. */
export function bestRates(records: readonly Pick<RepetitionRecord, 'loads'>[]): number[] {
  return records.flatMap(({ loads }) => {
    const rates = loads.flatMap(({ load, measurement }) =>
      kindOf(load).best === 'gives' ? [rightPerSecond(measurement)] : [],
    )
    return rates.length > 0 ? [Math.max(...rates)] : []
  })
}
