import { type BlockValue, fitBlocks } from './block-model.js'
import { moderatedVariances, satterthwaite, type VarianceEstimate } from './moderated-variances.js'
import { studentizedRangeP, studentizedRangeQuantile } from './studentized-range.js'
import { mean, variance } from './summary.js'

/** An observation of a figure in one repetition, above 0. Values of one block were measured one after the other; null: in no block. */
export interface Observation {
  readonly value: number
  readonly block: string | null
  /** the step in which it counts, relative: 1 ÷ answers of a rate; absent: none */
  readonly quantum?: number
}

/** A difference of logarithms, with its standard error and the degrees of freedom behind that. */
export interface LogDifference {
  readonly log: number
  readonly error: number
  readonly df: number
  /** entries among which all pairs are compared; 2: this pair alone */
  readonly among: number
  readonly method: string
}

/**
 * All pairs among several entries, on logarithms: log value = entry + block + error in randomised blocks, with moderated
 * variances of each entry and Satterthwaite's degrees of freedom. Two entries that no chain of common blocks joins are compared
 * by Welch (1947).
 *
 * @returns a function of two different entries; it gives null where one has a single value, or where no degree of freedom is left
 *          from which an error could be known
 */
export function allPairs(
  entries: readonly (readonly Observation[])[],
): (of: number, to: number) => LogDifference | null {
  const inBlocks = entries.flatMap((values, entry): BlockValue[] =>
    values.flatMap(({ value, block }) => (block === null ? [] : [{ entry, block, value: logOf(value) }])),
  )
  const fit = fitBlocks(inBlocks, entries.length)
  const variances = moderatedVariances(fit.spread, entries.map(quantumVariance))
  const blocks = sharedBlocks(inBlocks)
  // Entries with one value are compared with no other, and do not widen the intervals of the others.
  const among = Math.max(2, entries.filter(({ length }) => length > 1).length)
  return (of, to) => {
    if (entries[of]!.length < 2 || entries[to]!.length < 2) return null
    const contrast = fit.df > 0.5 ? fit.contrast(of, to) : null
    if (contrast === null) return { ...welch(entries[of]!, entries[to]!), among }
    const parts = contrast.shares.map((share, entry) => ({ share, of: variances[entry] as VarianceEstimate }))
    return {
      log: contrast.difference,
      error: Math.sqrt(parts.reduce((sum, { share, of: { variance } }) => sum + share * variance, 0)),
      df: satterthwaite(
        parts.filter(({ share }) => share > 0),
        fit.df,
      ),
      among,
      method:
        among === 2
          ? `paired within ${blocks} blocks, Student t on logs`
          : `${among} targets in ${blocks} blocks on logs, moderated variances, Tukey–Kramer`,
    }
  }
}

/** Half the width of the interval that holds the true differences of all pairs at once with this confidence (Tukey 1953, Kramer 1956). */
export function halfWidth({ error, df, among }: LogDifference, confidence: number): number {
  return error === 0 ? 0 : (error * studentizedRangeQuantile(confidence, among, df)) / Math.SQRT2
}

/** The p value of no difference, for all pairs at once: below 1 − confidence exactly where the interval leaves 0 out. */
export function pairP({ log, error, df, among }: LogDifference): number {
  if (error === 0) return log === 0 ? 1 : 0
  return studentizedRangeP((Math.abs(log) / error) * Math.SQRT2, among, df)
}

/** The blocks that compare something: those with at least two values. */
function sharedBlocks(values: readonly BlockValue[]): number {
  const sizes = new Map<string, number>()
  for (const { block } of values) sizes.set(block, (sizes.get(block) ?? 0) + 1)
  return [...sizes.values()].filter((size) => size > 1).length
}

function welch(of: readonly Observation[], to: readonly Observation[]): Omit<LogDifference, 'among'> {
  const parts = [of, to].map((values) => ({
    share: 1 / values.length,
    of: {
      variance: Math.max(variance(values.map(({ value }) => logOf(value))), quantumVariance(values)),
      df: values.length - 1,
    },
  }))
  return {
    log: mean(of.map(({ value }) => logOf(value))) - mean(to.map(({ value }) => logOf(value))),
    error: Math.sqrt(parts.reduce((sum, { share, of: { variance } }) => sum + share * variance, 0)),
    df: parts.every(({ of: { variance } }) => variance === 0) ? of.length + to.length - 2 : satterthwaite(parts),
    method: `Welch's t on logs, ${of.length} and ${to.length} repetitions`,
  }
}

/** The variance that comes from a value's being one quantum off. */
function quantumVariance(values: readonly Observation[]): number {
  return values.length === 0 ? 0 : mean(values.map(({ quantum = 0 }) => quantum ** 2))
}

function logOf(value: number): number {
  if (!(value > 0)) throw new RangeError(`a ratio on logarithms needs positive values, not ${value}`)
  return Math.log(value)
}
