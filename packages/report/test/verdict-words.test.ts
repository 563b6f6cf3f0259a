import type { Cell } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { briefly } from '../src/sections/words.js'

const cause = (name: string, evidence: string) => ({
  cause: name,
  effect: 'doubts',
  evidence,
  limit: null,
  subject: null,
})

it('says a cause once, however much speaks for it', () => {
  const causes = [
    cause('not-steady', 'it had not settled'),
    cause('not-steady', 'it fell'),
    cause('noisy-host', 'others'),
  ]
  const verdict = { status: 'suspect', causes } as unknown as NonNullable<Cell['verdict']>
  expect(briefly(verdict)).toEqual({ limits: null, marks: 'not-steady, noisy-host' })
})
