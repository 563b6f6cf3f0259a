/** A value of an entry in a block. */
export interface BlockValue {
  /** from 0 */
  readonly entry: number
  readonly block: string
  readonly value: number
}

/** The fit of the model: the effects of entries, and how much of each value is left to its own error. */
export interface BlockFit {
  /** by entry: Σ residual² of its values, and the degrees of freedom that they have */
  readonly spread: readonly { readonly squares: number; readonly df: number }[]
  /** the degrees of freedom of all residuals */
  readonly df: number
  /**
   * The effect of one entry − that of another; null where no chain of common blocks joins the two.
   * `shares`, by entry: the variance of the difference is Σ shares × the entry's variance.
   */
  readonly contrast: (of: number, to: number) => Contrast | null
}

export interface Contrast {
  readonly difference: number
  readonly shares: readonly number[]
}

/**
 * Fits randomised blocks with cells missing: value = entry + block + error, by least squares. Blocks are eliminated first, which
 * leaves as many equations as there are entries (the intra-block analysis, Yates 1940). In a table without gaps a
 * difference is that of two means, and a share is 1 ÷ blocks.
 *
 * @param count entries, from 0 to count − 1
 */
export function fitBlocks(values: readonly BlockValue[], count: number): BlockFit {
  const blocks = blocksOf(values)
  const part = partsOf(blocks, count)
  const inverse = informationInverse(blocks, part, count)
  const meanOf = (block: readonly BlockValue[], of: (value: BlockValue) => number) =>
    block.reduce((sum, each) => sum + of(each), 0) / block.length

  const adjusted = new Array<number>(count).fill(0)
  for (const block of blocks) {
    const mean = meanOf(block, ({ value }) => value)
    for (const { entry, value } of block) adjusted[entry]! += value - mean
  }
  const effects = inverse.map((row) => dot(row, adjusted))

  const spread = Array.from({ length: count }, () => ({ squares: 0, df: 0 }))
  for (const block of blocks) {
    const level = meanOf(block, ({ entry, value }) => value - effects[entry]!)
    for (const { entry, value } of block) {
      const own = spread[entry]!
      own.squares += (value - effects[entry]! - level) ** 2
      own.df += 1 - leverage(entry, block, inverse)
    }
  }

  return {
    spread,
    df: spread.reduce((sum, { df }) => sum + df, 0),
    contrast: (of, to) => {
      if (part[of] !== part[to]) return null
      const weights = inverse.map((row) => row[of]! - row[to]!)
      const shares = new Array<number>(count).fill(0)
      for (const block of blocks) {
        const mean = meanOf(block, ({ entry }) => weights[entry]!)
        for (const { entry } of block) shares[entry]! += (weights[entry]! - mean) ** 2
      }
      return { difference: effects[of]! - effects[to]!, shares }
    },
  }
}

function blocksOf(values: readonly BlockValue[]): (readonly BlockValue[])[] {
  const blocks = new Map<string, BlockValue[]>()
  for (const value of values) {
    const block = blocks.get(value.block)
    if (block) block.push(value)
    else blocks.set(value.block, [value])
  }
  return [...blocks.values()]
}

/** The parts of the design, by entry: entries that a chain of common blocks joins belong to the same part. */
function partsOf(blocks: readonly (readonly BlockValue[])[], count: number): number[] {
  const part = Array.from({ length: count }, (_, index) => index)
  for (const block of blocks) {
    const joined = new Set(block.map(({ entry }) => part[entry]!))
    const least = Math.min(...joined)
    for (let entry = 0; entry < count; entry++) if (joined.has(part[entry]!)) part[entry] = least
  }
  return part
}

/**
 * A generalised inverse of diag(values of each entry) − N diag(1 ÷ size of each block) Nᵀ. Each part of the design has one
 * direction of which blocks know nothing, its mean: adding it makes the matrix regular and changes no difference.
 */
function informationInverse(
  blocks: readonly (readonly BlockValue[])[],
  part: readonly number[],
  count: number,
): number[][] {
  const matrix = Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (_, column) => (part[row] === part[column] ? 1 / count : 0)),
  )
  for (const block of blocks) {
    for (const a of block) {
      matrix[a.entry]![a.entry]! += 1
      for (const b of block) matrix[a.entry]![b.entry]! -= 1 / block.length
    }
  }
  return inverseOf(matrix)
}

/** The share of a fitted value that comes from that value itself: 1 where no other value says anything about it. */
function leverage(entry: number, block: readonly BlockValue[], inverse: readonly (readonly number[])[]): number {
  const size = block.length
  const row = inverse[entry]!
  let [own, all] = [0, 0]
  for (const a of block) {
    own += row[a.entry]!
    for (const b of block) all += inverse[a.entry]![b.entry]!
  }
  return 1 / size + row[entry]! - (2 * own) / size + all / size ** 2
}

/** The inverse of a symmetric positive definite matrix, by Gauss and Jordan's elimination. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))])
  for (let pivot = 0; pivot < size; pivot++) {
    const own = rows[pivot]!
    const by = own[pivot]!
    for (let column = 0; column < 2 * size; column++) own[column]! /= by
    for (const [index, row] of rows.entries()) {
      const times = row[pivot]!
      if (index === pivot || times === 0) continue
      for (let column = 0; column < 2 * size; column++) row[column]! -= times * own[column]!
    }
  }
  return rows.map((row) => row.slice(size))
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}
