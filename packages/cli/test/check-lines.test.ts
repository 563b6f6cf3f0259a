import type { CheckReport } from '@bakeoff/runner'
import { expect, it } from 'vitest'
import { checkLines } from '../src/commands/check.js'
import { recordingTerminal } from './helpers/terminal.js'

const passed: CheckReport = {
  entry: 'predict/go-net-http/default',
  outcome: 'passed',
  verification: null,
  info: null,
  contract: [],
  failure: null,
  logTail: [],
  readyMs: 41.6,
}
const oneCase = [{ name: 'a body that is no JSON', differences: [] }]

it.each([
  { right: 560, contract: [...oneCase, ...oneCase], says: '560 golden answers, 2 contract cases, ready in 42 ms' },
  { right: 1, contract: oneCase, says: '1 golden answer, 1 contract case, ready in 42 ms' },
])('a check that passed says how much was asked: $says', ({ right, contract, says }) => {
  const verification = { golden: { total: right, right, differences: [] } }
  const [line] = checkLines({ ...passed, contract, verification }, recordingTerminal())
  expect(line).toContain(says)
})
