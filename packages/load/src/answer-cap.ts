/** Many times what answers of services usually have. */
const LEAST_CAP_BYTES = 256 * 1024

/**
 * How much is kept of the body of an answer that is compared, in bytes: well above the longest right one. A longer answer
 * is wrong, and the rest of it is read and dropped: on every connection one may be under way.
 */
export function answerCapBytes(golden: readonly { readonly body: string }[]): number {
  const longest = golden.reduce((most, { body }) => Math.max(most, Buffer.byteLength(body)), 0)
  return Math.max(LEAST_CAP_BYTES, 2 * longest)
}
