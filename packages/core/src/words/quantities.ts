import { formatNumber } from '@bakeoff/model'

/** 0.973 → `97 %`; below 10 % one digit more, 0.0042 → `0.4 %`. */
export function percent(share: number): string {
  const value = share * 100
  if (value !== 0 && Math.abs(value) < 0.1) return `${Number(value.toPrecision(1))} %`
  return `${Math.abs(value) < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`
}

/** A limit, or a change that is held against one, with three digits: 0.123 → `12.3 %`, −0.05 → `−5 %`. */
export function exactPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`.replace('-', '−')
}

/** 0.976 → `0.98 cores`, 1 → `1 core`. */
export function cores(count: number): string {
  const rounded = Number(count.toFixed(2))
  return `${rounded} ${rounded === 1 ? 'core' : 'cores'}`
}

/** Cores in use of a cap: `0.98 of its 1 core`; where that is all of them, `its whole core` or `all of its 3 cores`. */
export function ofItsCores(used: number, cap: number): string {
  const rounded = Number(used.toFixed(2))
  if (rounded !== cap) return `${rounded} of its ${cores(cap)}`
  return cap === 1 ? 'its whole core' : `all of its ${cores(cap)}`
}

/** 1, `repetition` → `1 repetition`; 34172, `answer` → `34,172 answers`. */
export function many(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : several}`
}

/** 3.14159 → `3.1×`; below 2 two digits, 1.234 → `1.23×`. */
export function times(ratio: number): string {
  if (ratio >= 100) return `${formatNumber(Math.round(ratio))}×`
  if (ratio >= 10) return `${ratio.toFixed(0)}×`
  return `${ratio.toFixed(ratio >= 2 ? 1 : 2)}×`
}

/** 41.234 → `41.2 ms`, 0.4 → `0.4 ms`, 12345 → `12.3 s`. */
export function duration(ms: number): string {
  return ms >= 10_000 ? `${formatNumber(ms / 1000)} s` : `${formatNumber(ms)} ms`
}

/** a; a and b; a, b and c. Choices are joined by `or`. */
export function list(items: readonly string[], word: 'and' | 'or' = 'and'): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
}

/** A ratio with its bounds, `3.1× (2.9–3.4)`; with a digit more where the bounds would look the same: `11.8× (11.7–12.0)`. */
export function withInterval(ratio: number, low: number, high: number): string {
  const usual = ratio >= 10 ? 0 : ratio >= 2 ? 1 : 2
  const isTold = (digits: number) =>
    low.toFixed(digits) !== ratio.toFixed(digits) && high.toFixed(digits) !== ratio.toFixed(digits)
  const digits = [usual, usual + 1].find(isTold) ?? usual + 2
  const write = (value: number) =>
    value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return `${write(ratio)}× (${write(low)}–${write(high)})`
}
