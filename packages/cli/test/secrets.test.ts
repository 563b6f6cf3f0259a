/** Secrets of requests: read from the environment, and in no file of a run. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Catalogue, hiderOf } from '@bakeoff/core'
import { BakeoffError, type StateSpec } from '@bakeoff/model'
import { Run, runPlan } from '@bakeoff/runner'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anEntry, aPlan, fakePorts, imageOf, materials } from '../../runner/test/builders.js'
import { RunFolder } from '../src/run-folder.js'
import { hiddenError, hidingSink, readSecrets } from '../src/secrets.js'

const TOKEN = 'open "sesame"'
const YAML = `services:
  target: { image: "\${TARGET_IMAGE}", cpus: 1, mem_limit: 512m }
x-scenario:
  summary: s
  requests: r.ndjson
  expect: { golden: g.ndjson, compare: exact }
  values:
    token: { secret: ORDERS_TOKEN }
  load: { closed: [1] }
`
const state: StateSpec = {
  values: { token: { kind: 'secret', variable: 'ORDERS_TOKEN' } },
  traffic: null,
  before: [],
  after: [],
}
const catalogue = { scenarios: [{ id: 'orders', file: 'compose/orders.yaml', state }] } as unknown as Catalogue
const plan = { scenarios: [{ id: 'orders' }] } as unknown as Parameters<typeof readSecrets>[2]

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bakeoff-secrets-'))
  mkdirSync(join(root, 'compose'))
  writeFileSync(join(root, 'compose/orders.yaml'), YAML)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('readSecrets', () => {
  it.each([
    { because: 'is not set', env: {}, says: 'the variable ORDERS_TOKEN is not set', hint: 'ORDERS_TOKEN=… npm run' },
    { because: 'is too short to be hidden', env: { ORDERS_TOKEN: 'abc' }, says: 'has 3 characters', hint: 'Give it 6' },
  ])('says where a variable is wanted that $because', ({ env, says, hint }) => {
    let error: unknown
    try {
      readSecrets({ root }, catalogue, plan, env)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(BakeoffError)
    const { message } = error as BakeoffError
    expect(message).toContain('compose/orders.yaml:8:22: ')
    for (const text of [says, hint, '^']) expect(message).toContain(text)
  })

  it.each([
    { because: 'is a word of records', value: 'measured' },
    { because: 'stands in the plan, as in the environment of a target', value: 'of-the-plan' },
  ])('refuses a value that $because, which could not be hidden without spoiling them', ({ value }) => {
    const told = {
      ...plan,
      scenarios: [{ id: 'orders', targetEnvironment: { TOKEN: 'of-the-plan' } }],
    } as unknown as typeof plan
    expect(() => readSecrets({ root }, catalogue, told, { ORDERS_TOKEN: value })).toThrow(
      'the value of ORDERS_TOKEN stands in the plan of this run',
    )
  })

  it('has the values of all that are set', () =>
    expect(readSecrets({ root }, catalogue, plan, { ORDERS_TOKEN: TOKEN, OTHER: 'x' }).values).toEqual({
      ORDERS_TOKEN: TOKEN,
    }))
})

describe('a run with a secret', () => {
  it('has it in no file, though the target logs it and answers with it', async () => {
    const secrets = { values: { ORDERS_TOKEN: TOKEN }, hide: hiderOf({ ORDERS_TOKEN: TOKEN }) }
    const spellings = [
      TOKEN,
      encodeURIComponent(TOKEN),
      JSON.stringify(TOKEN).slice(1, -1),
      Buffer.from(TOKEN).toString('base64'),
    ]
    const log = spellings.map((spelling) => `GET /orders token=${spelling}`)
    const ports = fakePorts({
      log,
      wrongAnswers: [imageOf('bad')],
      info: { [imageOf('good')]: { body: JSON.stringify({ token: TOKEN }) } },
    })
    const folder = RunFolder.create(root, '20260101-000000')
    const measured = aPlan([anEntry('good'), anEntry('bad')])
    await folder.writePlan(JSON.stringify(measured))
    const run = new Run({
      plan: measured,
      materials,
      ports: { ...ports, sink: hidingSink(folder, secrets) },
      signal: new AbortController().signal,
    })
    await runPlan(run, { records: [], calibrations: [] })

    const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    expect(texts.join('\n')).toContain('token=***')
    for (const spelling of spellings) for (const text of texts) expect(text).not.toContain(spelling)
  })

  it('has it in no error that ends the run', () => {
    const secrets = { values: { ORDERS_TOKEN: TOKEN }, hide: hiderOf({ ORDERS_TOKEN: TOKEN }) }
    const error = new BakeoffError('TARGET_DIED', `died of ${TOKEN}`, { hint: `not ${TOKEN}`, logTail: [TOKEN] })
    const hidden = hiddenError(error, secrets) as BakeoffError
    expect(hidden).toMatchObject({ code: 'TARGET_DIED', message: 'died of ***', hint: 'not ***', logTail: ['***'] })
    const bug = new TypeError('a bug')
    expect(hiddenError(bug, secrets)).toBe(bug)
  })
})
