/** What requests cost: cores, instances and money, from the CPU time that a request took and prices of the reader's own. */
import { figureOf } from './figure-of.js'
import type { Cell } from './results.js'
import { formatNumber } from './units.js'

export interface Prices {
  /** the load that is to be served */
  readonly perSecond: number
  /** money for a core for an hour */
  readonly perCoreHour: number
  /** money for a GiB of memory for an hour */
  readonly perGibHour: number
  /** the share of their cores that instances are to use on average, 0 to 1 */
  readonly utilisation: number
}

/** Prices until a reader gives others: about those of the large clouds, for a general-purpose machine by the hour. */
export const USUAL_PRICES: Prices = { perSecond: 1000, perCoreHour: 0.04, perGibHour: 0.005, utilisation: 0.6 }

export interface Cost {
  /** cores that the load takes, with room for the utilisation */
  readonly cores: number
  /** whole instances of the measured size */
  readonly instances: number
  /** money for a million requests, of instances that have nothing else to do and no request to spare */
  readonly perMillion: number
  /** its 95 % interval, which is that of the CPU time; null where that has none */
  readonly low: number | null
  readonly high: number | null
}

const GIB = 1024 ** 3

/** The cost of a cell's requests; null where its CPU time or its cap is not known, or its figures do not count. */
export function costOf(cell: Cell, prices: Prices): Cost | null {
  const cpuMs = figureOf(cell, 'cpuMsPerRequest')
  const { caps, memoryPeakBytes } = cell.target
  if (cpuMs === null || caps === null || cell.verdict?.status === 'invalid') return null
  const gibPerCore = (memoryPeakBytes ?? 0) / GIB / caps.cpus
  const perCoreHour = prices.perCoreHour + gibPerCore * prices.perGibHour
  const coreHours = (ms: number) => (ms * 1e6) / 3.6e6 / prices.utilisation
  const money = (ms: number | null) => (ms === null ? null : coreHours(Math.max(0, ms)) * perCoreHour)
  const cores = (prices.perSecond * cpuMs.median) / 1000 / prices.utilisation
  return {
    cores,
    instances: Math.max(1, Math.ceil(cores / caps.cpus)),
    perMillion: coreHours(cpuMs.median) * perCoreHour,
    low: money(cpuMs.low),
    high: money(cpuMs.high),
  }
}

/** Prices as they stand in an address; null where a part is missing or is no positive number. */
export function pricesFrom(text: string, separator: string): Prices | null {
  const [perSecond = Number.NaN, perCoreHour = Number.NaN, perGibHour = Number.NaN, utilisation = Number.NaN] = text
    .split(separator)
    .map(Number)
  return validPrices({ perSecond, perCoreHour, perGibHour, utilisation })
}

/** Prices that can be computed with; null where one is not positive (memory may cost nothing), or cores are to be used beyond their whole. */
export function validPrices(prices: Prices): Prices | null {
  const { perSecond, perCoreHour, perGibHour, utilisation } = prices
  const isValid = perSecond > 0 && perCoreHour > 0 && perGibHour >= 0 && utilisation > 0 && utilisation <= 1
  return isValid ? prices : null
}

/** The parts of prices, in the order in which an address has them. */
export function partsOfPrices({ perSecond, perCoreHour, perGibHour, utilisation }: Prices): number[] {
  return [perSecond, perCoreHour, perGibHour, utilisation]
}

/** Money in an amount that a reader can grasp: `$0.0123`. */
export function moneyWords(value: number): string {
  return `$${formatNumber(value)}`
}
