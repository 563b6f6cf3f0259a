/** By a float32's exponent, the power of ten below which a rounding cannot make another float32 of it; 0: no power of ten is exact. */
const SCALES = Float64Array.from({ length: 256 }, (_, exponent) => {
  // Its neighbours are 2 ** (exponent - 150) away, or half of that where it is a power of two.
  const digits = Math.ceil((151 - exponent) * Math.log10(2))
  return exponent === 0 || digits < 0 || digits > 22 ? 0 : Number(`1e${digits}`)
})

/**
 * The JSON of float32s with as few digits as tell them apart, or one more. As the doubles that they are to JavaScript they would
 * be written with 17 digits each, of which eight are the conversion's.
 */
export function jsonOf(floats) {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
  const rounded = new Array(floats.length)
  for (let i = 0; i < floats.length; i++) {
    const scale = SCALES[(bits[i] >>> 23) & 255]
    rounded[i] = scale === 0 ? floats[i] : Math.round(floats[i] * scale) / scale
  }
  return JSON.stringify(rounded)
}
