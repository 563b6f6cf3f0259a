import { isObject, parseJson } from './json.js'
import { snippet } from './snippet.js'

/** The largest relative difference of the lengths of two vectors: the cosine cannot see a missing normalisation. */
const LENGTH_SLACK = 0.01

/**
 * Compares `{"embedding":[…]}`: the same count of numbers, a cosine of at least 1 − tolerance, and the same length of the
 * vector within 1 %.
 */
export function cosineDifference(expected: string, actual: string, tolerance: number): string | null {
  const golden = readEmbedding(expected)
  const answer = readEmbedding(actual)
  if (typeof golden === 'string') return `golden answer ${golden}`
  if (typeof answer === 'string') return answer
  if (golden.length !== answer.length) return `at $.embedding: expected ${golden.length} numbers, got ${answer.length}`
  const goldenLength = Math.sqrt(dot(golden, golden))
  const answerLength = Math.sqrt(dot(answer, answer))
  const cosine = dot(golden, answer) / (goldenLength * answerLength)
  // Written so that a NaN, from a vector of zeros, is a difference.
  if (!(cosine >= 1 - tolerance))
    return `cosine: expected at least ${Number((1 - tolerance).toPrecision(9))}, got ${Number(cosine.toPrecision(8))} (starts with ${snippet(answer.slice(0, 3))}, golden with ${snippet(golden.slice(0, 3))})`
  if (Math.abs(answerLength / goldenLength - 1) > LENGTH_SLACK)
    return `length of the vector: expected ${Number(goldenLength.toPrecision(4))}, got ${Number(answerLength.toPrecision(4))}`
  return null
}

/** The numbers, or a sentence that says what is wrong with the body. */
function readEmbedding(body: string): number[] | string {
  const parsed = parseJson(body)
  if (!parsed.ok) return `is not JSON: ${snippet(body)}`
  const embedding = isObject(parsed.value) ? parsed.value.embedding : undefined
  if (!Array.isArray(embedding)) return `has no array "embedding": ${snippet(body)}`
  const odd = embedding.findIndex((value) => typeof value !== 'number')
  if (odd >= 0) return `at $.embedding[${odd}]: expected a number, got ${snippet(embedding[odd])}`
  return embedding as number[]
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
