/** Requests from commands for curl, as documentation and a browser's "Copy as cURL" have them. Nothing is run. */
import { badSpec, didYouMean, type Problem, placeIn } from '../parse/problem.js'
import { isWord, type Operator, shellTokens, type Word } from '../parse/shell-words.js'
import { Collector } from './collector.js'
import { isSecretHeader, type WrittenHeader } from './headers.js'
import type { Recording, SecretsAs } from './recorded.js'

/** What an option of curl means here. `taken` and `not-read` have an argument when `takes` says so. */
type Meaning =
  | { readonly kind: 'method' | 'header' | 'data' | 'urlencode' | 'json' | 'user' | 'url' | 'cookie' }
  | { readonly kind: 'get' | 'head' | 'next' }
  /** it changes nothing of the request */
  | { readonly kind: 'ignored'; readonly takes: boolean }
  | { readonly kind: 'not-read'; readonly takes: boolean; readonly hint: string }

const NO_FILE = 'Write what the file has into the command.'
const ignored = (takes: boolean): Meaning => ({ kind: 'ignored', takes })
const notRead = (hint: string, takes = true): Meaning => ({ kind: 'not-read', takes, hint })

const OPTIONS: Readonly<Record<string, Meaning>> = {
  request: { kind: 'method' },
  header: { kind: 'header' },
  data: { kind: 'data' },
  'data-ascii': { kind: 'data' },
  'data-raw': { kind: 'data' },
  'data-binary': { kind: 'data' },
  'data-urlencode': { kind: 'urlencode' },
  json: { kind: 'json' },
  user: { kind: 'user' },
  'oauth2-bearer': { kind: 'user' },
  cookie: { kind: 'cookie' },
  url: { kind: 'url' },
  get: { kind: 'get' },
  head: { kind: 'head' },
  next: { kind: 'next' },
  ...Object.fromEntries(
    [
      ...['silent', 'show-error', 'verbose', 'include', 'fail', 'fail-with-body', 'location', 'insecure', 'compressed'],
      ...['http1.0', 'http1.1', 'http2', 'globoff', 'ipv4', 'ipv6', 'no-buffer', 'progress-bar', 'no-progress-meter'],
      ...['remote-name', 'path-as-is', 'tcp-nodelay', 'no-keepalive', 'disable', 'styled-output', 'remote-header-name'],
    ].map((name) => [name, ignored(false)]),
  ),
  ...Object.fromEntries(
    [
      ...['output', 'write-out', 'max-time', 'connect-timeout', 'retry', 'retry-delay', 'user-agent', 'referer'],
      ...['cookie-jar', 'dump-header', 'trace', 'trace-ascii', 'stderr', 'max-redirs', 'cacert', 'range'],
    ].map((name) => [name, ignored(true)]),
  ),
  form: notRead('A form in several parts is not read: write the request into requests.ndjson yourself.'),
  'form-string': notRead('A form in several parts is not read: write the request into requests.ndjson yourself.'),
  'upload-file': notRead(`Write -X PUT --data-raw '…'. ${NO_FILE}`),
  config: notRead('Write the options themselves into the command.'),
  proxy: notRead('Take it out: requests go to a target straight.'),
  'unix-socket': notRead('Take it out: a target listens on a port.'),
  cert: notRead('Take it out: certificates of clients are not sent.'),
  key: notRead('Take it out: certificates of clients are not sent.'),
}

const SHORT: Readonly<Record<string, string>> = {
  ...{ X: 'request', H: 'header', d: 'data', u: 'user', b: 'cookie', G: 'get', I: 'head', F: 'form', T: 'upload-file' },
  ...{ s: 'silent', S: 'show-error', v: 'verbose', i: 'include', f: 'fail', L: 'location', k: 'insecure', o: 'output' },
  ...{ w: 'write-out', m: 'max-time', A: 'user-agent', e: 'referer', c: 'cookie-jar', D: 'dump-header', x: 'proxy' },
  ...{ K: 'config', E: 'cert', g: 'globoff', O: 'remote-name', N: 'no-buffer', '#': 'progress-bar', q: 'disable' },
  ...{ J: 'remote-header-name', r: 'range', '0': 'http1.0', '4': 'ipv4', '6': 'ipv6', ':': 'next' },
}

/** Between commands; everything else that a shell reads as an operator is refused. */
const BETWEEN: ReadonlySet<string> = new Set(['\n', ';', '&&'])
/** What a prompt of documentation begins a line with. */
const PROMPTS: ReadonlySet<string> = new Set(['$', '%'])

/**
 * The requests of one command or several, each on lines of its own or with `;` or `&&` between them.
 *
 * @param file what errors call the text: a file, or the option that it was typed after
 * @throws BakeoffError BAD_SPEC with the place of everything that is not read
 */
export function readCurl(file: string, text: string, secretsAs: SecretsAs): Recording {
  const problems: Problem[] = []
  const tell: Tell = (at, message, hint) => problems.push({ file, ...placeIn(text, at), message, hint })
  const collector = new Collector(secretsAs)
  if (/\^["\r\n]/.test(text)) {
    tell(
      text.search(/\^["\r\n]/),
      'this is a command for cmd of Windows',
      'In the browser choose "Copy as cURL (bash)".',
    )
    throw badSpec(problems, text)
  }
  const cut = shellTokens(text)
  if (!cut.ok) tell(cut.at, cut.message, 'Write the command as a shell reads it: curl -d \'{"id":1}\' http://…')
  else for (const words of commandsOf(cut.tokens, tell)) readCommand(words, { collector, tell })
  if (problems.length === 0 && collector.count === 0)
    tell(0, 'there is no request in it', "Write a command: curl 'http://127.0.0.1:3000/orders'")
  if (problems.length > 0) throw badSpec(problems, text)
  return collector.finish()
}

type Tell = (at: number, message: string, hint: string) => void

function commandsOf(tokens: readonly (Word | Operator)[], tell: Tell): Word[][] {
  const commands: Word[][] = [[]]
  for (const token of tokens) {
    if (isWord(token)) commands.at(-1)?.push(token)
    else if (BETWEEN.has(token.operator)) commands.push([])
    else
      tell(token.at, `"${token.operator}" is not read`, 'Leave what follows the command out, or put quotes around it.')
  }
  return commands.filter((words) => words.length > 0)
}

interface Reading {
  readonly collector: Collector
  readonly tell: Tell
}

/** What one command says of its request, before it is put together. */
class CurlRequest {
  method: string | null = null
  readonly urls: Word[] = []
  readonly headers: WrittenHeader[] = []
  /** parts of the body, in their order */
  readonly data: string[] = []
  isJson = false
  isGet = false
  isHead = false

  has(name: string): boolean {
    return this.headers.some((header) => header.name.toLowerCase() === name)
  }
}

function readCommand(words: readonly Word[], reading: Reading): void {
  const { tell } = reading
  const [first, ...rest] = PROMPTS.has(words[0]?.text ?? '') ? words.slice(1) : words
  if (first === undefined) return
  if (!/(^|\/)curl(\.exe)?$/.test(first.text)) {
    tell(first.at, `"${first.text.slice(0, 40)}" is not curl`, 'Each command begins with the word curl.')
    return
  }
  let request = new CurlRequest()
  const finish = () => {
    put(request, first, reading)
    request = new CurlRequest()
  }
  const queue = [...rest]
  while (queue.length > 0) {
    const word = queue.shift() as Word
    if (!word.text.startsWith('-') || word.text === '-') {
      request.urls.push(word)
      continue
    }
    for (const { name, meaning, argument } of optionsOf(word, queue, tell)) {
      if (meaning.kind === 'next') finish()
      else apply(request, { name, meaning, argument, at: word.at }, tell)
    }
  }
  finish()
}

interface Option {
  readonly name: string
  readonly meaning: Meaning
  readonly argument: Word | null
}

/** The options of a word: `-sXPOST` has two, and `-X` takes its argument from the next word. */
function optionsOf(word: Word, queue: Word[], tell: Tell): Option[] {
  const { text, at } = word
  const argumentOf = (meaning: Meaning, attached: string | null): Word | null => {
    if (!takesArgument(meaning)) return null
    if (attached !== null) return { ...word, text: attached }
    const next = queue.shift()
    if (next === undefined) tell(at, `${text} has no argument`, 'Write it after the option, in quotes.')
    return next ?? null
  }
  if (text.startsWith('--')) {
    const name = text.slice(2)
    const meaning = meaningOf(name)
    if (meaning) return [{ name: text, meaning, argument: argumentOf(meaning, null) }]
    const meant = didYouMean(name, Object.keys(OPTIONS))
    tell(
      at,
      `${text} is not read`,
      meant ? `Did you mean --${meant}?` : 'Take it out where it changes nothing of the request.',
    )
    return []
  }
  const found: Option[] = []
  for (let index = 1; index < text.length; index++) {
    const letter = text[index] as string
    const meaning = meaningOf(Object.hasOwn(SHORT, letter) ? (SHORT[letter] as string) : '')
    if (!meaning) {
      tell(at + index, `-${letter} is not read`, 'Take it out where it changes nothing of the request.')
      return found
    }
    if (!takesArgument(meaning)) found.push({ name: `-${letter}`, meaning, argument: null })
    else {
      const attached = index + 1 < text.length ? text.slice(index + 1) : null
      return [...found, { name: `-${letter}`, meaning, argument: argumentOf(meaning, attached) }]
    }
  }
  return found
}

function meaningOf(name: string): Meaning | null {
  return Object.hasOwn(OPTIONS, name) ? (OPTIONS[name] as Meaning) : null
}

function takesArgument(meaning: Meaning): boolean {
  if ('takes' in meaning) return meaning.takes
  return meaning.kind !== 'get' && meaning.kind !== 'head' && meaning.kind !== 'next'
}

function apply(
  request: CurlRequest,
  { name, meaning, argument, at }: Option & { readonly at: number },
  tell: Tell,
): void {
  if (meaning.kind === 'get') request.isGet = true
  else if (meaning.kind === 'head') request.isHead = true
  else if (meaning.kind === 'not-read') tell(at, `${name} is not read`, meaning.hint)
  if (argument === null || 'takes' in meaning) return
  const { text } = argument
  switch (meaning.kind) {
    case 'method':
      request.method = text.toUpperCase()
      break
    case 'url':
      request.urls.push(argument)
      return // its expansions are told where it is read
    case 'user':
      // Never copied: what the header is called is all that is known of it from here on.
      request.headers.push({
        name: 'authorization',
        value: name === '--oauth2-bearer' ? `Bearer ${text}` : `Basic ${text}`,
      })
      return
    case 'cookie':
      request.headers.push({ name: 'cookie', value: text })
      return
    case 'header':
      if (addHeader(request, argument, tell)) return
      break
    case 'data':
      if (text.startsWith('@') && name !== '--data-raw') tell(argument.at, `${name} ${text} is not read`, NO_FILE)
      request.data.push(text)
      break
    case 'json':
      if (text.startsWith('@')) tell(argument.at, `--json ${text} is not read`, NO_FILE)
      request.isJson = true
      request.data.push(text)
      break
    case 'urlencode':
      request.data.push(urlEncoded(argument, tell))
      break
  }
  tellExpansions(argument, tell)
}

/** Returns true for a secret, which may have `$TOKEN` in it since it is not copied. */
function addHeader({ headers }: CurlRequest, word: Word, tell: Tell): boolean {
  const { text, at } = word
  if (text.startsWith('@')) tell(at, `-H ${text} is not read`, NO_FILE)
  const found = /^([^:;\s]+)(?::\s*([\s\S]*)|;)$/.exec(text)
  if (!found) {
    if (!text.startsWith('@')) tell(at, `"${text.slice(0, 40)}" is no header`, "Write -H 'name: value'.")
    return false
  }
  const [, name, value = ''] = found as unknown as [string, string, string | undefined]
  // `name:` without a value takes a header of curl's own away.
  if (value !== '' || text.endsWith(';')) headers.push({ name, value: value.trim() })
  return isSecretHeader(name)
}

function tellExpansions({ expansions }: Word, tell: Tell): void {
  for (const { text, at } of expansions)
    tell(
      at,
      `${text} is not filled in`,
      'Write the value itself, or put the text into single quotes where it is meant as it stands.',
    )
}

/** `name=a b` → `name=a+b`: only what follows the first `=` is encoded. */
function urlEncoded({ text, at }: Word, tell: Tell): string {
  const equals = text.indexOf('=')
  const file = text.indexOf('@')
  if (file >= 0 && (equals < 0 || file < equals)) tell(at, `--data-urlencode ${text} is not read`, NO_FILE)
  const content = encodeURIComponent(text.slice(equals + 1)).replaceAll('%20', '+')
  return equals > 0 ? `${text.slice(0, equals)}=${content}` : content
}

function put(request: CurlRequest, command: Word, { collector, tell }: Reading): void {
  if (request.urls.length === 0) {
    tell(command.at, 'this command has no address', "Add one: curl 'http://127.0.0.1:3000/orders'")
    return
  }
  const joined = request.data.join(request.isJson ? '' : '&')
  const hasData = request.data.length > 0
  const body = hasData && !request.isGet && !request.isHead ? joined : null
  const method = request.method ?? (request.isHead ? 'HEAD' : body === null ? 'GET' : 'POST')
  if (body !== null && !request.has('content-type')) {
    const value = request.isJson ? 'application/json' : 'application/x-www-form-urlencoded'
    request.headers.push({ name: 'content-type', value })
  }
  if (request.isJson && !request.has('accept')) request.headers.push({ name: 'accept', value: 'application/json' })
  for (const word of request.urls) {
    const url = urlOf(word, tell)
    if (url === null) continue
    const query = hasData && body === null && request.isGet ? `${url.search === '' ? '?' : '&'}${joined}` : ''
    collector.add({
      method,
      path: `${url.pathname}${url.search}${query}`,
      headers: request.headers,
      body,
      answer: null,
    })
  }
}

function urlOf(word: Word, tell: Tell): URL | null {
  tellExpansions(word, tell)
  const { text, at } = word
  if (/\{[^}]*,[^}]*\}|\[\d+-\d+[^\]]*\]/.test(text)) {
    tell(at, `curl would make several addresses of "${text.slice(0, 60)}"`, 'Write a command for each.')
    return null
  }
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  } catch {
    // told below
  }
  tell(at, `"${text.slice(0, 60)}" is no address`, 'Write one for HTTP: http://127.0.0.1:3000/orders')
  return null
}
