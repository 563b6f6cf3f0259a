import { describe, expect, it } from 'vitest'
import { imageTable, imageTimes, stageTable } from '../../../benchmarks/lib/first-minutes.mjs'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()
const image = (name: string, state: string, seconds: number) => ({ kind: 'image', at: at(seconds), image: name, state })
const stage = (scenario: string, state: string, seconds: number) => ({
  kind: 'stage',
  at: at(seconds),
  scenario,
  repetition: 1,
  state,
})

describe('where the first minutes went', () => {
  const events = [
    { kind: 'run-started', at: at(0) },
    stage('predict', 'building', 2),
    image('go', 'building', 4),
    image('rust', 'building', 10),
    image('go', 'built', 24),
    image('node', 'cached', 25),
    image('rust', 'built', 110),
    stage('predict', 'measuring', 110),
    stage('predict', 'over', 200),
    stage('embed', 'building', 200),
    image('torch', 'building', 230),
    image('torch', 'failed', 240),
    { kind: 'run-ended', at: at(250) },
  ]

  it('tells waiting from building, counts waiting from the stage on, and puts the longest first', () => {
    expect(imageTimes(events)).toEqual([
      { image: 'rust', waitedSeconds: 8, builtSeconds: 100, end: 'built' },
      { image: 'go', waitedSeconds: 2, builtSeconds: 20, end: 'built' },
      { image: 'torch', waitedSeconds: 30, builtSeconds: 10, end: 'failed' },
      { image: 'node', waitedSeconds: 0, builtSeconds: null, end: 'cached' },
    ])
  })

  it('shows shares of what was built, and what was not', () => {
    const cells = imageTable(imageTimes(events))
      .split('\n')
      .map((line: string) => line.split(/ {2,}/))
    expect(cells).toEqual([
      ['image', 'waited', 'built', 'share'],
      ['rust', '8 s', '1 min 40 s', '77 %'],
      ['go', '2 s', '20 s', '15 %'],
      ['torch', '30 s', '10 s', '8 %', 'failed'],
      ['one after the other', '2 min 10 s'],
      ['besides: 1 cached'],
    ])
  })

  it('counts stages from the command where it is known when that was', () => {
    const table = stageTable(events, 40).split('\n')
    expect(table.map((line: string) => line.split(/ {2,}/))).toEqual([
      ['stage', 'built', 'measured', 'over after'],
      ['setup', '40 s'],
      ['predict, repetition 1', '1 min 48 s', '90 s', '4 min 00 s'],
      ['end', '4 min 50 s'],
    ])
  })

  it('says so when there is nothing to tell', () => expect(stageTable([])).toBe('The run never started.'))
})
