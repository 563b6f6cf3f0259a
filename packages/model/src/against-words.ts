import type { AgainstFigure } from './results.js'

/** A figure beside that of another commit, as the terminal, the summary and the page write it. */
export interface AgainstWords {
  /** this checkout ÷ the other commit, with its interval: `0.953× (0.947–0.959)`; a dash where it was not compared */
  readonly ratio: string
  /** `lower, worse`, `equal`, `undecided`, `not compared` */
  readonly answer: string
  readonly tone: 'better' | 'worse' | 'equal' | 'open'
}

export function againstWords({ ratio, conclusion, better }: AgainstFigure): AgainstWords {
  if (ratio === null || conclusion === null) return { ratio: '–', answer: 'not compared', tone: 'open' }
  const { median, low, high } = ratio
  const shown = `${median.toFixed(3)}×${low === null || high === null ? '' : ` (${low.toFixed(3)}–${high.toFixed(3)})`}`
  switch (conclusion) {
    case 'no-difference':
      return { ratio: shown, answer: 'equal', tone: 'equal' }
    case 'undecided':
      return { ratio: shown, answer: 'undecided', tone: 'open' }
    case 'higher':
    case 'lower': {
      const tone = conclusion === better ? 'better' : 'worse'
      return { ratio: shown, answer: `${conclusion}, ${tone}`, tone }
    }
  }
}
