import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { parseServiceLevels } from '../../src/index.js'

const none = { p95Ms: null, p99Ms: null, errors: null }

describe('--slo', () => {
  it.each([
    { options: ['p99=30ms@200/s'], levels: [{ ...none, perSecond: 200, p99Ms: 30 }] },
    { options: ['p99=0.5s@12.5/s'], levels: [{ ...none, perSecond: 12.5, p99Ms: 500 }] },
    { options: ['p95=10ms@200'], levels: [{ ...none, perSecond: 200, p95Ms: 10 }] },
    { options: ['errors=0@200/s'], levels: [{ ...none, perSecond: 200, errors: 0 }] },
    {
      because: 'a limit without a rate belongs to every rate of its option',
      options: ['p99=30ms@200/s, p99=60ms@500/s, errors=0.1%'],
      levels: [
        { ...none, perSecond: 200, p99Ms: 30, errors: 0.001 },
        { ...none, perSecond: 500, p99Ms: 60, errors: 0.001 },
      ],
    },
    {
      because: 'options at one rate are one level',
      options: ['p99=30ms@200/s', 'p95=10ms@200/s'],
      levels: [{ ...none, perSecond: 200, p99Ms: 30, p95Ms: 10 }],
    },
    { because: 'none is given', options: [], levels: [] },
  ])('$options is $levels', ({ options, levels }) => expect(parseServiceLevels(options)).toEqual(levels))

  it.each([
    { option: 'p99=30ms', says: /names no rate/, hint: /--slo p99=30ms@200\/s/ },
    { option: 'p98=30ms@200/s', says: /no limit "p98"/, hint: /Did you mean "p9[59]"/ },
    { option: 'median=3ms@200/s', says: /no limit "median"/, hint: /Limits: p95, p99, errors/ },
    { option: 'p99=30@200/s', says: /p99=30@200\/s is not a time/, hint: /p99=30ms@200\/s/ },
    { option: 'p99=0ms@200/s', says: /is not a time/, hint: /p99=30ms/ },
    { option: 'errors=200%@200/s', says: /is not a share/, hint: /errors=0\.1%/ },
    { option: 'p99=30ms@fast', says: /is not at a rate/, hint: /@200\/s/ },
    { option: 'p99=30ms@0/s', says: /is not at a rate/, hint: /@200\/s/ },
    { option: 'p99=30ms@200/s,p99=40ms@200/s', says: /p99 at 200\/s is limited twice/, hint: /leave one/ },
    { option: '', says: /no limit ""/, hint: /Limits/ },
  ])('$option is refused', ({ option, says, hint }) => {
    try {
      parseServiceLevels([option])
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(BakeoffError)
      expect(error).toMatchObject({ message: expect.stringMatching(says), hint: expect.stringMatching(hint) })
    }
  })
})
