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
  const parts: string[] = []
  const expansions: Expansion[] = []
  let at = start
  const take = (pattern: RegExp): string => {
    const found = textAt(pattern, text, at)
    at += found.length
    return found
  }
  const takeExpansion = (): boolean => {
    const found = { at, text: take(EXPANSION) }
    if (found.text === '') return false
    expansions.push(found)
    parts.push(found.text)
    return true
  }
  while (at < text.length) {
    const opened = at
    const plain = take(PLAIN[rule])
    if (plain !== '') parts.push(plain)
    else if (text[at] === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return { at: opened, message: 'this quote is not closed' }
      parts.push(text.slice(at + 1, end))
      at = end + 1
    } else if (rule === 'shell' && text.startsWith("$'", at)) {
      const end = endOfAnsiQuote(text, at + 2)
      if (end === null) return { at: opened, message: 'this quote is not closed' }
      parts.push(ansiText(text.slice(at + 2, end)))
      at = end + 1
    } else if (text[at] === '"' || (rule === 'shell' && text.startsWith('$"', at))) {
      at = text.indexOf('"', at) + 1
      while (text[at] !== '"') {
        if (at >= text.length) return { at: opened, message: 'this quote is not closed' }
        const inside = take(PLAIN_IN_QUOTES[rule])
        if (inside !== '') parts.push(inside)
        else if (lengthAt(CONTINUATION, text, at) > 0) take(CONTINUATION)
        else if (lengthAt(ESCAPED_IN_QUOTES, text, at) > 0) parts.push(take(ESCAPED_IN_QUOTES).slice(1))
        else if (rule === 'words' || !takeExpansion()) parts.push(text[at++] as string)
      }
      at++
    } else if (text[at] === '\\') {
      if (take(CONTINUATION) !== '') continue
      if (at + 1 >= text.length) return { at: opened, message: 'a backslash ends the text, and nothing follows it' }
      parts.push(text[at + 1] as string)
      at += 2
    } else if (rule === 'shell' && (text[at] === '$' || text[at] === '`')) {
      if (!takeExpansion()) parts.push(text[at++] as string)
    } else break
  }
  return { word: { text: parts.join(''), at: start, expansions }, end: at }
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
const ANSI_ESCAPE = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|([\s\S]))/g

/** The text of `$'…'`, in which a browser's "Copy as cURL" writes what has a quote or a line end. */
function ansiText(text: string): string {
  return text.replace(ANSI_ESCAPE, (whole, hex, short, long, octal, other: string | undefined) => {
    if (other !== undefined) return ANSI[other] ?? ('\'"\\?'.includes(other) ? other : whole)
    const code = octal === undefined ? Number.parseInt(hex ?? short ?? long, 16) : Number.parseInt(octal, 8) & 0xff
    return code > 0x10ffff ? whole : String.fromCodePoint(code)
  })
}

function textAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  return textAt(pattern, text, at).length
}
