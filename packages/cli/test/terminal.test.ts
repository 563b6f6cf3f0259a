import { Writable } from 'node:stream'
import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { showError } from '../src/exit.js'
import { createPaint } from '../src/paint.js'
import { openProgress } from '../src/progress.js'
import { type OutputLost, openTerminal, type Terminal } from '../src/terminal.js'

const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\u009b31mred\u202e\r'
const VISIBLE = '␛]0;owned␇␛[2J\\u009b31mred\\u202e␍'

/** A stream as a terminal or a pipe is one; `break` makes all that follows fail. */
class Output extends Writable {
  readonly isTTY: boolean
  readonly columns = 60
  text = ''
  writes = 0
  #failure: NodeJS.ErrnoException | null = null

  constructor(isTTY: boolean) {
    super({ autoDestroy: false })
    this.isTTY = isTTY
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.writes++
    if (!this.#failure) this.text += chunk
    done(this.#failure ?? undefined)
  }

  break(code: string): void {
    this.#failure = Object.assign(new Error(code), { code })
  }
}

function open(isTTY: boolean): { terminal: Terminal; stdout: Output; stderr: Output } {
  const stdout = new Output(false)
  const stderr = new Output(isTTY)
  const terminal = openTerminal({ stdin: {}, stdout, stderr }, {})
  return { terminal, stdout, stderr }
}

it('names commands as the program was called, but in documents for programs', () => {
  const [stdout, stderr] = [new Output(false), new Output(false)]
  const { say, print } = openTerminal({ stdin: {}, stdout, stderr }, {}, 'npx bakeoff')
  say('See npm run doctor')
  print('Elsewhere: npm run images -- pull x')
  print('{"command":"npm run matrix"}')
  expect(stderr.text).toBe('See npx bakeoff doctor\n')
  expect(stdout.text).toBe('Elsewhere: npx bakeoff images pull x\n{"command":"npm run matrix"}\n')
})

it('names the file of hosts in commands once it is known', () => {
  const [stdout, stderr] = [new Output(false), new Output(false)]
  const { say, nameHosts } = openTerminal({ stdin: {}, stdout, stderr }, {}, 'npx bakeoff')
  say('npm run plan')
  nameHosts('lab.yaml')
  say('npm run plan')
  expect(stderr.text).toBe('npx bakeoff plan\nnpx bakeoff plan --hosts lab.yaml\n')
})

describe('the terminal', () => {
  it.each([
    { because: 'a line is said', act: ({ say }: Terminal) => say(HOSTILE) },
    { because: 'an error is shown', act: (t: Terminal) => showError(new BakeoffError('BAD_SPEC', HOSTILE), t) },
    {
      because: 'a log is shown',
      act: (t: Terminal) => showError(new BakeoffError('NOT_READY', 'm', { logTail: [HOSTILE] }), t),
    },
    {
      because: 'a hint is shown',
      act: (t: Terminal) => showError(new BakeoffError('NOT_READY', 'm', { hint: HOSTILE }), t),
    },
    { because: 'a bug is shown', act: (t: Terminal) => showError(new Error(HOSTILE), t) },
    { because: 'it is coloured', act: (t: Terminal) => t.say(t.colours.red(t.colours.bold(HOSTILE))) },
    {
      because: 'a repetition failed',
      act: (t: Terminal) =>
        openProgress(t, { now: () => 0, everySecond: () => () => {} }).show({
          kind: 'repetition',
          at: 'now',
          entry: 'e',
          block: 'b',
          repetition: 1,
          outcome: 'failed',
          message: HOSTILE,
          figures: [],
          leftMs: null,
        }),
    },
  ])('obeys nothing that comes from outside when $because', ({ act }) => {
    for (const isTTY of [false, true]) {
      const { terminal, stderr } = open(isTTY)
      act(terminal)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are the only codes
      const plain = stderr.text.replaceAll(/\u001b\[(1|2|22|3[1-3]|39)m/g, '')
      expect(plain).toContain(VISIBLE)
      expect(plain).not.toMatch(/[^\P{C}\n]/u)
    }
  })

  it('prints JSON as the same JSON', () => {
    const { terminal, stdout } = open(true)
    const value = { log: [HOSTILE], flags: { '\u0085': 1 } }
    terminal.print(JSON.stringify(value, null, 2))
    expect(JSON.parse(stdout.text)).toEqual(value)
    expect(stdout.text).not.toMatch(/[^\P{C}\n]/u)
  })

  it('cuts the live line to the width of the window, and keeps it one line', () => {
    const { terminal, stderr } = open(true)
    terminal.live(`two\nlines ${'x'.repeat(200)}`)
    expect(stderr.text).toHaveLength(59)
    expect(stderr.text).not.toContain('\n')
    terminal.say('next')
    expect(stderr.text.slice(59)).toBe('\r\u001b[0Jnext\n')
  })

  it('counts columns, not characters, and cuts no character in two', () => {
    const { terminal, stderr } = open(true)
    terminal.live(`x${'日'.repeat(100)}`)
    expect(stderr.text).toBe(`x${'日'.repeat(29)}`)
  })

  it('clears all lines of the block that it showed last, of which no more are shown than the window has', () => {
    const { terminal, stderr } = open(true)
    terminal.live('a', '', 'b')
    expect(stderr.text).toBe('a\nb')
    stderr.text = ''
    const lines = Array.from({ length: 30 }, (_, line) => String(line))
    terminal.live(...lines)
    expect(stderr.text).toBe(`\r\u001b[1A\u001b[0J${lines.slice(7).join('\n')}`)
    stderr.text = ''
    terminal.live()
    expect(stderr.text).toBe('\r\u001b[22A\u001b[0J')
  })

  it('shows no block without a window, and no code', () => {
    const { terminal, stderr } = open(false)
    terminal.live('a', 'b')
    terminal.say('said')
    expect(stderr.text).toBe('said\n')
    expect(terminal.columns()).toBe(80)
  })

  it('tells once that nobody reads, and says no more there', async () => {
    const { terminal, stdout, stderr } = open(false)
    const losses: OutputLost[] = []
    terminal.onLost((loss) => losses.push(loss))
    stderr.break('EPIPE')
    stdout.break('ENOSPC')
    for (let line = 0; line < 3; line++) {
      terminal.say('x')
      terminal.print('x')
      await new Promise(setImmediate)
    }
    expect(losses).toEqual([{ stream: 'stderr', code: 'EPIPE' }])
    expect([stdout.writes, stderr.writes]).toEqual([1, 1])
    terminal.onLost((loss) => losses.push(loss))
    expect(losses).toHaveLength(2)
  })
})

describe('paint', () => {
  it('goes on with the outer colour where an inner one ends', () => {
    const { colours, render } = createPaint(true)
    expect(render(colours.red(`a ${colours.bold('b')} c`))).toBe(
      '\u001b[31ma \u001b[1mb\u001b[22m\u001b[31m c\u001b[39m',
    )
    expect(render(colours.red(`a ${colours.green('b')} c`), 3)).toBe(
      '\u001b[31ma \u001b[32mb\u001b[39m\u001b[31m\u001b[39m',
    )
  })

  it('is none of what another process painted', () => {
    const other = createPaint(true).colours.red('x')
    expect(createPaint(true).render(other)).toMatch(/^␛<[0-9a-f]{24}>red x␛<[0-9a-f]{24}>end $/)
  })

  it('leaves text as it is when it is off', () => {
    const { colours, render } = createPaint(false)
    expect(render(colours.red(colours.dim(1)))).toBe('1')
  })
})
