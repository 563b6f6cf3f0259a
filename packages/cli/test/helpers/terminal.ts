import { createPaint } from '../../src/paint.js'
import type { Terminal } from '../../src/terminal.js'

/** A terminal that nobody sees: it keeps what was said and printed, without colours. */
export function recordingTerminal(): Terminal & { readonly said: string[]; readonly printed: string[] } {
  const said: string[] = []
  const printed: string[] = []
  return {
    said,
    printed,
    say: (line) => void said.push(line),
    live: () => {},
    columns: () => 80,
    print: (text) => void printed.push(text),
    printInto: () => {},
    nameHosts: () => {},
    ask: null,
    interactive: false,
    colours: createPaint(false).colours,
    onLost: () => {},
    settled: async () => {},
  }
}
