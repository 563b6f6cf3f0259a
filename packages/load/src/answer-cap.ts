/** The least limit: many times the size of usual answers. */
const LEAST_CAP_BYTES = 256 * 1024

/**
 * How many bytes are kept of the body of an answer that is compared: well above the longest right answer. A longer answer
 * is wrong, and its rest is read and dropped, since there may be one on every connection.
 */
export function answerCapBytes(golden: readonly { readonly body: string }[]): number {
  const longest = golden.reduce((most, { body }) => Math.max(most, Buffer.byteLength(body)), 0)
  return Math.max(LEAST_CAP_BYTES, 2 * longest)
}
