/**
 * Writes requests, golden answers and contract cases of the scenarios chat, chat-stream and chat-batch:
 *
 *     node compose/chat/make.mjs
 *
 * The answers come from an implementation of the upstream's text of its own (compose/openai-upstream/text.go is the
 * other one): where the two differ, every target fails its verification, and so does this file's author.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** As in the Compose files. */
const SALT = 'bakeoff'
const TOKENS = { chat: 16, 'chat-stream': 32, 'chat-batch': 32 }

const VOCABULARY = [
  ...[' the', ' number', ' is', ' a', ' prime', ' and', ' it', ' comes'],
  ...[' after', ' before', ' ten', ' one', ' of', ' in', ' natural', ' order'],
  ...[' which', ' follows', ' from', ' every', ' even', ' odd', ' sum', ' of two'],
  ...[' squares', ' that', ' we', ' count', ' twice', ' once', ' never', ' always'],
  ...[' between', ' zero', ' and one', ' half', ' double', ' plus', ' minus', ' times'],
  ...[' divided', ' by', ' itself', ' only', ' so', ' then', ' hence', ' thus'],
  ...[',', '.', ';', ':', ' (', ')', '\n', '\n\n'],
  ...[' "quoted"', ' back\\slash', ' <b>&amp;</b>', ' café', ' größer', ' 数字', ' число', ' 🌍'],
]

const U64 = (1n << 64n) - 1n

function seedOf(messages) {
  const bytes = Buffer.from(SALT + messages.map(({ role, content }) => `\0${role}\0${content}`).join(''))
  return bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * 0x100000001b3n) & U64, 0xcbf29ce484222325n)
}

function tokensOf(messages, count) {
  let state = seedOf(messages)
  return Array.from({ length: count }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & U64
    return VOCABULARY[Number(state >> 58n)]
  })
}

const textOf = (messages, count) => tokensOf(messages, count).join('')

/** The form in which every target passes a stream on. */
const sseOf = (tokens) => `${tokens.map((content) => `data: ${JSON.stringify({ content })}\n\n`).join('')}data: [DONE]\n\n`

// --- the corpus

const system = (content) => ({ role: 'system', content })
const user = (content) => ({ role: 'user', content })
const assistant = (content) => ({ role: 'assistant', content })

const HELPFUL = 'You are a helpful assistant.'
const question = (text) => [system(HELPFUL), user(text)]

/** Conversations as a service sees them: mostly the article's question, some long prompts, some turns, some scripts. */
function conversation(i) {
  switch (i % 8) {
    case 5:
      return [system(`${HELPFUL} ${'Answer briefly and say what you are sure of. '.repeat(20)}`), user(`Explain the number ${i}.`)]
    case 6:
      return [
        ...question(`What is the number ${i}?`),
        assistant('A "natural" number,\nas far as I can tell.'),
        user('Are you sure? <b>&amp;</b> \\ \t'),
      ]
    case 7:
      return question(`Was ist größer als ${i}? 数字は何ですか 🌍 число`)
    default:
      return question(`What is the number ${i + 1}?`)
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' }
const post = (path, value) => ({ method: 'POST', path, headers: JSON_HEADERS, body: typeof value === 'string' ? value : JSON.stringify(value) })

/** The whole /batch answer: failed tasks leave an empty line, so that none can be lost or swapped unseen. */
function batchAnswer({ tasks, seed = 0, suffix = '' }, fails = () => false) {
  const digest = createHash('sha256')
  let failed = 0
  for (let i = 0; i < tasks; i++) {
    const messages = question(`What is the number ${seed + i + 1}?${suffix}`)
    const isFailed = fails(messages)
    if (isFailed) failed++
    digest.update(`${isFailed ? '' : textOf(messages, TOKENS['chat-batch'])}\n`)
  }
  return JSON.stringify({ tasks, ok: tasks - failed, failed, digest: digest.digest('hex') })
}

const inShare = (share) => (messages) => Number(seedOf(messages) >> 11n) / 2 ** 53 < share

// --- contract cases

const refused = (name, request, status = 400) => ({ name, request, expect: { status, contentType: 'application/json', mentions: ['"error"'] } })
const upstreamCase = (name, request, expect) => ({ name, request: { ...request, service: 'openai-upstream' }, expect })
const forget = upstreamCase('forget the counts so far', { method: 'POST', path: '/stats/reset' }, { status: 200 })
const counts = (name, json) => upstreamCase(name, { path: '/stats' }, { status: 200, contentType: 'application/json', json })

function badInput(path) {
  return [
    refused('not JSON', post(path, '{"messages":[')),
    refused('an empty body', post(path, '')),
    refused('JSON that is not an object', post(path, '[]')),
    refused('no messages', post(path, {})),
    refused('an empty list of messages', post(path, { messages: [] })),
    refused('a message without content', post(path, { messages: [{ role: 'user' }] })),
    refused('content that is not text', post(path, { messages: [{ role: 'user', content: 7 }] })),
    refused('an unknown role', post(path, { messages: [{ role: 'oracle', content: 'hello' }] })),
    refused('invalid UTF-8', {
      ...post(path, ''),
      body: undefined,
      bodyBase64: Buffer.concat([Buffer.from('{"messages":[{"role":"user","content":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}]}')]).toString('base64'),
    }),
    refused('a body of 2 MB', {
      ...post(path, ''),
      body: undefined,
      bodyPad: { prefix: '{"messages":[{"role":"user","content":"', unit: 'a ', times: 1_000_000, suffix: '"}]}' },
    }, [400, 413]),
    { name: 'the wrong method', request: { path }, expect: { status: [404, 405] } },
    { name: 'an unknown path', request: { path: '/nothing-here' }, expect: { status: 404 } },
  ]
}

const GONE = '[[pace:first=300 gap=100]]'
const STALL_MS = 16_000 // three attempts of 3 s and the pauses between them

function chatContract() {
  const path = '/chat'
  const ask = (text) => post(path, { messages: question(text) })
  const text = (content) => ({ status: 200, contentType: 'text/plain', body: textOf(question(content), TOKENS.chat) })
  const failed = (status, mention) => ({ status, contentType: 'application/json', mentions: ['"error"', mention] })
  const long = 'ein längerer Text, '.repeat(5000)
  return [
    ...badInput(path),
    {
      name: 'a long message',
      request: { ...post(path, ''), body: undefined, bodyPad: { prefix: '{"messages":[{"role":"user","content":"', unit: 'ein längerer Text, ', times: 5000, suffix: '"}]}' } },
      expect: { status: 200, contentType: 'text/plain', body: textOf([user(long)], TOKENS.chat) },
    },
    forget,
    { name: '429 once is retried', request: ask('a [[fault:429 times=1]]'), expect: text('a [[fault:429 times=1]]') },
    { name: '500 twice is retried', request: ask('b [[fault:500 times=2]]'), expect: text('b [[fault:500 times=2]]') },
    counts('each retry was one attempt, and none came before Retry-After', { hits: 5, earlyRetries: 0, faults: { 429: 1, 500: 2 }, completedStreams: 2 }),
    forget,
    { name: '429 for ever is surfaced', request: ask('c [[fault:429]]'), expect: failed(502, 'upstream answered 429') },
    { name: '500 for ever is surfaced', request: ask('d [[fault:500]]'), expect: failed(502, 'upstream answered 500') },
    counts('two retries each and no more', { hits: 6, earlyRetries: 0, faults: { 429: 3, 500: 3 } }),
    { name: 'an upstream that says nothing', request: ask('e [[fault:stall]]'), withinMs: STALL_MS, expect: failed(504, 'upstream timed out') },
    { name: 'an upstream that falls silent in mid-stream', request: ask('f [[fault:stall at=4]]'), withinMs: 6_000, expect: failed(504, 'upstream timed out') },
    { name: 'a reset in mid-stream', request: ask('g [[fault:reset]]'), expect: failed(502, 'upstream connection broke') },
    { name: 'a malformed chunk', request: ask('h [[fault:malformed]]'), expect: failed(502, 'upstream sent a malformed chunk') },
    { name: 'a stream that ends too early', request: ask('i [[fault:truncate]]'), expect: failed(502, 'upstream ended early') },
    { name: 'a request that the upstream refuses', request: ask('j [[fault:no-such]]'), expect: failed(502, 'upstream answered 400') },
    { name: 'no upstream at all', request: ask('k'), while: { stopped: 'openai-upstream' }, withinMs: 45_000, expect: failed([502, 504], 'upstream') },
    forget,
    { name: 'a client that goes away', request: { ...ask(`l ${GONE}`), abandonAfterMs: 600 } },
    { name: 'the next client is served', request: ask('m [[pace:first=300 gap=0]]'), expect: text('m [[pace:first=300 gap=0]]') },
    counts('the stream of the one that went is cancelled', { hits: 2, cancelledStreams: 1, completedStreams: 1, openStreams: 0 }),
  ]
}

function streamContract() {
  const path = '/chat?stream=1'
  const ask = (text) => post(path, { messages: question(text) })
  const whole = (content) => ({ status: 200, contentType: 'text/event-stream', body: sseOf(tokensOf(question(content), TOKENS['chat-stream'])) })
  const failed = (status, mention) => ({ status, contentType: 'application/json', mentions: ['"error"', mention] })
  const broken = (content, error) => ({
    status: 200,
    contentType: 'text/event-stream',
    // What came before the fault was passed on, then comes the error, and no [DONE].
    body: `${sseOf(tokensOf(question(content), 4)).replace('data: [DONE]\n\n', '')}event: error\ndata: ${JSON.stringify({ error })}\n\n`,
  })
  return [
    ...badInput(path),
    forget,
    { name: '429 once is retried', request: ask('a [[fault:429 times=1]]'), expect: whole('a [[fault:429 times=1]]') },
    { name: '500 for ever is surfaced', request: ask('b [[fault:500]]'), expect: failed(502, 'upstream answered 500') },
    counts('two retries and no more', { hits: 5, earlyRetries: 0, faults: { 429: 1, 500: 3 } }),
    { name: 'an upstream that says nothing', request: ask('c [[fault:stall]]'), withinMs: STALL_MS, expect: failed(504, 'upstream timed out') },
    { name: 'an upstream that falls silent in mid-stream', request: ask('d [[fault:stall at=4]]'), withinMs: 6_000, expect: broken('d [[fault:stall at=4]]', 'upstream timed out') },
    { name: 'a reset in mid-stream', request: ask('e [[fault:reset]]'), expect: broken('e [[fault:reset]]', 'upstream connection broke') },
    { name: 'a malformed chunk', request: ask('f [[fault:malformed]]'), expect: broken('f [[fault:malformed]]', 'upstream sent a malformed chunk') },
    { name: 'a stream that ends too early', request: ask('g [[fault:truncate]]'), expect: broken('g [[fault:truncate]]', 'upstream ended early') },
    forget,
    { name: 'a client that goes away in mid-stream', request: { ...ask(`h ${GONE}`), abandonAfterMs: 800 } },
    { name: 'a client that goes away before the first token', request: { ...ask('i [[pace:first=5000 gap=0]]'), abandonAfterMs: 400 } },
    { name: 'the next client is served', request: ask('j'), expect: whole('j') },
    counts('the streams of those that went are cancelled', { hits: 3, cancelledStreams: 2, completedStreams: 1, openStreams: 0 }),
  ]
}

function batchContract() {
  const path = '/batch'
  const refusedBatch = (name, value) => refused(name, post(path, value))
  const batch = (name, order, fails, withinMs = 20_000) => ({
    name,
    request: post(path, order),
    withinMs,
    expect: { status: 200, contentType: 'application/json', headers: { 'x-wall-ms': '*' }, body: batchAnswer(order, fails) },
  })
  // It takes 6 s for each stream, so that on a busy machine too all four are open when the client goes away.
  const left = { tasks: 40, concurrency: 4, seed: 980, suffix: ' [[pace:first=300 gap=200]]' }
  const some = { tasks: 24, concurrency: 12, seed: 500, suffix: ' [[fault:500 share=0.25]]' }
  const someFailed = JSON.parse(batchAnswer(some, inShare(0.25))).failed
  return [
    refusedBatch('not JSON', '{"tasks":'),
    refusedBatch('no tasks', { concurrency: 4 }),
    refusedBatch('zero tasks', { tasks: 0, concurrency: 4 }),
    refusedBatch('too many tasks', { tasks: 1_000_000, concurrency: 4 }),
    refusedBatch('tasks as text', { tasks: '8', concurrency: 4 }),
    refusedBatch('no concurrency', { tasks: 8 }),
    refusedBatch('zero concurrency', { tasks: 8, concurrency: 0 }),
    refusedBatch('a negative seed', { tasks: 8, concurrency: 4, seed: -1 }),
    { name: 'the wrong method', request: { path }, expect: { status: [404, 405] } },
    forget,
    batch('more concurrency than tasks', { tasks: 3, concurrency: 200, seed: 7 }),
    counts('each task was one request, none was skipped', { hits: 3, tokens: 96, completedStreams: 3, peakOpenStreams: 3 }),
    forget,
    batch('the concurrency asked for', { tasks: 20, concurrency: 10, seed: 40 }),
    counts('ten at a time', { hits: 20, peakOpenStreams: 10 }),
    forget,
    batch('failing tasks are counted and none is lost', some, inShare(0.25)),
    counts('the failing ones were tried three times', { hits: some.tasks - someFailed + 3 * someFailed, faults: { 500: 3 * someFailed } }),
    batch('429 once for every task', { tasks: 6, concurrency: 6, seed: 900, suffix: ' [[fault:429 times=1]]' }),
    batch('resets for every task', { tasks: 6, concurrency: 3, seed: 950, suffix: ' [[fault:reset]]' }, () => true),
    batch('malformed chunks for every task', { tasks: 6, concurrency: 3, seed: 960, suffix: ' [[fault:malformed]]' }, () => true),
    batch('silence for every task', { tasks: 2, concurrency: 2, seed: 970, suffix: ' [[fault:stall at=4]]' }, () => true),
    forget,
    { name: 'a client that goes away', request: { ...post(path, left), abandonAfterMs: 2_000 } },
    batch('the next client is served', { tasks: 1, concurrency: 1, seed: 990 }),
    counts('streams are cancelled and no further task is begun', { hits: 5, cancelledStreams: 4, completedStreams: 1, openStreams: 0 }),
  ]
}

// --- files

function write(scenario, name, lines) {
  const file = fileURLToPath(new URL(`../${scenario}/${name}.ndjson`, import.meta.url))
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

const chats = Array.from({ length: 48 }, (_, i) => conversation(i))
write('chat', 'requests', chats.map((messages) => post('/chat', { messages })))
write('chat', 'golden', chats.map((messages) => ({ status: 200, contentType: 'text/plain', body: textOf(messages, TOKENS.chat) })))
write('chat', 'contract', chatContract())

// Fewer: each takes a second, and all are verified before every load.
const streams = chats.slice(0, 8)
write('chat-stream', 'requests', streams.map((messages) => post('/chat?stream=1', { messages })))
write('chat-stream', 'golden', streams.map((messages) => ({ status: 200, contentType: 'text/event-stream', body: sseOf(tokensOf(messages, TOKENS['chat-stream'])) })))
write('chat-stream', 'contract', streamContract())

const batches = [
  { tasks: 8, concurrency: 4 },
  { tasks: 5, concurrency: 8, seed: 1_000_000 },
]
write('chat-batch', 'requests', batches.map((order) => post('/batch', order)))
write('chat-batch', 'golden', batches.map((order) => ({ status: 200, contentType: 'application/json', body: batchAnswer(order) })))
write('chat-batch', 'contract', batchContract())
