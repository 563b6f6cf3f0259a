import { createInterface } from 'node:readline/promises'
import type { Writable } from 'node:stream'
import { visibleText, withHosts } from '@bakeoff/model'
import picocolors from 'picocolors'
import { asCalled, type CalledAs } from './called-as.js'
import { writeWhole } from './durable-file.js'
import { type Colours, createPaint } from './paint.js'
import { writeFailure } from './write-failure.js'

/**
 * The terminal, as the user sees it. Progress goes to stderr, results to stdout, so that --json can be piped. All output passes through
 * here, and nothing in it can act on the terminal: control characters are shown (see `visibleText`).
 */
export interface Terminal {
  /** prints a line of progress that stays */
  say(line: string): void
  /** shows lines below those that stay, until the next call; none clears them. Does nothing without a terminal. */
  live(...lines: readonly string[]): void
  /** how many columns a line may have; 80 where there is no window */
  columns(): number
  /** prints a result; a JSON document stays one, with the same value */
  print(text: string): void
  /** from now on results go to a file in place of stdout, the last one of them whole */
  printInto(path: string): void
  /** from now on commands in what is said and printed name this file of hosts, where they would else be about this machine */
  nameHosts(file: string): void
  /** asks yes or no; null where there is no user to answer */
  readonly ask: null | ((question: string) => Promise<boolean>)
  readonly interactive: boolean
  readonly colours: Colours
  /** calls once, when stdout or stderr can no longer be written to; later output there is dropped */
  onLost(listener: (loss: OutputLost) => void): void
  /** resolves when all output was written, or could not be; the failure is then reported */
  settled(): Promise<void>
}

export interface OutputLost {
  readonly stream: 'stdout' | 'stderr'
  /** such as EPIPE when the reader is gone, ENOSPC when the file cannot grow */
  readonly code: string
}

interface Streams {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }
}

/** The narrowest width that lines are made for; in a narrower window they wrap. */
const LEAST_COLUMNS = 20

/** @param called names the commands in what is said; documents for programs keep theirs */
export function openTerminal(
  streams: Streams = process,
  env: NodeJS.ProcessEnv = process.env,
  called: CalledAs = 'npm run',
): Terminal {
  const { stdin, stdout, stderr } = streams
  const interactive = Boolean(stderr.isTTY) && env.CI === undefined && env.TERM !== 'dumb'
  const { colours, render } = createPaint(interactive && picocolors.isColorSupported)
  const { lose, onLost } = lossTeller()
  const toStdout = writerTo(stdout, (code) => lose('stdout', code))
  const toStderr = writerTo(stderr, (code) => lose('stderr', code))
  let into: string | null = null
  let hosts: string | null = null
  const told = (text: string) => asCalled(withHosts(text, hosts), called)
  let shown = 0 // live lines
  const clear = () => {
    if (shown > 0) toStderr(`\r${shown > 1 ? `\u001b[${shown - 1}A` : ''}\u001b[0J`)
    shown = 0
  }
  const columns = () => columnsOf(streams)
  return {
    interactive,
    colours,
    columns,
    say: (line) => {
      clear()
      toStderr(`${render(told(line))}\n`)
    },
    live: (...lines) => {
      if (!interactive) return
      clear()
      const told = lines.filter((line) => line !== '')
      if (told.length === 0) return
      // Lines above the top of the window could not be cleared any more, so only as many are shown as fit. The last column stays free: some terminals wrap there.
      const most = Math.max(1, (stderr.rows || 24) - 1)
      const seen = told.slice(-most).map((line) => render(line.replaceAll(/\s/g, ' '), columns() - 1))
      toStderr(seen.join('\n'))
      shown = seen.length
    },
    print: (text) => {
      clear()
      const printed = `${render(/^[[{]/.test(text) ? text : told(text))}\n`
      if (into === null) toStdout(printed)
      else writeResult(into, printed)
    },
    printInto: (path) => {
      into = path
    },
    nameHosts: (file) => {
      hosts = file
    },
    ask: stdin.isTTY && interactive ? (question) => ask(visibleText(told(question)), stderr) : null,
    onLost,
    settled: async () => {
      await Promise.all([toStdout, toStderr].map((write) => new Promise<void>((resolve) => write('', resolve))))
    },
  }
}

/** The width of the window that is written to. */
function columnsOf({ stdout, stderr }: Pick<Streams, 'stdout' | 'stderr'>): number {
  const window = [stderr, stdout].find(({ isTTY }) => isTTY)
  return Math.max(LEAST_COLUMNS, window?.columns || 80)
}

/** Tells every caller of the first loss of output, also one that asks after it. */
function lossTeller(): Pick<Terminal, 'onLost'> & { lose(stream: OutputLost['stream'], code: string): void } {
  let first: OutputLost | null = null
  const listeners: ((loss: OutputLost) => void)[] = []
  return {
    lose: (stream, code) => {
      if (first !== null) return
      first = { stream, code }
      for (const listener of listeners) listener(first)
    },
    onLost: (listener) => {
      listeners.push(listener)
      if (first !== null) listener(first)
    },
  }
}

/** @throws BakeoffError OUT_OF_RESOURCES where the file cannot be written: it is what the command was for */
function writeResult(path: string, text: string): void {
  try {
    writeWhole(path, text)
  } catch (error) {
    throw writeFailure(error, path, 'What a run measured is kept in its folder all the same.')
  }
}

/** Writes until the stream is lost, which is told once; what is written from then on is dropped. */
function writerTo(stream: Writable, lose: (code: string) => void): (text: string, done?: () => void) => void {
  let lost = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (lost) return
    lost = true
    lose(error.code ?? error.message)
  })
  return (text, done) => {
    if (lost) done?.()
    else stream.write(text, done && (() => setImmediate(done))) // the error's event comes after its callback
  }
}

async function ask(question: string, output: Writable): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output })
  try {
    const answer = await reader.question(`${question} [Y/n] `)
    return answer.trim() === '' || /^y(es)?$/i.test(answer.trim())
  } finally {
    reader.close()
  }
}
