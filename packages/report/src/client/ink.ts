/** The ink of a chart: the theme's colours and font, read from the style sheet, so that a chart and its page never differ. */
export interface Ink {
  readonly subjects: readonly string[]
  readonly parts: readonly string[]
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly surface: string
  readonly bad: string
  readonly accent: string
  readonly font: string
}

export function readInk(root: Document): Ink {
  const style = getComputedStyle(root.documentElement)
  const of = (name: string) => style.getPropertyValue(name).trim()
  return {
    subjects: [0, 1, 2, 3, 4, 5].map((index) => of(`--c${index}`)),
    parts: [0, 1, 2, 3, 4].map((index) => of(`--part${index}`)),
    text: of('--text'),
    faint: of('--faint'),
    line: of('--line'),
    surface: of('--surface'),
    bad: of('--bad'),
    accent: of('--accent'),
    font: of('--sans'),
  }
}

/** A share of a palette colour, `#rrggbb`, mixed with the rest of another, as the style sheet's `color-mix` does. */
export function mixed(colour: string, share: number, other: string): string {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [colour, other].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number]
    return Math.round(a * share + b * (1 - share))
      .toString(16)
      .padStart(2, '0')
  })
  return `#${parts.join('')}`
}

/** A palette colour, `#rrggbb`, with an opacity of 0 to 1. */
export function withAlpha(colour: string, alpha: number): string {
  return `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`
}
