const HEADER_BYTES = 20
const ELEMENT_BYTES = 8
const FLOAT4 = 700

/**
 * Writes a `real[]`, as the bytes of PostgreSQL's wire, where the model reads it. They are big-endian words: dimensions, a flag for
 * nulls, the elements' type, length and lower bound of each dimension, then every element behind its own length.
 *
 * @param into a Float32Array, which gets `count` elements from `at` on
 * @throws when the array is another
 */
export function readReals(wire, into, at, count) {
  const words = new DataView(wire.buffer, wire.byteOffset, wire.length)
  const fits = wire.length === HEADER_BYTES + ELEMENT_BYTES * count
  if (!fits || words.getInt32(0) !== 1 || words.getInt32(4) !== 0 || words.getInt32(8) !== FLOAT4)
    throw new Error(`features is not a real[${count}]`)
  const first = HEADER_BYTES + 4
  for (let i = 0; i < count; i++) into[at + i] = words.getFloat32(first + i * ELEMENT_BYTES)
}
