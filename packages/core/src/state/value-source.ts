import type { ValueSpec } from '@bakeoff/model'
import { createRandom } from '../stats/random.js'

/** The numbers that counters give: the first one is added to where each begins, then each next is so much greater. */
export interface Numbers {
  readonly first: number
  readonly step: number
}

/** What values are made with. */
export interface ValueTools {
  readonly seed: number
  readonly numbers: Numbers
  /** the values of secrets, by their variables */
  readonly secrets: Readonly<Record<string, string>>
}

/**
 * Makers of values by their keys. Each key has random numbers of its own, so the n-th value of a key is the same
 * whatever else is asked for in between. Captured values are not made, and have no maker.
 */
export function valueMakers(
  values: Readonly<Record<string, ValueSpec>>,
  tools: ValueTools,
): ReadonlyMap<string, () => string> {
  return new Map(
    Object.entries(values).flatMap(([key, value], index) => {
      const maker = makerOf(value, { ...tools, seed: tools.seed * 4099 + index })
      return maker === null ? [] : [[key, maker] as const]
    }),
  )
}

function makerOf(value: ValueSpec, { seed, numbers, secrets }: ValueTools): (() => string) | null {
  switch (value.kind) {
    case 'counter': {
      let next = value.from + numbers.first
      return () => {
        const number = next
        next += numbers.step
        return String(number)
      }
    }
    case 'pick': {
      const random = createRandom(seed)
      const { items } = value
      return () => items[random.int(items.length)] as string
    }
    case 'between': {
      const random = createRandom(seed)
      const count = value.most - value.least + 1
      return () => String(value.least + random.int(count))
    }
    case 'secret': {
      const secret = secrets[value.variable] ?? ''
      return () => secret
    }
    case 'captured':
      return null
  }
}
