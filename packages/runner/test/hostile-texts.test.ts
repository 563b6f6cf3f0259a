/** What a target writes and says must not fill a report: a record of it is as long as one of an honest target. */
import type { Fetched } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, fakePorts, imageOf } from './builders.js'

const LONG = 'x'.repeat(1e6)
const body = (value: unknown): Partial<Fetched> => ({ body: JSON.stringify(value) })

async function recordOf(info: Partial<Fetched>, log?: readonly string[]) {
  const ports = fakePorts({ info: { [imageOf('bad')]: info }, ...(log ? { log } : {}) })
  await runPlan(aRun(aPlan([anEntry('bad')]), ports), { records: [], calibrations: [] })
  return ports.sink.records[0]!
}

describe('the record of a repetition', () => {
  it.each([
    {
      because: 'its /info has long texts',
      info: body({ language: 'go', server: LONG, flags: { a: LONG } }),
      is: { language: 'go' },
    },
    {
      because: 'its /info has many members',
      info: body(Object.fromEntries([...LONG.slice(0, 9999)].map((x, i) => [x + i, x.repeat(99)]))),
      is: {},
    },
    {
      because: 'its /info was too long to be read',
      info: { body: `{"language":"${LONG}`, bodyTruncated: true },
      is: null,
    },
  ])('stays short, and says that something is missing, when $because', async ({ info, is }) => {
    const record = await recordOf(info)
    expect(record.outcome.kind).toBe('measured')
    if (is === null) expect(record.info).toBeNull()
    else expect(record.info).toMatchObject(is)
    expect(JSON.stringify(record.info).length).toBeLessThan(16 * 1024)
    expect(record.notes.join()).toContain('GET /info')
  })

  it('says nothing of the kind of an honest one', async () => {
    const record = await recordOf(body({ language: 'go' }))
    expect(record.info).toEqual({ language: 'go' })
    expect(record.notes.join()).not.toContain('/info')
  })

  it('keeps the end of a flood of log', async () => {
    const { logTail } = await recordOf({}, [...Array.from({ length: 500 }, () => LONG), 'the end'])
    expect(logTail.at(-1)).toBe('the end')
    expect(JSON.stringify(logTail).length).toBeLessThan(17 * 1024)
  })
})
