/** ms on the monotonic clock, which all processes of the machine share and which cannot be set. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
