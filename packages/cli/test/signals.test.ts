import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { Interruption, type Stoppable } from '../src/signals.js'
import { type OutputLost, openTerminal } from '../src/terminal.js'

const GRACE_MS = 200
const LEAVE_MS = 100

/** A process that gets signals, and remembers how it left. */
class FakeProcess extends EventEmitter {
  leftWith: number | null = null
  override on(event: string, listener: (...given: never[]) => void): this {
    return super.on(event, listener as (...given: unknown[]) => void)
  }
  exit(code: number): void {
    this.leftWith ??= code
  }
}

/** A run with an end to write and something to remove, and a terminal whose reader may go away. */
function aRun(stoppable: Stoppable = {}, graceMs = GRACE_MS) {
  const process = new FakeProcess()
  const said: string[] = []
  const listeners: ((loss: OutputLost) => void)[] = []
  const terminal = {
    ...openTerminal({ stdin: {}, stdout: new PassThrough(), stderr: new PassThrough() }, {}),
    say: (line: string) => void said.push(line),
    onLost: (listener: (loss: OutputLost) => void) => void listeners.push(listener),
  }
  const interruption = new Interruption(terminal, { process, graceMs, leaveMs: LEAVE_MS })
  const done: string[] = []
  interruption.guard({
    writeEnd: () => void done.push('written'),
    emergencyStop: async () => void done.push('removed'),
    ...stoppable,
  })
  return {
    interruption,
    process,
    done,
    said: () => said.join('\n'),
    lose: (loss: OutputLost) => {
      for (const listener of listeners) listener(loss)
    },
    until: async (leftWith: number) => {
      for (const deadline = Date.now() + 60_000; process.leftWith === null && Date.now() < deadline; ) await sleep(5)
      expect(process.leftWith).toBe(leftWith)
    },
  }
}
type Run = ReturnType<typeof aRun>

/** A command that measures nothing. */
function aCommand() {
  const process = new FakeProcess()
  const terminal = openTerminal({ stdin: {}, stdout: new PassThrough(), stderr: new PassThrough() }, {})
  const interruption = new Interruption(terminal, { process, graceMs: GRACE_MS, leaveMs: LEAVE_MS })
  interruption.guard({ emergencyStop: async () => undefined })
  return { interruption, process }
}

describe('what stops a run in order', () => {
  it.each<{ because: string; stop: (run: Run) => void; code: number; reason: RegExp; says: RegExp }>([
    {
      because: 'Ctrl-C',
      stop: ({ process }) => process.emit('SIGINT'),
      code: 130,
      reason: /^interrupted \(SIGINT\)$/,
      says: /SIGINT: stopping\. What was measured is kept/,
    },
    {
      because: 'a bug',
      stop: ({ process }) => process.emit('uncaughtException', new TypeError('x is not a function')),
      code: 1,
      reason: /^stopped by a bug in Bakeoff: x is not a function$/,
      says: /This is a bug in Bakeoff[\s\S]*TypeError: x is not a function\n {4}at /,
    },
    {
      because: 'a rejection that nobody caught',
      stop: ({ process }) => process.emit('unhandledRejection', 'no reason'),
      code: 1,
      reason: /^stopped by a bug in Bakeoff: no reason$/,
      says: /no reason/,
    },
    {
      because: 'an error with its own advice, such as a full disk',
      stop: ({ process }) =>
        process.emit('uncaughtException', new BakeoffError('OUT_OF_RESOURCES', 'the disk is full', { hint: 'rm' })),
      code: 3,
      reason: /^the disk is full$/,
      says: /the disk is full\nrm$/,
    },
    {
      because: 'a reader that is gone',
      stop: ({ lose }) => lose({ stream: 'stderr', code: 'EPIPE' }),
      code: 141,
      reason: /^stderr has no reader any more \(EPIPE\)$/,
      says: /stderr has no reader/,
    },
    {
      because: 'a terminal that is gone',
      stop: ({ lose }) => lose({ stream: 'stdout', code: 'EIO' }),
      code: 141,
      reason: /stdout has no reader/,
      says: /stdout has no reader/,
    },
    {
      because: 'a log file that cannot grow',
      stop: ({ lose }) => lose({ stream: 'stderr', code: 'ENOSPC' }),
      code: 3,
      reason: /^stderr cannot be written \(ENOSPC\)$/,
      says: /stderr cannot be written/,
    },
  ])(
    '$because: it is aborted, not failed, and may go on until its report is written',
    ({ stop, code, reason, says }) => {
      const run = aRun()
      stop(run)
      const { signal, exitCode } = run.interruption
      expect(signal.aborted).toBe(true)
      expect(signal.reason).toMatchObject({ code: 'ABORTED', message: expect.stringMatching(reason) })
      expect(exitCode).toBe(code)
      expect(run.said()).toMatch(says)
      expect([run.process.leftWith, run.done]).toEqual([null, []])
    },
  )

  it.each([
    { what: 'a run', isRun: true, hint: /--resume$/ },
    { what: 'a build of images, which has nothing to go on with', isRun: false, hint: null },
  ])('says how to go on with $what', ({ isRun, hint }) => {
    const { interruption, process } = isRun ? aRun() : aCommand()
    process.emit('SIGINT')
    expect(interruption.signal.reason.hint).toEqual(hint && expect.stringMatching(hint))
  })

  it.each<{ because: string; stop: (run: Run) => void; code: number }>([
    { because: 'Ctrl-C', stop: ({ process }) => process.emit('SIGINT'), code: 130 },
    { because: 'a bug', stop: ({ process }) => process.emit('uncaughtException', new Error('x')), code: 1 },
    { because: 'a closed pipe', stop: ({ lose }) => lose({ stream: 'stderr', code: 'EPIPE' }), code: 141 },
  ])('what has not ended in time after $because has its end written, is removed and left', async ({ stop, code }) => {
    const run = aRun()
    stop(run)
    await run.until(code)
    expect(run.done).toEqual(['written', 'removed'])
    expect(run.said()).toMatch(
      /Left 0\.2 s after it was stopped, before its end; what was measured is in the report\.$/,
    )
  })
})

describe('a second signal', () => {
  it('writes the end, removes and leaves at once, with its own code', async () => {
    const run = aRun()
    run.process.emit('SIGINT')
    run.process.emit('SIGTERM')
    expect(run.done).toEqual(['written', 'removed'])
    await run.until(143)
    expect(run.said()).toMatch(/Left at the second signal \(SIGTERM\), before its end/)
  })

  it('leaves also when the engine does not answer, and says who removes the rest', async () => {
    const run = aRun({ emergencyStop: () => new Promise(() => {}) }, 300_000) // it does not leave by this
    run.process.emit('SIGINT')
    run.process.emit('SIGINT')
    run.process.emit('SIGINT')
    await run.until(130)
    expect(run.said()).toContain('its watchdog goes on with that')
    expect(run.done).toEqual(['written'])
  })

  it('leaves also when the end cannot be written, and says why', async () => {
    const run = aRun({
      writeEnd: () => {
        throw new BakeoffError('OUT_OF_RESOURCES', 'no room for the report')
      },
      emergencyStop: () => Promise.reject(new Error('the engine is gone')),
    })
    run.process.emit('SIGINT')
    run.process.emit('SIGINT')
    await run.until(130)
    expect(run.said()).toContain('no room for the report')
    expect(run.said()).not.toContain('is in the report')
  })
})

it('a bug that throws again and again is shown three times', () => {
  const run = aRun()
  for (let time = 0; time < 50; time++) run.process.emit('uncaughtException', new Error('again'))
  expect(run.said().match(/Error: again/g)).toHaveLength(3)
})

describe('a signal that was asked for', () => {
  it('ends what it was asked for, and interrupts nothing', () => {
    const { interruption, process, said } = aRun()
    let ended = 0
    interruption.onNextSignal(() => ended++)
    process.emit('SIGINT')
    expect({ ended, isAborted: interruption.signal.aborted, code: interruption.exitCode, said: said() }).toEqual({
      ended: 1,
      isAborted: false,
      code: null,
      said: '',
    })
    process.emit('SIGINT')
    expect(ended).toBe(1)
    expect(interruption.signal.aborted).toBe(true)
  })

  it('interrupts once it is taken back', () => {
    const { interruption, process } = aRun()
    interruption.onNextSignal(() => {})()
    process.emit('SIGTERM')
    expect(interruption.signal.aborted).toBe(true)
  })
})
