import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { textOf } from './completions.js'
import { UpstreamError } from './upstream-error.js'

/**
 * The article's fan-out: p-limit and one Promise.all over all tasks.
 *
 * @returns counts, and the SHA-256 of the texts in the order of the tasks, a line each; a failed task's line is empty
 */
export async function runBatch(completions, { tasks, concurrency, seed, suffix }, signal) {
  const limit = pLimit(concurrency)
  const texts = await Promise.all(
    Array.from({ length: tasks }, (_, i) =>
      limit(() => textOrNull(completions, question(seed + i + 1, suffix), signal)),
    ),
  )
  const digest = createHash('sha256')
  for (const text of texts) digest.update(`${text ?? ''}\n`)
  const failed = texts.filter((text) => text === null).length
  return { tasks, ok: tasks - failed, failed, digest: digest.digest('hex') }
}

async function textOrNull(completions, messages, signal) {
  signal.throwIfAborted() // what still waits for its place when the client leaves must not begin
  try {
    return await textOf(completions, messages, signal)
  } catch (error) {
    if (error instanceof UpstreamError) return null
    throw error
  }
}

function question(number, suffix) {
  return [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: `What is the number ${number}?${suffix}` },
  ]
}
