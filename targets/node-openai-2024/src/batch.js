import { createHash } from 'node:crypto'

/** How many tasks, how many of them at a time, what moves the numbers that are asked about, and what ends every question. */
export function readOrder(body) {
  const { tasks, concurrency, seed = 0, suffix = '' } = JSON.parse(body)
  whole('tasks', tasks, 1, 100_000)
  whole('concurrency', concurrency, 1, 10_000)
  whole('seed', seed, 0, Number.MAX_SAFE_INTEGER)
  if (typeof suffix !== 'string') throw new TypeError('suffix must be text')
  return { tasks, concurrency, seed, suffix }
}

function whole(name, value, least, most) {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}`)
  }
}

export function conversationsOf({ tasks, seed, suffix }) {
  return Array.from({ length: tasks }, (_, index) => [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: `What is the number ${seed + index + 1}?${suffix}` },
  ])
}

/** Counts, and the SHA-256 of the texts in the order of the tasks, a line each; a failed task's line is empty. */
export function answerOf(texts) {
  const digest = createHash('sha256')
  for (const text of texts) digest.update(`${text ?? ''}\n`)
  const failed = texts.filter((text) => text === null).length
  return { tasks: texts.length, ok: texts.length - failed, failed, digest: digest.digest('hex') }
}
