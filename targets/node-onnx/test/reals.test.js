import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readReals } from '../src/reals.js'

/** A `real[]` as PostgreSQL sends it, somewhere inside a larger buffer, as pg gives it. */
function wire(values, { dimensions = 1, nulls = 0, type = 700 } = {}) {
  const before = 3
  const words = Buffer.alloc(before + 20 + 8 * values.length)
  for (const [i, word] of [dimensions, nulls, type, values.length, 1].entries()) words.writeInt32BE(word, before + 4 * i)
  for (const [i, value] of values.entries()) {
    words.writeInt32BE(4, before + 20 + 8 * i)
    words.writeFloatBE(value, before + 24 + 8 * i)
  }
  return words.subarray(before)
}

test('elements are read bit for bit, to where they belong', () => {
  const into = new Float32Array(5)
  readReals(wire([0.5, -1, 2 ** -149]), into, 1, 3)
  assert.deepEqual([...into], [0, 0.5, -1, 2 ** -149, 0])
})

for (const [name, bytes] of [
  ['another length', wire([1, 2])],
  ['two dimensions', wire([1, 2, 3], { dimensions: 2 })],
  ['a null', wire([1, 2, 3], { nulls: 1 })],
  ['another type', wire([1, 2, 3], { type: 701 })],
  ['nothing', Buffer.alloc(0)],
]) {
  test(`an array with ${name} is an error`, () => {
    assert.throws(() => readReals(bytes, new Float32Array(3), 0, 3), /features is not a real\[3\]/)
  })
}
