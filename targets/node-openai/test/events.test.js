import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventReader } from '../src/events.js'

function read(pieces) {
  const events = []
  const reader = new EventReader((data) => events.push(data))
  for (const piece of pieces) reader.push(piece)
  return events
}

for (const [name, text, expected] of [
  ['events', 'data: a\n\ndata: b\n\n', ['a', 'b']],
  ['carriage returns', 'data: a\r\rdata: b\r\r', ['a', 'b']],
  ['both', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
  ['no space', 'data:a\n\n', ['a']],
  ['two spaces', 'data:  a\n\n', [' a']],
  ['lines', 'data: a\ndata: b\n\n', ['a\nb']],
  ['an empty line of data', 'data:\n\n', ['']],
  ['other fields', ': hello\nevent: x\nid: 1\nretry: 5\ndata: a\ndatax: b\n\n', ['a']],
  ['an event without data', 'event: x\n\n\n\n', []],
  ['an event that does not end', 'data: a\n', []],
  ['letters of several bytes', 'data: é数🌍\n\n', ['é数🌍']],
]) {
  test(`${name}, in one piece`, () => assert.deepEqual(read([Buffer.from(text)]), expected))
  test(`${name}, a byte at a time`, () =>
    assert.deepEqual(read(Array.from(Buffer.from(text), (byte) => Buffer.of(byte))), expected))
  test(`${name}, cut in two anywhere`, () => {
    const bytes = Buffer.from(text)
    for (let cut = 0; cut <= bytes.length; cut++)
      assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), expected)
  })
}
