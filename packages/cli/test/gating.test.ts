import { readFileSync } from 'node:fs'
import { parseGateRules } from '@bakeoff/core'
import type { Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { refuseOtherSetting } from '../src/gating.js'

const baseline: Results = JSON.parse(readFileSync(new URL('results/schema-2.json', import.meta.url), 'utf8'))
const gate = { rules: parseGateRules('regression=5%'), baseline }

describe('a baseline', () => {
  it('is taken where everything is as it was', () => expect(() => refuseOtherSetting(gate, baseline)).not.toThrow())

  it('is not asked for where no rule needs one', () =>
    expect(() => refuseOtherSetting({ rules: parseGateRules('errors=0'), baseline: null }, baseline)).not.toThrow())

  it('of other conditions is refused with all of them and what to do', () => {
    const here = {
      ...baseline,
      run: { ...baseline.run, profile: 'quick' },
      host: { ...baseline.host, cpuModel: 'Another CPU' },
    }
    expect(() => refuseOtherSetting(gate, here)).toThrowError(
      expect.objectContaining({
        code: 'BAD_SPEC',
        message: expect.stringMatching(
          /^--baseline \S+ was measured .*: processor: .*Another CPU here; profile: brief there/,
        ),
        hint: expect.stringContaining(`npm run compare -- ${baseline.run.id} RUN`),
      }),
    )
  })
})
