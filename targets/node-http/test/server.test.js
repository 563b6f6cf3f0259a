import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { buildServer } from '../src/server.js'
import { settingsFrom } from '../src/settings.js'

describe('the server', () => {
  const server = buildServer()
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'))
  after(() => server.close())
  const ask = (path, method = 'GET') => fetch(`http://127.0.0.1:${server.address().port}${path}`, { method })

  const cases = [
    { method: 'GET', path: '/predict', status: 200, body: 'Prediction: Iris-Setosa' },
    { method: 'GET', path: '/predict?sepal_length=5.1', status: 200, body: 'Prediction: Iris-Setosa' },
    { method: 'GET', path: '/health', status: 200, body: '' },
    { method: 'POST', path: '/predict', status: 405 },
    { method: 'GET', path: '/predict/iris', status: 404 },
    { method: 'GET', path: '/', status: 404 },
  ]
  for (const { method, path, status, body } of cases) {
    it(`answers ${status} to ${method} ${path}`, async () => {
      const answer = await ask(path, method)
      assert.equal(answer.status, status)
      if (body !== undefined) assert.equal(await answer.text(), body)
    })
  }

  it('counts itself when there is no cluster', async () => {
    const info = await (await ask('/info')).json()
    assert.equal(info.workers, 1)
    assert.equal(info.languageVersion, process.versions.node)
  })
})

describe('the settings', () => {
  for (const value of ['zero', '0', '-1', '1.5']) {
    it(`refuse CORES=${value}`, () => assert.throws(() => settingsFrom({ CORES: value }), /CORES is/))
  }
})
