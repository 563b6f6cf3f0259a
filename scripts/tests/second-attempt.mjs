/**
 * Tests that failed are run once more, alone, after all others. On a shared machine a neighbour may take the disk or both cores for half a
 * minute; what is broken is broken alone as well. docs/decisions/0012 says what that hides and what not.
 */

/** With more failures than these in a part, it is not the machine. */
export const MOST_TRIED_AGAIN = 20

/**
 * What vitest is asked for, a file at a time; empty when nothing is to be tried again.
 *
 * @param {readonly import('./vitest-report.mjs').Failure[]} failures of one part
 * @returns {{ file: string, args: string[] }[]}
 */
export function secondAttempts(failures) {
  if (failures.length > MOST_TRIED_AGAIN || failures.some(({ file }) => file === null)) return []
  return [...new Set(failures.map(({ file }) => file))].map((file) => {
    const names = failures.flatMap((failure) => (failure.file === file && failure.name !== null ? [failure.name] : []))
    // A file without a name of a test broke as a whole.
    return { file, args: names.length === 0 ? [file] : [file, '-t', `^(${names.map(escaped).join('|')})$`] }
  })
}

/**
 * The part's count after its second attempts: a test that passed in its own counts as passed, and is named.
 *
 * @param {import('./vitest-report.mjs').Counted} first
 * @param {ReadonlyMap<string, { counted: import('./vitest-report.mjs').Counted, status: number }>} seconds by file
 */
export function afterSecondAttempts(first, seconds) {
  const isMended = ({ file, name }) => {
    const second = seconds.get(file)
    if (second === undefined) return false
    const { status, counted } = second
    // All that was asked for has to have run, and a hook that fails or an error outside tests is nobody's success.
    const asked = first.failures.filter((failure) => failure.file === file).length
    if (counted.passed + counted.failures.length < asked || (status !== 0 && counted.failures.length === 0))
      return false
    return !counted.failures.some((failure) => failure.name === null || failure.name === name)
  }
  const mended = first.failures.filter(isMended)
  const passedNow = ({ file, name, passedBeside }) =>
    name === null ? seconds.get(file).counted.passed - passedBeside : 1
  return {
    passed: first.passed + mended.reduce((sum, failure) => sum + passedNow(failure), 0),
    failures: first.failures.filter((failure) => !isMended(failure)),
    mended,
  }
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
