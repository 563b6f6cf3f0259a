import type { Estimate, Figure, Figures } from './figure.js'

type HasFigures = { readonly figures: Figures }

/** A figure of a cell or an entry over its repetitions; null where it is not known. */
export function figureOf(of: HasFigures | null | undefined, id: string): Estimate | null {
  return of?.figures[id] ?? null
}

/** Its median over repetitions; null where it is not known. */
export function typicalOf(of: HasFigures | null | undefined, id: string): number | null {
  return figureOf(of, id)?.median ?? null
}

/** The one number that stands for all repetitions. */
export function shownValue({ shows }: Pick<Figure, 'shows'>, { median, values }: Estimate): number {
  return shows === 'highest' ? Math.max(...values) : median
}
