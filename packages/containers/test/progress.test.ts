import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { EngineRefusal } from '../src/client/errors.js'
import { LineJoiner, type ProgressEvent, progressEvents } from '../src/client/progress.js'
import { Semaphore } from '../src/images/semaphore.js'

async function read(chunks: (string | Buffer)[]): Promise<{ events: ProgressEvent[]; error: unknown }> {
  const events: ProgressEvent[] = []
  try {
    for await (const event of progressEvents(Readable.from(chunks))) events.push(event)
    return { events, error: null }
  } catch (error) {
    return { events, error }
  }
}

describe('the events of a build', () => {
  it('come whole, however the network cuts them', async () => {
    const bytes = Buffer.from('{"stream":"Zürich\\n"}\r\n{"aux":{"ID":"sha256:1"}}\n')
    const cuts = [...bytes].map((byte) => Buffer.from([byte]))
    expect(await read(cuts)).toEqual({ events: [{ stream: 'Zürich\n' }, { aux: { ID: 'sha256:1' } }], error: null })
  })

  it.each([
    {
      because: 'a command failed',
      event: { errorDetail: { code: 1, message: 'returned a non-zero code: 1' }, error: 'shorter' },
      message: 'returned a non-zero code: 1',
    },
    { because: 'the disk is full', event: { error: 'no space left on device\n' }, message: 'no space left on device' },
  ])('throw when $because, although the answer was 200 and the stream ends well', async ({ event, message }) => {
    const { events, error } = await read(['{"stream":"Step 1"}\n', JSON.stringify(event), '\n'])
    expect(events).toHaveLength(2)
    expect(error).toBeInstanceOf(EngineRefusal)
    expect(error).toMatchObject({ message })
  })

  it('keep what is no event as output', async () => {
    expect(await read(['half of {"a"', '\n', '{"stream":"rest"}'])).toEqual({
      events: [{ stream: 'half of {"a"\n' }, { stream: 'rest' }],
      error: null,
    })
  })
})

describe('the lines of an output', () => {
  it('are joined from pieces, and lose colours and trailing blanks', () => {
    const joiner = new LineJoiner()
    expect(joiner.push('one')).toEqual([])
    expect(joiner.push(' line\n\x1b[31mred\x1b[0m  \ntw')).toEqual(['one line', 'red'])
    expect(joiner.push('o\r\n')).toEqual(['two'])
    expect(joiner.push('progress 1%\rprogress 2%')).toEqual(['progress 1%'])
    expect(joiner.end()).toEqual(['progress 2%'])
    expect(joiner.end()).toEqual([])
  })
})

describe('a semaphore', () => {
  it('lets two run at once, the others in their order, also after one has failed', async () => {
    const semaphore = new Semaphore(2)
    const begun: number[] = []
    const finish: (() => void)[] = []
    let most = 0
    let running = 0
    const task = (n: number) =>
      semaphore.run(async () => {
        begun.push(n)
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => finish.push(resolve))
        running--
        if (n === 1) throw new Error('failed')
      })
    const all = Promise.allSettled([0, 1, 2, 3, 4].map(task))
    for (let n = 0; n < 5; n++) {
      await new Promise((resolve) => setImmediate(resolve))
      finish.shift()?.()
    }
    expect((await all).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ])
    expect(begun).toEqual([0, 1, 2, 3, 4])
    expect(most).toBe(2)
  })
})
