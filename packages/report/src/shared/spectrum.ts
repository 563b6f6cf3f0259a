import type { Cell } from '@bakeoff/model'

/** The spectrum with its percentiles from 0 to 100, whichever way they are written (0.99 or 99). */
export function percentSpectrum({ spectrum }: Pick<Cell, 'spectrum'>): Cell['spectrum'] {
  const asShares = spectrum.length > 0 && spectrum.every(({ percentile }) => percentile <= 1)
  return asShares ? spectrum.map((point) => ({ ...point, percentile: point.percentile * 100 })) : spectrum
}
