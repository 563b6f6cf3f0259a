import { createInterface } from 'node:readline/promises'
import type { Writable } from 'node:stream'
import colours from 'picocolors'

/** What the user sees. Progress goes to stderr, results to stdout, so that --json can be piped. */
export interface Terminal {
  /** a line of progress that stays */
  say(line: string): void
  /** the one live line; replaced by the next, gone when empty. Nothing without a terminal. */
  live(line: string): void
  /** a result */
  print(text: string): void
  /** asks yes or no; null where nobody can answer */
  readonly ask: null | ((question: string) => Promise<boolean>)
  readonly interactive: boolean
  readonly colours: ReturnType<typeof colours.createColors>
}

export function openTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  const interactive = Boolean(stderr.isTTY) && process.env.CI === undefined && process.env.TERM !== 'dumb'
  let shown = false
  const clear = () => {
    if (shown) stderr.write('\r\x1b[2K')
    shown = false
  }
  return {
    interactive,
    colours: colours.createColors(interactive && colours.isColorSupported),
    say: (line) => {
      clear()
      stderr.write(`${line}\n`)
    },
    live: (line) => {
      if (!interactive) return
      clear()
      if (line === '') return
      stderr.write(line.slice(0, Math.max(20, (stderr.columns ?? 80) - 1)))
      shown = true
    },
    print: (text) => {
      clear()
      stdout.write(`${text}\n`)
    },
    ask: stdin.isTTY && interactive ? (question) => ask(question, stderr) : null,
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
