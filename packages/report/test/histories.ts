import type { History, HistoryPoint } from '@bakeoff/model'

/** Six runs of one cell: two, one that failed, and three from which on throughput is twice as high. */
export function aHistory(): History {
  const levels = [100, 100, null, 200, 200, 200]
  return {
    bounds: { relevant: 0.03, significance: 0.05 },
    leftOut: [],
    series: [
      {
        scenario: 'predict',
        conditions: [
          { what: 'processor', value: 'Xeon' },
          { what: 'memory', value: null },
          { what: 'requests and answers of predict', value: '1234567890', isDigest: true },
        ],
        runs: levels.map((_, index) => ({
          id: `id-${index}`,
          startedAt: `2026-01-0${index + 1}T12:00:00.000Z`,
          status: 'complete',
          folder: `run-${index}`,
          gitCommit: 'abcdef0123456789',
          gitDirty: false,
        })),
        cells: [
          {
            id: 'predict/go-net-http/default/closed-64',
            name: 'go-net-http',
            load: { kind: 'closed', connections: 64 },
            loadId: 'closed-64',
            figures: [
              {
                id: 'throughput',
                name: 'throughput',
                unit: 'correct responses/s',
                better: 'higher',
                points: levels.map((level) => aPoint(level, 10, level === 200)),
                spread: 0.04,
                changes: [
                  {
                    at: 3,
                    after: 1,
                    runs: [2, 3],
                    ratio: { median: 2, low: 1.8, high: 2.2, n: 2, method: 'levels' },
                    isBetter: true,
                  },
                ],
              },
              {
                id: 'serviceMs.p99',
                name: 'p99',
                unit: 'ms',
                better: 'lower',
                points: levels.map((level) => aPoint(level && 3, 1, false)),
                spread: 0.04,
                changes: [],
              },
            ],
          },
        ],
      },
    ],
  }
}

function aPoint(value: number | null, half: number, isSuspect: boolean): HistoryPoint {
  return value === null
    ? { value, low: null, high: null, repetitions: 0, verdict: null, whyNot: 'failed: it died' }
    : {
        value,
        low: value - half,
        high: value + half,
        repetitions: 3,
        verdict: isSuspect ? 'suspect' : 'valid',
        whyNot: null,
      }
}
