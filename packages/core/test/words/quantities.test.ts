import { loadWords } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { cores, duration, exactPercent, list, many, percent, times, withInterval } from '../../src/words/quantities.js'

it.each([
  [percent(0.973), '97 %'],
  [percent(0.0042), '0.4 %'],
  [percent(0.00004), '0.004 %'],
  [percent(0), '0 %'],
  [exactPercent(0.1234), '12.3 %'],
  [exactPercent(-0.05), '−5 %'],
  [cores(1), '1 core'],
  [cores(0.976), '0.98 cores'],
  [many(1, 'repetition'), '1 repetition'],
  [many(34_172, 'answer'), '34,172 answers'],
  [many(2, 'process', 'processes'), '2 processes'],
  [duration(41.234), '41.2 ms'],
  [duration(12_345), '12.3 s'],
  [list([]), ''],
  [list(['a']), 'a'],
  [list(['a', 'b', 'c']), 'a, b and c'],
  [times(1.234), '1.23×'],
  [times(3.14), '3.1×'],
  [times(12.4), '12×'],
  [times(1234.5), '1,235×'],
  [withInterval(3.14, 2.9, 3.4), '3.1× (2.9–3.4)'],
  [withInterval(1.34, 1.31, 1.37), '1.34× (1.31–1.37)'],
  [withInterval(12.1, 11.9, 12.3), '12.1× (11.9–12.3)'],
  [withInterval(14.76, 14.67, 14.85), '14.76× (14.67–14.85)'],
  [withInterval(2, 2, 2), '2.000× (2.000–2.000)'],
  [withInterval(1200, 1100, 1300), '1,200× (1,100–1,300)'],
  [loadWords({ kind: 'closed', connections: 1 }), '1 connection'],
  [
    loadWords({ kind: 'open', fraction: 0.8, connections: 128, arrivals: 'exponential' }),
    '80 % of its own best throughput',
  ],
  [loadWords({ kind: 'rate', perSecond: 1500, connections: 128, arrivals: 'constant' }), '1,500 requests/s'],
  [
    loadWords({ kind: 'capacity', connections: 128, p99Ms: 50, errors: 0, arrivals: 'exponential' }),
    'the highest rate within the service level',
  ],
  [loadWords({ kind: 'batch', tasks: 1800, concurrency: 200 }), '1,800 tasks at 200'],
])('writes %s', (written, expected) => expect(written).toBe(expected))
