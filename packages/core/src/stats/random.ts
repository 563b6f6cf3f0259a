/** A stream of pseudo-random numbers that its seed determines entirely: the same seed gives the same plan and interval. */
export interface Random {
  /** uniform in [0, 1), 32 bits of it */
  next(): number
  /** uniform integer in [0, below) */
  int(below: number): number
  /** normal with mean 0 and standard deviation 1 */
  normal(): number
  /** exponential with mean 1 */
  exponential(): number
  /** a shuffled copy; every order is equally likely */
  shuffle<T>(items: readonly T[]): T[]
}

/**
 * xoshiro128** (Blackman & Vigna, "Scrambled linear pseudorandom number generators", 2018), its state filled from the
 * seed by SplitMix32, as its authors advise. Not for secrets.
 *
 * @param seed any integer; its lowest 32 bits count
 */
export function createRandom(seed: number): Random {
  return randomFrom(splitMix32(seed))
}

/** A generator that starts from this state: four 32-bit words, not all zero. */
export function randomFrom(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state.map((word) => word >>> 0) as [number, number, number, number]
  const word = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return result
  }
  const next = () => word() / 2 ** 32
  const int = (below: number) => Math.floor(next() * below)
  return {
    next,
    int,
    // Box & Muller (1958); 1 - next() is never 0, so the logarithm is finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    exponential: () => -Math.log(1 - next()),
    shuffle: (items) => {
      // Fisher & Yates, in Durstenfeld's form.
      const shuffled = [...items]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const chosen = int(last + 1)
        ;[shuffled[last], shuffled[chosen]] = [shuffled[chosen]!, shuffled[last]!]
      }
      return shuffled
    },
  }
}

function splitMix32(seed: number): [number, number, number, number] {
  let state = seed | 0
  const word = () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  return [word(), word(), word(), word()]
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
