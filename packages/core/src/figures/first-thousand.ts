import { defineFigure } from './define.js'

export const firstThousand = defineFigure({
  id: 'firstThousandPerSecond',
  title: 'First thousand answers',
  unit: 'answers/s',
  better: 'higher',
  about:
    '1,000 ÷ the time from the first request of a load to its thousandth answer: the window of a source that asked a thousand times, beside one that is long enough. Of the first load of fresh containers it holds what only happens once.',
  column: 'first_thousand_per_s',
  seenByAgent: true,
  from: ({ record }) => {
    const ms = record.measurement.window?.firstThousandMs
    return ms ? 1_000_000 / ms : null
  },
})
