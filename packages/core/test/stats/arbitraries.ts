import fc from 'fast-check'

// One seed: a test that fails once in a thousand runs on floating point's last digit helps nobody.
fc.configureGlobal({ seed: 20_260_301 })

/** At least `least` positive values as measurements have them: no zeros, six decades. */
export function sample(least: number, most = 12): fc.Arbitrary<number[]> {
  return fc.array(fc.double({ min: 0.01, max: 10_000, noNaN: true }), { minLength: least, maxLength: most })
}

/** As many pairs of positive values. */
export function pairs(least: number): fc.Arbitrary<[number, number][]> {
  return fc.array(
    fc.tuple(fc.double({ min: 0.1, max: 1000, noNaN: true }), fc.double({ min: 0.1, max: 1000, noNaN: true })),
    {
      minLength: least,
      maxLength: 12,
    },
  )
}
