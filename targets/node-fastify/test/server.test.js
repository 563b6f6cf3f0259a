import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildServer } from '../src/server.js'
import { settingsFrom } from '../src/settings.js'

describe('the server', () => {
  const app = buildServer()

  const cases = [
    { method: 'GET', url: '/predict', status: 200, body: 'Prediction: Iris-Setosa' },
    { method: 'GET', url: '/predict?sepal_length=5.1', status: 200, body: 'Prediction: Iris-Setosa' },
    { method: 'GET', url: '/health', status: 200, body: '' },
    { method: 'POST', url: '/predict', status: 404 },
    { method: 'GET', url: '/predict/iris', status: 404 },
    { method: 'GET', url: '/', status: 404 },
  ]
  for (const { method, url, status, body } of cases) {
    it(`answers ${status} to ${method} ${url}`, async () => {
      const answer = await app.inject({ method, url })
      assert.equal(answer.statusCode, status)
      if (body !== undefined) assert.equal(answer.body, body)
    })
  }

  it('counts itself when there is no cluster, and names its fastify', async () => {
    const info = (await app.inject('/info')).json()
    assert.equal(info.workers, 1)
    assert.equal(info.versions.fastify, app.version)
  })
})

describe('the settings', () => {
  for (const value of ['zero', '0', '-1', '1.5']) {
    it(`refuse CORES=${value}`, () => assert.throws(() => settingsFrom({ CORES: value }), /CORES is/))
  }
})
