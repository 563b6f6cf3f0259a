import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonOf } from '../src/floats.js'

test('floats are written with nine digits at most', () => {
  assert.equal(jsonOf(Float32Array.of(0.1, -0.25, 0, 1, 0.03285982)), '[0.100000001,-0.25,0,1,0.032859821]')
})

test('what is read again is the same float', () => {
  const bits = new Uint32Array(20_000)
  let state = 1
  for (let i = 0; i < bits.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bits[i] = state
  }
  // Everything but infinities and what is no number, powers of two among them.
  const floats = new Float32Array(bits.buffer).filter(Number.isFinite)
  for (let power = -149; power < 128; power++) floats[power + 149] = 2 ** power
  assert.deepEqual(Float32Array.from(JSON.parse(jsonOf(floats))), floats)
})

test('a view into a larger buffer is read where it begins', () => {
  assert.equal(jsonOf(Float32Array.of(1, 2, 3).subarray(1)), '[2,3]')
})
