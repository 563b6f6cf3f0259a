import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batcher } from '../src/batcher.js'

/** Embeds a text as its length, a turn of the event loop later, and keeps what came together. */
class FakeEmbedder {
  batches = []

  async embed(texts) {
    this.batches.push(texts)
    await new Promise(setImmediate)
    if (texts.includes('bad')) throw new Error('no')
    return texts.map((text) => ({ values: [text.length], truncatedTo: null }))
  }
}

const valuesOf = async (answers) => (await Promise.all(answers)).map(({ values }) => values[0])

test('what arrives while the model is busy is one batch, up to the largest', async () => {
  const embedder = new FakeEmbedder()
  const batcher = new Batcher([embedder], 3)
  const answers = ['a', 'bb', 'ccc', 'dddd', 'eeeee'].map((text) => batcher.embed(text))
  assert.deepEqual(await valuesOf(answers), [1, 2, 3, 4, 5])
  assert.deepEqual(embedder.batches, [['a'], ['bb', 'ccc', 'dddd'], ['eeeee']])
})

test('a batch of one is one text at a time', async () => {
  const embedder = new FakeEmbedder()
  const batcher = new Batcher([embedder], 1)
  await valuesOf(['a', 'bb', 'ccc'].map((text) => batcher.embed(text)))
  assert.deepEqual(embedder.batches, [['a'], ['bb'], ['ccc']])
})

test('a model that failed is given the next batch', async () => {
  const batcher = new Batcher([new FakeEmbedder()], 8)
  const [first, second, third] = ['bad', 'bad', 'good'].map((text) => batcher.embed(text))
  await assert.rejects(first, /no/)
  await assert.rejects(second, /no/)
  await assert.rejects(third, /no/) // it was in the batch
  assert.deepEqual(await valuesOf([batcher.embed('good')]), [4])
})

test('two embedders have a batch each', async () => {
  const embedders = [new FakeEmbedder(), new FakeEmbedder()]
  const batcher = new Batcher(embedders, 2)
  const answers = ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff'].map((text) => batcher.embed(text))
  assert.deepEqual(await valuesOf(answers), [1, 2, 3, 4, 5, 6])
  assert.deepEqual(embedders.flatMap(({ batches }) => batches).sort(), [['a'], ['bb'], ['ccc', 'dddd'], ['eeeee', 'ffffff']])
})
