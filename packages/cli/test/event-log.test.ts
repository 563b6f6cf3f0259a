import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EventLog } from '../src/event-log.js'
import { readEvents } from '../src/run-files.js'
import { RunFolder } from '../src/run-folder.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-events-'))
  file = join(folder, 'events.ndjson')
})
afterEach(() => rmSync(folder, { recursive: true }))

const note = (message: string): RunEvent => ({ kind: 'note', at: 'now', level: 'info', message })
const messages = () => readEvents(folder).events.map((event) => ('message' in event ? event.message : event.kind))

describe('the events of a run that goes on', () => {
  it.each([
    { rest: '{"kind":"no', because: 'half a line', kept: ['first', 'second'], aside: '{"kind":"no\n' },
    { rest: '\0\0\0', because: 'zeros', kept: ['first', 'second'], aside: '\0\0\0\n' },
    {
      rest: JSON.stringify(note('whole')),
      because: 'a line that lacks its end only',
      kept: ['first', 'whole', 'second'],
      aside: null,
    },
    { rest: '', because: 'nothing that is missing', kept: ['first', 'second'], aside: null },
  ])('are whole after $because at the end of the file', ({ rest, kept, aside }) => {
    writeFileSync(file, `${JSON.stringify(note('first'))}\n${rest}`)
    const log = new EventLog(file)
    log.append(note('second'))
    log.close()
    expect(messages()).toEqual(kept)
    expect(readEvents(folder).damage).toEqual([])
    expect(existsSync(`${file}.damaged`) ? readFileSync(`${file}.damaged`, 'utf8') : null).toBe(aside)
  })

  it('are read up to a half line, which is told', () => {
    writeFileSync(file, `${JSON.stringify(note('first'))}\n{"kind":"no`)
    expect(messages()).toEqual(['first'])
    expect(readEvents(folder).damage).toMatchObject([
      { kind: 'half-line', why: 'the process ended while it wrote line 2' },
    ])
  })

  it('are told, and end nothing, when they cannot be written; those before and after are whole', () => {
    const run = RunFolder.open(folder)
    const told: string[] = []
    run.onEvent((event) => told.push('message' in event ? (event.message as string) : event.kind))
    symlinkSync('/dev/full', file)
    run.event(note('lost'))
    run.event(note('lost as well'))
    expect(told).toEqual([
      expect.stringMatching(/events\.ndjson could not be written: the disk is full \(ENOSPC\); the run goes on/),
      'lost',
      'lost as well',
    ])
    run.close()
    rmSync(file)
    run.event(note('there is room again'))
    run.close()
    expect(messages()).toEqual(['2 events before this one could not be written', 'there is room again'])
  })

  it.each([
    { event: { kind: 'run-started', at: '', runId: 'r', entries: 1, blocks: 1, estimateMs: 1 } },
    { event: { kind: 'run-ended', at: '', status: 'complete', reason: null } },
  ] as { event: RunEvent }[])('must say that a run began and came to its end: $event.kind', ({ event }) => {
    symlinkSync('/dev/full', file)
    expect(() => RunFolder.open(folder).event(event)).toThrowError(
      expect.objectContaining({ code: 'OUT_OF_RESOURCES' }),
    )
  })

  it('need not say that a run was aborted, which every run without an end is: what aborted it is the error', () => {
    symlinkSync('/dev/full', file)
    RunFolder.open(folder).event({ kind: 'run-ended', at: '', status: 'aborted', reason: 'the disk is full' })
  })

  it('are appended by nobody else', () => {
    const log = new EventLog(file)
    log.append(note('first'))
    appendFileSync(file, 'not ours\n')
    log.append(note('second'))
    log.close()
    expect(messages()).toEqual(['first', 'second'])
    expect(readEvents(folder).damage).toMatchObject([
      { kind: 'lines', why: expect.stringContaining('line 2, column 2: not JSON') },
    ])
  })
})
