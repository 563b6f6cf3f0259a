/** What vitest's JSON report says. */
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

/**
 * @typedef {object} Failure
 * @property {string | null} file from the root; null: of no file, so that it cannot be tried again
 * @property {string | null} name of the test with those around it; null: the whole file broke
 * @property {string} text the beginning of what was said
 * @property {number} [passedBeside] where a whole file broke: its tests that had passed
 */

/**
 * @typedef {object} Counted
 * @property {number} passed
 * @property {Failure[]} failures
 */

/**
 * @param {string} root
 * @param {string} file the report
 * @returns {Counted}
 */
export function countReport(root, file) {
  if (!existsSync(file)) return { passed: 0, failures: [ofNoFile('vitest wrote no report')] }
  return countResults(root, JSON.parse(readFileSync(file, 'utf8')))
}

/** A failure that no test file can be tried again for. */
export function ofNoFile(text) {
  return { file: null, name: null, text }
}

/** The same of a report that was read. A file or a hook that breaks counts as one failure. */
export function countResults(root, { testResults }) {
  const counted = { passed: 0, failures: [] }
  for (const { name: path, status, message, assertionResults } of testResults) {
    const file = relative(root, path)
    const failures = assertionResults.filter((result) => result.status === 'failed')
    const passedBeside = assertionResults.filter((result) => result.status === 'passed').length
    counted.passed += passedBeside
    for (const { fullName, failureMessages } of failures)
      counted.failures.push({ file, name: fullName, text: start(failureMessages[0]) })
    if (status === 'failed' && failures.length === 0)
      counted.failures.push({ file, name: null, text: start(message), passedBeside })
  }
  return counted
}

/** The beginning of a message, in a few lines. */
function start(message = '') {
  return message.slice(0, 1500).split('\n').slice(0, 12).join('\n    ')
}
