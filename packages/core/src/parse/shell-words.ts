/** A word of a command line, without its quotes. */
export interface Word {
  readonly text: string
  /** offset of its first character in the command line, quotes included */
  readonly at: number
  /** what a shell would replace and is still in the text as it was written: `$TOKEN`, `$(date)` */
  readonly expansions: readonly Expansion[]
}

export interface Expansion {
  readonly text: string
  readonly at: number
}

/** What stands between commands and is no word: `|`, `&&`, `>`, a line end. */
export interface Operator {
  readonly operator: string
  readonly at: number
}

export type ShellToken = Word | Operator

export type ShellTokens =
  | { readonly ok: true; readonly tokens: readonly ShellToken[] }
  | { readonly ok: false; readonly at: number; readonly message: string }

/**
 * The rule by which a text is cut. `shell`: as POSIX shells do it, with operators, comments and `$'…'`. `words`: only white space, quotes and
 * backslashes mean anything, as in a command of Compose.
 */
export type ShellRule = 'shell' | 'words'

const BLANK: Readonly<Record<ShellRule, RegExp>> = { shell: /(?:[ \t\r]|\\\r?\n)+/y, words: /(?:\s|\\\r?\n)+/y }
const OPERATOR = /\n|;;?|&&?|\|\|?|[<>]+&?|[()]/y
const COMMENT = /#[^\n]*/y
/** Characters that stand for themselves, outside of quotes. */
const PLAIN: Readonly<Record<ShellRule, RegExp>> = {
  shell: /[^ \t\r\n'"\\$`;&|<>()]+/y,
  words: /[^\s'"\\]+/y,
}
const PLAIN_IN_QUOTES: Readonly<Record<ShellRule, RegExp>> = { shell: /[^"\\$`]+/y, words: /[^"\\]+/y }
const EXPANSION = /\$(?:[A-Za-z_]\w*|\{[^}]*\}|\([^)]*\)|[0-9@*#?!$-])|`[^`]*`/y
/** What a backslash takes the meaning of, between double quotes. */
const ESCAPED_IN_QUOTES = /\\([$`"\\])/y
const CONTINUATION = /\\\r?\n/y

/** Cuts a command line into words. Nothing is run and nothing is replaced; only quotes and backslashes are taken away. */
export function shellTokens(text: string, rule: ShellRule = 'shell'): ShellTokens {
  const tokens: ShellToken[] = []
  let at = 0
  for (;;) {
    at += lengthAt(BLANK[rule], text, at)
    if (at >= text.length) return { ok: true, tokens }
    const operator = rule === 'shell' ? textAt(OPERATOR, text, at) : ''
    const comment = rule === 'shell' ? lengthAt(COMMENT, text, at) : 0
    if (operator !== '') {
      tokens.push({ operator, at })
      at += operator.length
    } else if (comment > 0) at += comment
    else {
      const read = readWord(text, at, rule)
      if ('message' in read) return { ok: false, ...read }
      tokens.push(read.word)
      at = read.end
    }
  }
}

export function isWord(token: ShellToken): token is Word {
  return 'text' in token
}

type Trouble = { readonly at: number; readonly message: string }

function readWord(text: string, start: number, rule: ShellRule): { word: Word; end: number } | Trouble {
  const reader = new WordReader(text, start, rule)
  const trouble = reader.read()
  if (trouble !== null) return trouble
  const { parts, expansions, at } = reader
  return { word: { text: parts.join(''), at: start, expansions }, end: at }
}

const OPEN = 'this quote is not closed'

/** Reads one word, from its first character to the blank or operator that ends it. */
class WordReader {
  readonly parts: string[] = []
  readonly expansions: Expansion[] = []
  at: number
  readonly #text: string
  readonly #rule: ShellRule

  constructor(text: string, start: number, rule: ShellRule) {
    this.#text = text
    this.#rule = rule
    this.at = start
  }

  /** Null when the word was read. */
  read(): Trouble | null {
    while (this.at < this.#text.length) {
      const before = this.at
      const trouble = this.#readPart()
      if (trouble !== null) return trouble
      if (this.at === before) return null // a blank, or an operator
    }
    return null
  }

  #readPart(): Trouble | null {
    const isShell = this.#rule === 'shell'
    if (this.#keep(PLAIN[this.#rule])) return null
    if (this.#isAt("'")) return this.#readSingle()
    if (isShell && this.#isAt("$'")) return this.#readAnsi()
    if (this.#isAt('"') || (isShell && this.#isAt('$"'))) return this.#readDouble()
    if (this.#isAt('\\')) return this.#readEscaped()
    if (isShell && (this.#isAt('$') || this.#isAt('`'))) this.#keepDollar()
    return null
  }

  #readSingle(): Trouble | null {
    const end = this.#text.indexOf("'", this.at + 1)
    if (end < 0) return { at: this.at, message: OPEN }
    this.parts.push(this.#text.slice(this.at + 1, end))
    this.at = end + 1
    return null
  }

  #readAnsi(): Trouble | null {
    const end = endOfAnsiQuote(this.#text, this.at + 2)
    if (end === null) return { at: this.at, message: OPEN }
    this.parts.push(ansiText(this.#text.slice(this.at + 2, end)))
    this.at = end + 1
    return null
  }

  #readDouble(): Trouble | null {
    const opened = this.at
    this.at = this.#text.indexOf('"', opened) + 1
    while (!this.#isAt('"')) {
      if (this.at >= this.#text.length) return { at: opened, message: OPEN }
      if (this.#keep(PLAIN_IN_QUOTES[this.#rule]) || this.#take(CONTINUATION) !== '') continue
      const escaped = this.#take(ESCAPED_IN_QUOTES)
      if (escaped !== '') this.parts.push(escaped.slice(1))
      else if (this.#rule === 'shell') this.#keepDollar()
      else this.#keepOne()
    }
    this.at++
    return null
  }

  #readEscaped(): Trouble | null {
    if (this.#take(CONTINUATION) !== '') return null
    if (this.at + 1 >= this.#text.length)
      return { at: this.at, message: 'a backslash ends the text, and nothing follows it' }
    this.at++
    this.#keepOne()
    return null
  }

  /** Keeps what a shell would replace, and tells of it; else the one character. */
  #keepDollar(): void {
    const { at } = this
    const text = this.#take(EXPANSION)
    if (text === '') this.#keepOne()
    else {
      this.parts.push(text)
      this.expansions.push({ text, at })
    }
  }

  #keepOne(): void {
    this.parts.push(this.#text[this.at++] as string)
  }

  #keep(pattern: RegExp): boolean {
    const text = this.#take(pattern)
    if (text !== '') this.parts.push(text)
    return text !== ''
  }

  #take(pattern: RegExp): string {
    const text = textAt(pattern, this.#text, this.at)
    this.at += text.length
    return text
  }

  #isAt(text: string): boolean {
    return this.#text.startsWith(text, this.at)
  }
}

/** The quote that ends `$'…'`; null when none does. */
function endOfAnsiQuote(text: string, from: number): number | null {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === "'") return at
  }
  return null
}

const ANSI: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const ANSI_ESCAPE = /\\(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|[\s\S])/g

/** The text of `$'…'`, in which a browser's "Copy as cURL" writes what has a quote or a line end. */
function ansiText(text: string): string {
  return text.replace(ANSI_ESCAPE, ansiCharacter)
}

/** What a single escape stands for: itself, where it is none that a shell knows. */
function ansiCharacter(written: string): string {
  const [, digits] = /^\\[xuU]([0-9a-fA-F]+)$/.exec(written) ?? []
  if (digits !== undefined) {
    const code = Number.parseInt(digits, 16)
    return code > 0x10ffff ? written : String.fromCodePoint(code)
  }
  const rest = written.slice(1)
  if (/^[0-7]/.test(rest)) return String.fromCodePoint(Number.parseInt(rest, 8) & 0xff)
  return ANSI[rest] ?? ('\'"\\?'.includes(rest) ? rest : written)
}

function textAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  return textAt(pattern, text, at).length
}
