/**
 * A server whose behaviour is known, to measure the measuring with. Without a dependency: it runs from its file, and as
 * a target in a container. It answers `GET /predict` as the scenario predict wants it, and misbehaves as told.
 *
 *   FAULT=delay PORT=8080 node truth-server.mjs       settings as environment, or as arguments: FAULT=delay SLOW_MS=50
 *
 * FAULT       setting (default)                      what /predict does
 * none                                               answers at once
 * delay       DELAY_MS 2, SLOW_SHARE 0.02, SLOW_MS 50  waits, and longer for every 50th request
 * wait        WAIT_MS 2                              waits idly, up to 1.2 ms longer than told
 * busy        BUSY_US 300                            computes
 * stall       STALL_AFTER_MS 2000, STALL_MS 1000     sleeps once, with everything in it, so long after the first request
 *             STALL_AT                                 or at this request
 * close                                              closes the connection after each answer, and says so
 * fin         EVERY 10                               closes the connection instead of every 10th answer
 * reset       EVERY 10                               resets it
 * truncated   EVERY 10                               closes it in the middle of every 10th body
 * endless                                            sends a body that never ends
 * silent      EVERY 10                               never answers every 10th request, and keeps the connection
 * errors      EVERY 100                              answers 500 every 100th time
 * wrong       EVERY 500                              gives a wrong answer every 500th time
 * die         DIE_AFTER 2000                         ends the process with exit code 3 after so many requests
 * slow-start  START_MS 3000                          is not ready before (503, also on /health)
 * grow        GROW_BYTES 65536                       keeps so much memory with every request
 * background  THREADS 1                              answers at once while threads burn CPU
 * stream      FIRST_MS 40, GAP_MS 10, CHUNKS 10      streams events
 * unsized                                            ends its body by closing the connection
 * interim                                            answers 103 before every answer
 * surplus     EVERY 10                               sends every 10th answer twice
 * garbage     EVERY 10                               sends what is not HTTP instead of every 10th answer
 * varied                                             has another header in every answer
 * chunked                                            sends its body in chunks
 * cache       CACHE_BY body                          answers POST /predict from a cache by its body as it stands, or by its member `text`
 *
 * `GET /truth` tells how often the cache hit, how long requests to /predict really took in here, how long events of a stream let wait, and how late delays were, which are kept to some 20 µs on a
 * machine without other work, by computing through the last 1.5 ms of a wait. `DELETE /truth` forgets what was. `POST /batch {tasks, concurrency}` works TASK_MS (5) a task, and
 * says that it did TASKS_DONE of them (all).
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'

const settings = { ...process.env }
for (const argument of process.argv.slice(2)) {
  const [name, value] = argument.split('=', 2)
  settings[name] = value
}
const number = (name, fallback) => Number(settings[name] ?? fallback)
const fault = settings.FAULT ?? 'none'
const every = number('EVERY', { errors: 100, wrong: 500 }[fault] ?? 10)

const BODY = 'Prediction: Iris-Setosa'
const HEAD = { 'content-type': 'text/plain; charset=utf-8', 'content-length': BODY.length }

const startedMs = performance.now()
let requests = 0
let took = []
let late = []
/** of streams: from the request to the first event, and from one event to the next */
let first = []
let between = []
const kept = []
const cache = new Set()
let hits = 0

const answer = (response, body = BODY, status = 200, headers = {}) => {
  response.writeHead(status, { ...HEAD, 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}
/** the raw bytes of an answer */
const raw = (body, length = body.length) =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${body}`
const sometimes = (misbehave) => (request, response, n) =>
  n % every === 0 ? misbehave(request, response) : answer(response)

const faults = {
  none: (_request, response) => answer(response),
  delay: () => {}, // below node:http, see `delayed`
  wait: (_request, response) => setTimeout(() => answer(response), number('WAIT_MS', 2)),
  busy: (_request, response) => {
    const until = performance.now() + number('BUSY_US', 300) / 1000
    while (performance.now() < until);
    answer(response)
  },
  stall: stalling,
  close: (_request, response) => answer(response, BODY, 200, { connection: 'close' }),
  fin: sometimes((request) => request.socket.end()),
  reset: sometimes((request) => request.socket.resetAndDestroy()),
  truncated: sometimes((request) => request.socket.end(raw(BODY.slice(0, 9), BODY.length))),
  endless: (request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    const timer = setInterval(() => response.write('and on '), 10)
    request.socket.on('close', () => clearInterval(timer))
  },
  silent: sometimes(() => {}),
  errors: sometimes((_request, response) => answer(response, 'no', 500)),
  wrong: sometimes((_request, response) => answer(response, 'Prediction: Iris-Virginica')),
  die: (_request, response, n) => {
    if (n > number('DIE_AFTER', 2000)) process.exit(3)
    answer(response)
  },
  'slow-start': (_request, response) => (ready() ? answer(response) : answer(response, 'starting', 503)),
  grow: (_request, response) => {
    kept.push(Buffer.alloc(number('GROW_BYTES', 65536), 1))
    answer(response)
  },
  background: (_request, response) => answer(response),
  stream: streaming,
  unsized: (request) => request.socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n${BODY}`),
  interim: (request) => request.socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${raw(BODY)}`),
  surplus: sometimes((request) => request.socket.write(raw(BODY) + raw(BODY))),
  garbage: sometimes((request) => request.socket.write('what?\r\n\r\n')),
  varied: (_request, response, n) => answer(response, BODY, 200, { 'x-request': String(n).padStart(12, '0') }),
  chunked: (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write(BODY.slice(0, 10))
    response.end(BODY.slice(10))
  },
  cache: (request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const { text } = JSON.parse(body)
      const key = settings.CACHE_BY === 'text' ? text : body
      if (cache.has(key)) hits++
      cache.add(key)
      // In lower case, as an uncased model reads it.
      answer(response, text.toLowerCase())
    })
  },
}
const predict = faults[fault]
if (!predict) throw new Error(`FAULT is ${fault}, not one of ${Object.keys(faults).join(', ')}`)

function ready() {
  return fault !== 'slow-start' || performance.now() - startedMs >= number('START_MS', 3000)
}

/** Waits with an error of some 20 µs: Node's timers come up to 1.2 ms late, so the last 1.5 ms are polled. */
const due = []
let polling = false
function after(ms, callback) {
  const at = performance.now() + ms
  let place = due.length
  while (place > 0 && due[place - 1].at > at) place--
  due.splice(place, 0, { at, callback })
  if (!polling) wait()
}
function wait() {
  polling = false
  while (due.length > 0 && due[0].at <= performance.now()) {
    const { at, callback } = due.shift()
    if (late.length < 5e6) late.push(performance.now() - at)
    callback()
  }
  if (due.length === 0) return
  polling = true
  const left = due[0].at - performance.now()
  if (left > 2.5) {
    polling = false
    clearTimeout(wait.timer)
    wait.timer = setTimeout(wait, left - 1.5)
  } else setImmediate(wait)
}

/** Below node:http, whose own work before and after a request nobody could tell from the delay. */
function delayed(socket) {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  const slow = number('SLOW_SHARE', 0.02)
  const slowEvery = slow > 0 ? Math.round(1 / slow) : Number.POSITIVE_INFINITY
  const [delayMs, slowMs] = [number('DELAY_MS', 2), number('SLOW_MS', 50)]
  const bytes = Buffer.from(raw(BODY))
  return () => {
    const began = performance.now()
    after(++requests % slowEvery === 0 ? slowMs : delayMs, () => {
      socket.write(bytes)
      if (took.length < 5e6) took.push(performance.now() - began)
    })
  }
}

let stallAt = null
function stalling(_request, response, n) {
  if (settings.STALL_AT) stallAt = n === number('STALL_AT') ? 0 : Number.POSITIVE_INFINITY
  stallAt ??= performance.now() + number('STALL_AFTER_MS', 2000)
  if (performance.now() >= stallAt) {
    stallAt = Number.POSITIVE_INFINITY
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, number('STALL_MS', 1000))
  }
  answer(response)
}

function streaming(request, response) {
  const chunks = number('CHUNKS', 10)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  let sent = 0
  let beforeMs = performance.now()
  const next = () => {
    if (request.socket.destroyed) return
    const nowMs = performance.now()
    const times = sent === 0 ? first : between
    if (times.length < 5e6) times.push(nowMs - beforeMs)
    beforeMs = nowMs
    response.write(`data: ${++sent}\n\n`)
    if (sent < chunks) after(number('GAP_MS', 10), next)
    else response.end()
  }
  after(number('FIRST_MS', 40), next)
}

function batch(request, response) {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const { tasks, concurrency } = JSON.parse(body)
    after(Math.ceil(tasks / concurrency) * number('TASK_MS', 5), () => {
      const digest = createHash('sha256').update(body).digest('hex')
      const done = number('TASKS_DONE', tasks)
      answer(response, JSON.stringify({ tasks: done, ok: done, failed: 0, digest }), 200, {
        'content-type': 'application/json',
      })
    })
  })
}

function truth() {
  const at = (times, q) => times.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * times.length) - 1)] ?? null
  return {
    requests,
    hits,
    count: took.length,
    p50Ms: at(took, 0.5),
    p90Ms: at(took, 0.9),
    p99Ms: at(took, 0.99),
    lateP90Ms: at(late, 0.9) ?? 0,
    firstP50Ms: at(first, 0.5),
    betweenP50Ms: at(between, 0.5),
  }
}

const info = () => ({
  language: 'javascript',
  languageVersion: process.versions.node,
  architecture: { x64: 'x86_64', arm64: 'aarch64' }[process.arch] ?? process.arch,
  server: 'node:http',
  framework: null,
  versions: {},
  cpus: null,
  workers: 1,
  threads: fault === 'background' ? { background: number('THREADS', 1) } : {},
  pools: {},
  developmentServer: false,
  debugBuild: false,
  heapLimitBytes: null,
  flags: { fault },
})
const json = (response, value) => answer(response, JSON.stringify(value), 200, { 'content-type': 'application/json' })

const server = createServer((request, response) => {
  const path = request.url.split('?', 1)[0]
  if (path === '/predict' && (request.method === 'GET' || fault === 'cache')) {
    const began = performance.now()
    response.on('finish', () => took.length < 5e6 && took.push(performance.now() - began))
    predict(request, response, ++requests)
  } else if (path === '/batch' && request.method === 'POST') batch(request, response)
  else if (path === '/health') ready() ? answer(response, 'ok') : answer(response, 'starting', 503)
  else if (path === '/info') json(response, info())
  else if (path === '/truth' && request.method === 'DELETE') {
    took = []
    late = []
    first = []
    between = []
    json(response, truth())
  } else if (path === '/truth') json(response, truth())
  else if (path === '/echo') {
    // For fetch: what the client sent.
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('base64')
      json(response, { method: request.method, url: request.url, headers: request.headers, body })
    })
  } else answer(response, 'not found', 404)
})
server.keepAliveTimeout = 0
server.on('clientError', (_error, socket) => socket.destroy())
process.on('SIGTERM', () => process.exit(0))

if (fault === 'background')
  for (let i = 0; i < number('THREADS', 1); i++) new Worker('for (;;);', { eval: true }).unref()
const entrance = createSocketServer((socket) => {
  socket.once('data', (first) => {
    if (fault === 'delay' && first.toString('latin1', 0, 12) === 'GET /predict') {
      const request = delayed(socket)
      socket.on('data', request)
      request()
    } else {
      socket.pause()
      server.emit('connection', socket)
      socket.unshift(first)
      process.nextTick(() => socket.resume())
    }
  })
  socket.on('error', () => {})
})
entrance.listen(number('PORT', 8080), settings.HOST ?? '0.0.0.0', 4096, () =>
  console.log(`listening ${entrance.address().port}`),
)
