import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildApp } from '../src/app.js'
import { settingsFrom } from '../src/settings.js'

describe('the app', () => {
  const app = buildApp(async () => ({ workers: 1 }))

  const cases = [
    { method: 'GET', url: '/predict', status: 200, body: 'Prediction: Iris-Setosa' },
    { method: 'GET', url: '/predict?sepal_length=5.1', status: 200, body: 'Prediction: Iris-Setosa' },
    { method: 'GET', url: '/health', status: 200, body: '' },
    { method: 'POST', url: '/predict', status: 404 },
    { method: 'GET', url: '/predict/', status: 404 },
    { method: 'GET', url: '/predict/iris', status: 404 },
    { method: 'GET', url: '/', status: 404 },
  ]
  for (const { method, url, status, body } of cases) {
    it(`answers ${status} to ${method} ${url}`, async () => {
      const answer = await app.request(url, { method })
      assert.equal(answer.status, status)
      if (body !== undefined) assert.equal(await answer.text(), body)
    })
  }

  it('says what it is told about itself', async () => {
    assert.deepEqual(await (await app.request('/info')).json(), { workers: 1 })
  })
})

describe('the settings', () => {
  for (const value of ['zero', '0', '-1', '1.5']) {
    it(`refuse CORES=${value}`, () => assert.throws(() => settingsFrom({ CORES: value }), /CORES is/))
  }
})
