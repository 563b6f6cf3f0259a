/** Costs as a table shows them, on the server and in the page. */
import { type Cost, moneyWords, type Prices, USUAL_PRICES } from '@bakeoff/model'
import { formatFactor, formatNumber } from './format.js'

/** The fields of a cost by the name that a table's cell carries: a text, and what stands small below it. */
export function costFields(cost: Cost, cheapest: number): Readonly<Record<CostField, readonly [string, string?]>> {
  const { cores, instances, perMillion, low, high } = cost
  return {
    cores: [formatNumber(cores)],
    instances: [formatNumber(instances)],
    money: [
      moneyWords(perMillion),
      low !== null && high !== null ? `${moneyWords(low)}–${moneyWords(high)}` : 'no interval',
    ],
    factor: [cheapest > 0 ? formatFactor(perMillion / cheapest) : '–'],
  }
}

export type CostField = 'cores' | 'instances' | 'money' | 'factor'

/** The prices in a sentence. */
export function pricesWords({ perSecond, perCoreHour, perGibHour, utilisation }: Prices = USUAL_PRICES): string {
  return `${formatNumber(perSecond)} requests/s, ${pricesOf({ perCoreHour, perGibHour, utilisation })}`
}

/** Those by which a million requests have their cost, whatever the load. */
export function pricesOf({ perCoreHour, perGibHour, utilisation }: Omit<Prices, 'perSecond'>): string {
  return `$${perCoreHour} for a core and $${perGibHour} for a GiB of memory an hour, cores ${formatNumber(utilisation * 100)} % used`
}
