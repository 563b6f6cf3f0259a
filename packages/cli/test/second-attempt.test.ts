/** What `npm test` does with tests that failed: once more, alone, and named whatever comes of it. */
import { describe, expect, it } from 'vitest'
import { afterSecondAttempts, MOST_TRIED_AGAIN, secondAttempts } from '../../../scripts/tests/second-attempt.mjs'
import { countResults } from '../../../scripts/tests/vitest-report.mjs'

type Failure = ReturnType<typeof failure>
const failure = (file: string | null, name: string | null) => ({ file, name, text: 'because', passedBeside: 2 })
const passed = (count: number, failures: Failure[] = []) => ({
  status: failures.length > 0 ? 1 : 0,
  counted: { passed: count, failures },
})

describe('what is tried again', () => {
  it.each([
    { what: 'nothing, where nothing failed', failures: [], attempts: [] },
    {
      what: 'the tests that failed, by their whole names, file by file',
      failures: [failure('a.test.ts', 'one (of two)'), failure('b.test.ts', 'three'), failure('a.test.ts', 'two?')],
      attempts: [
        { file: 'a.test.ts', args: ['a.test.ts', '-t', '^(one \\(of two\\)|two\\?)$'] },
        { file: 'b.test.ts', args: ['b.test.ts', '-t', '^(three)$'] },
      ],
    },
    {
      what: 'a file that broke, whole',
      failures: [failure('a.test.ts', null)],
      attempts: [{ file: 'a.test.ts', args: ['a.test.ts'] }],
    },
    { what: 'nothing, where vitest itself broke', failures: [failure(null, null)], attempts: [] },
    {
      what: 'nothing, where so much failed that it is not the machine',
      failures: Array.from({ length: MOST_TRIED_AGAIN + 1 }, (_, i) => failure('a.test.ts', `test ${i}`)),
      attempts: [],
    },
  ])('$what', ({ failures, attempts }) => expect(secondAttempts(failures)).toEqual(attempts))
})

describe('what comes of it', () => {
  const first = { passed: 10, failures: [failure('a.test.ts', 'one'), failure('b.test.ts', 'two')] }
  const broken = { passed: 10, failures: [failure('a.test.ts', null)] }
  it.each([
    {
      what: 'passed alone: counted, and named',
      first,
      seconds: { 'a.test.ts': passed(1) },
      is: [11, ['two'], ['one']],
    },
    {
      what: 'failed again: failed',
      first,
      seconds: { 'a.test.ts': passed(0, [failure('a.test.ts', 'one')]), 'b.test.ts': passed(1) },
      is: [11, ['one'], ['two']],
    },
    {
      what: 'one of a file failed again, the other did not',
      first: { passed: 10, failures: [failure('a.test.ts', 'one'), failure('a.test.ts', 'two')] },
      seconds: { 'a.test.ts': passed(1, [failure('a.test.ts', 'one')]) },
      is: [11, ['one'], ['two']],
    },
    {
      what: 'a hook of it failed: failed',
      first,
      seconds: { 'a.test.ts': passed(1, [failure('a.test.ts', null)]) },
      is: [10, ['one', 'two'], []],
    },
    { what: 'did not run: failed', first, seconds: { 'a.test.ts': passed(0) }, is: [10, ['one', 'two'], []] },
    {
      what: 'passed, but vitest ended with an error: failed',
      first,
      seconds: { 'a.test.ts': { ...passed(1), status: 1 } },
      is: [10, ['one', 'two'], []],
    },
    {
      what: 'a whole file: of its tests those are added that had not passed before',
      first: broken,
      seconds: { 'a.test.ts': passed(5) },
      is: [13, [], [null]],
    },
  ])('$what', ({ first, seconds, is }) => {
    const after = afterSecondAttempts(first, new Map(Object.entries(seconds)))
    expect([after.passed, namesOf(after.failures), namesOf(after.mended)]).toEqual(is)
  })
  const namesOf = (failures: readonly { name: string | null }[]) => failures.map(({ name }) => name)
})

it('reads failures of tests and of whole files from what vitest wrote', () => {
  const results = [
    {
      name: '/there/a.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        { fullName: 'group one', status: 'failed', failureMessages: ['Error: no'] },
        { fullName: 'group two', status: 'passed', failureMessages: [] },
        { fullName: 'group three', status: 'pending', failureMessages: [] },
      ],
    },
    { name: '/there/b.test.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] },
  ]
  expect(countResults('/there', { testResults: results })).toEqual({
    passed: 1,
    failures: [
      { file: 'a.test.ts', name: 'group one', text: 'Error: no' },
      { file: 'b.test.ts', name: null, text: 'SyntaxError', passedBeside: 0 },
    ],
  })
})
