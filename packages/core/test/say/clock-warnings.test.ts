import { describe, expect, it } from 'vitest'
import { judge } from '../../src/judge/causes/index.js'
import { warningsOf } from '../../src/say/warnings.js'
import { aView, repeat } from '../builders.js'

const warned = (clockGap: { sleptMs: number; setMs: number } | null) => {
  const view = aView({ observed: repeat({ perSecond: 2000, cpuMs: 0.495 }, 2), run: { clockGap } })
  const verdict = judge(view)
  return {
    verdict,
    warnings: warningsOf(view.plan, [{ view, verdict }], null).map(({ what, why }) => `${what}: ${why}`),
  }
}

describe('a run whose clocks went apart', () => {
  it('warns of a sleep, and doubts what was measured around it', () => {
    const { verdict, warnings } = warned({ sleptMs: 600_000, setMs: 0 })
    expect(verdict?.status).toBe('suspect')
    expect(warnings).toContainEqual(
      expect.stringMatching(/^The machine slept while it was measured: .*the machine slept for 10 min in all 2/),
    )
  })

  it('warns of a clock that was set, and holds nothing against the figures', () => {
    const { verdict, warnings } = warned({ sleptMs: 0, setMs: -7_200_000 })
    expect(verdict?.causes.map(({ effect }) => effect)).not.toContain('doubts')
    expect(warnings).toContainEqual(
      expect.stringMatching(/^The machine's clock was set while it was measured: for example by 2 h back in predict/),
    )
  })

  it('says nothing when they did not', () => {
    expect(warned(null).warnings.filter((text) => /clock|slept/.test(text))).toEqual([])
  })
})
