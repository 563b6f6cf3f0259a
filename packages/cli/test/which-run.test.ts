import { describe, expect, it } from 'vitest'
import { toPlanOptions } from '../src/commands/shared/planning.js'
import { toWhich } from '../src/commands/which-run.js'
import { openGate } from '../src/gating.js'

describe('which run is meant', () => {
  it.each([
    { cells: [], flags: { quick: true }, which: { kind: 'new', plan: toPlanOptions({ quick: true }) } },
    { cells: [], flags: { resume: true as const }, which: { kind: 'resume', run: null } },
    { cells: [], flags: { resume: 'r' }, which: { kind: 'resume', run: 'r' } },
    { cells: [], flags: { replay: 'r' }, which: { kind: 'replay', run: 'r', cells: [] } },
    { cells: ['a/b/c'], flags: { replay: 'r' }, which: { kind: 'replay', run: 'r', cells: ['a/b/c'] } },
  ])('is $which.kind for $flags', ({ cells, flags, which }) => {
    expect(toWhich(cells, flags)).toEqual(which)
  })

  it.each([
    { flags: { resume: 'a', replay: 'b' }, says: 'only one of them' },
    { flags: { resume: true as const, quick: true }, says: '--quick' },
    { flags: { replay: 'r', profile: 'brief' }, says: '--profile' },
    { flags: { replay: 'r', scenario: ['predict'] }, says: '--scenario' },
    { flags: { replay: 'r', target: ['go'] }, says: '--target' },
    { flags: { replay: 'r', repetitions: 2 }, says: '--repetitions' },
    { flags: { replay: 'r', capacity: true }, says: '--capacity' },
    { flags: { resume: 'r', budget: 1000 }, says: '--budget' },
    { flags: { replay: 'r', slo: ['p99=30ms@200/s'] }, says: '--slo' },
    { flags: { resume: 'r', load: ['closed-1'], window: 9000 }, says: '--load, --window' },
    { flags: { resume: 'r', rate: [100], seed: 0 }, says: '--rate, --seed' },
    { flags: { resume: 'r', claims: true, all: true }, says: '--claims, --all' },
    { flags: {}, cells: ['predict'], says: 'predict' },
    { flags: { resume: 'r' }, cells: ['a/b/c'], says: 'a/b/c' },
  ])('is refused, with what to type, for $flags and $cells', ({ flags, cells = [], says }) => {
    expect(() => toWhich(cells, flags)).toThrowError(
      expect.objectContaining({
        code: 'BAD_SPEC',
        message: expect.stringContaining(says),
        hint: expect.stringContaining('npm run matrix'),
      }),
    )
  })
})

it('is not judged against a baseline without a rule, and says so', async () => {
  await expect(openGate('/nowhere', undefined, { baseline: ['earlier'], against: null })).rejects.toThrowError(
    expect.objectContaining({ code: 'BAD_SPEC', hint: expect.stringContaining('--fail-on regression=5%') }),
  )
})
