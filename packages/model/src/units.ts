/** One place where a written quantity becomes a number, and one where a number becomes text. */

const DURATION: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }
const BYTES: Record<string, number> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
}

/** `50ms`, `1.5s`, `2m`, `1h` → milliseconds; null when it is not a duration. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)$/.exec(text.trim())
  return match ? Number(match[1]) * (DURATION[match[2] as string] as number) : null
}

/** Docker's sizes, `512m`, `2g`, `1024` (binary multiples, as Docker has them) → bytes; null when it is not a size. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(b|kb?|mb?|gb?)?$/i.exec(text.trim())
  return match ? Math.round(Number(match[1]) * (BYTES[(match[2] ?? '').toLowerCase()] as number)) : null
}

/** `0.1%` or `0.001` → a fraction between 0 and 1; null when it is neither. */
export function parseFraction(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim())
  if (!match) return null
  const value = match[2] ? Number(match[1]) / 100 : Number(match[1])
  return value >= 0 && value <= 1 ? value : null
}

/** `200/s` or `200` → requests a second; null when it is neither, or 0. */
export function parsePerSecond(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(?:\/\s*s)?$/.exec(text.trim())
  const value = Number(match?.[1] ?? 0)
  return value > 0 ? value : null
}

/** 1536 → `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${units[unit]}`
}

/** 83_500 → `1 min 24 s`; 450 → `450 ms`. */
export function formatDurationMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (ms < 10_000) return `${Number((ms / 1000).toPrecision(2))} s`
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${seconds % 60 ? ` ${seconds % 60} s` : ''}`
  return `${Math.floor(seconds / 3600)} h${Math.floor((seconds % 3600) / 60) ? ` ${Math.floor((seconds % 3600) / 60)} min` : ''}`
}

/** Three significant digits with thousands separated: 34172 → `34,172`, 0.06612 → `0.0661`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1000) return inThousands(Math.round(value))
  return String(Number(value.toPrecision(3)))
}

/** 0.413 → `41 %`, 0.0042 → `0.42 %`, 0 → `0 %`. */
export function formatShare(share: number): string {
  const percent = share * 100
  return `${percent === 0 || Math.abs(percent) >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`
}

/** 1234567 → `1,234,567`. `toLocaleString` would say the same, but a page of charts waits for its first use longer than for a chart. */
function inThousands(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}
