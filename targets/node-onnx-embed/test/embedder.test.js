import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Embedder } from '../src/embedder.js'
import { runsOf } from '../src/runs.js'

for (const [name, lengths, expected] of [
  ['nothing', [], []],
  ['only texts without tokens', [0, 0], []],
  ['one text', [9], [[0]]],
  ['a text without tokens between others', [12, 0, 10], [[2, 0]]],
  ['a long text is computed apart', [256, 10, 10, 11], [[1, 2, 3], [0]]],
  ['a quarter of padding', [6, 12], [[0, 1]]],
  ['more than a quarter of padding', [4, 10], [[0], [1]]],
  ['padding that is cheaper than a run', [93, 100], [[0, 1]]],
  ['padding that is dearer than a run', [91, 100], [[0], [1]]],
  ['not as many as fit, where that costs', [20, 20, 20, 24, 24, 24], [[0, 1, 2], [3, 4, 5]]],
  ['at most a thousand tokens', [256, 256, 256, 256, 256, 255], [[5, 0, 1, 2], [3, 4]]],
]) {
  test(`runs: ${name}`, () => {
    const runs = runsOf(lengths)
    const longest = (run) => Math.max(...run.map((index) => lengths[index]))
    assert.deepEqual(runs, expected)
    for (const run of runs) assert.ok(run.length === 1 || run.length * longest(run) <= 1024)
  })
}

/** A text is its tokens; `!` is cut to one. */
const tokens = {
  encode: (text) => ({
    ids: text ? Array.from(text, (character) => character.charCodeAt(0)) : null,
    truncatedTo: text === '!' ? 1 : null,
  }),
}

/** Embeds a text as the sum and the number of its tokens, and keeps the shapes it was run with. */
class FakeSession {
  shapes = []

  async run({ input_ids: ids, attention_mask: mask }) {
    const [rows, columns] = ids.dims
    this.shapes.push(ids.dims)
    assert.deepEqual(mask.dims, ids.dims)
    const data = new Float32Array(rows * 2)
    for (let at = 0; at < rows * columns; at++) {
      if (mask.data[at] === 0n) assert.equal(ids.data[at], 0n)
      const row = 2 * Math.floor(at / columns)
      data[row] += Number(ids.data[at])
      data[row + 1] += Number(mask.data[at])
    }
    return { embedding: { data } }
  }
}

test('each text has its own embedding, in order, whatever it was run with', async () => {
  const session = new FakeSession()
  const embeddings = await new Embedder(tokens, session).embed(['AAAAAAAA', '', 'BBBBBB', '!'])
  assert.deepEqual(
    embeddings.map(({ values, truncatedTo }) => [values && [...values], truncatedTo]),
    [
      [[8 * 65, 8], null],
      [null, null],
      [[6 * 66, 6], null],
      [[33, 1], 1],
    ],
  )
  assert.deepEqual(session.shapes, [
    [1, 1],
    [2, 8],
  ])
})

test('texts without tokens are not run', async () => {
  const session = new FakeSession()
  assert.deepEqual(await new Embedder(tokens, session).embed(['']), [{ values: null, truncatedTo: null }])
  assert.deepEqual(session.shapes, [])
})
