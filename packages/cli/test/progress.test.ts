import type { RunEvent } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { progressOn } from '../src/progress.js'
import { openTerminal } from '../src/terminal.js'

type Figure = Extract<RunEvent, { kind: 'repetition' }>['figures'][number]
const fine: Figure = { loadId: 'closed-1', throughput: 812, p99Ms: 3, invalid: null }

function lineOf(figures: Figure[], changes: Partial<Extract<RunEvent, { kind: 'repetition' }>> = {}): string {
  const lines: string[] = []
  const tell = progressOn({ ...openTerminal(), say: (line) => lines.push(line) }, () => 0)
  tell({
    kind: 'repetition',
    at: 'now',
    entry: 'predict/go/default',
    block: 'predict#1',
    repetition: 1,
    outcome: 'measured',
    message: null,
    figures,
    leftMs: null,
    ...changes,
  })
  return lines.join('\n').replaceAll(/ {2,}/g, '  ')
}

describe('the row of a measured repetition', () => {
  it.each([
    {
      because: 'all counts',
      figures: [fine, { ...fine, loadId: 'closed-64' }],
      row: '✓ predict/go/default #1  closed-1 812/s p99 3 ms  closed-64 812/s p99 3 ms',
    },
    {
      because: 'one load had no right answer',
      figures: [fine, { ...fine, loadId: 'closed-64', invalid: 'there was not one right answer' }],
      row: '✗ predict/go/default #1  closed-1 812/s p99 3 ms  closed-64 does not count: there was not one right answer',
    },
    {
      because: 'there are too few answers for a p99',
      figures: [{ ...fine, p99Ms: null }],
      row: '✓ predict/go/default #1  closed-1 812/s',
    },
  ])('$because', ({ figures, row }) => expect(lineOf(figures)).toBe(row))
})

describe('the row of a repetition that failed', () => {
  it.each([
    { triedAgain: false, row: '✗ predict/go/default #1  load: the load agent was killed' },
    { triedAgain: true, row: '– predict/go/default #1  load: the load agent was killed; tried again' },
  ])('says why, tried again: $triedAgain', ({ triedAgain, row }) => {
    expect(lineOf([], { outcome: 'failed', message: 'load: the load agent was killed', triedAgain })).toBe(row)
  })
})
