import { type ErrorRecord, errorCodes, type Outcome } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { blameOf, isToRunAgain } from '../../src/index.js'

const codes: ErrorRecord['code'][] = [...errorCodes, 'BUG']
const failed = (code: ErrorRecord['code']): Outcome => ({
  kind: 'failed',
  stage: 'load',
  error: { code, message: 'm', hint: null, logTail: [] },
})

describe('whose failure an error is', () => {
  it.each([
    { blame: 'target', of: ['BAD_SPEC', 'BUILD_FAILED', 'START_FAILED', 'NOT_READY', 'WRONG_ANSWERS', 'TARGET_DIED'] },
    {
      blame: 'surroundings',
      of: ['SETUP_FAILED', 'ENGINE_FAILED', 'DOWNLOAD_FAILED', 'SERVICE_DIED', 'AGENT_FAILED'],
    },
    {
      blame: 'run',
      of: ['BAD_RESULTS', 'NO_ENGINE', 'ENGINE_LOST', 'ENGINE_HELD', 'OUT_OF_RESOURCES', 'ABORTED', 'BUG'],
    },
  ])('is the $blame for these', ({ blame, of }) => {
    expect(codes.filter((code) => blameOf(code) === blame).sort()).toEqual([...of].sort())
  })

  it('decides what a resumed run measures again: everything but the own failures of targets', () => {
    for (const code of codes) expect(isToRunAgain({ outcome: failed(code) })).toBe(blameOf(code) !== 'target')
    expect(isToRunAgain({ outcome: { kind: 'aborted', reason: 'r' } })).toBe(true)
    expect(isToRunAgain({ outcome: { kind: 'unsupported', reason: 'r' } })).toBe(false)
    expect(isToRunAgain({ outcome: { kind: 'measured' } })).toBe(false)
  })
})
