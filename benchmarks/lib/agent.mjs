/** What the agent's benchmarks share: servers, generators, and cores for both. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { decodeHistogram, histogramQuantile } from '../../packages/core/dist/index.js'
import { bundleAgent } from '../../packages/load/scripts/bundle.mjs'
import { startTruthServer } from '../../packages/load/test/truth/server.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bakeoff-benchmark-'))
/** Ended with us at the latest: a benchmark that fails leaves no server behind. */
const started = new Set()
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
const has = (program) => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Two cores or more: the server on the last but one, what is measured on the last. */
const canPin = has('taskset') && cpus().length >= 2
export const pinned = {
  server: canPin ? cpus().length - 2 : null,
  generator: canPin ? `core ${cpus().length - 1}` : 'any core',
}
const onCore = (core) => (canPin ? ['taskset', '-c', String(core)] : [])
const onServerCore = (command) => [...onCore(cpus().length - 2), ...command]
const onGeneratorCore = (command) => [...onCore(cpus().length - 1), ...command]
const start = ([program, ...args], options) => {
  const child = spawn(program, args, options)
  started.add(child)
  return child
}

/** Numbers, and lists of numbers, from the command line. */
export function options(defaults) {
  const { values } = parseArgs({ options: Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' }])) })
  return Object.fromEntries(
    Object.entries(defaults).map(([name, fallback]) => [
      name,
      values[name] === undefined ? fallback : Array.isArray(fallback) ? values[name].split(',').map(Number) : Number(values[name]),
    ]),
  )
}

/** The null server in C where there is a compiler, else a bare server in Node. */
export async function startNullServer() {
  const port = await freePort()
  const source = here('../../compose/null-server/')
  const binary = join(folder, 'null-server')
  const compiled = has('gcc')
  if (compiled) execFileSync('gcc', ['-O2', '-std=c17', '-pthread', '-o', binary, 'main.c', 'server.c', 'http.c'], { cwd: source })
  const command = compiled ? [binary] : [process.execPath, here('./null-server.mjs')]
  const child = start(onServerCore(command), { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PORT: String(port), CORES: '1' } })
  return { ...(await listening(child, port)), what: compiled ? 'null server in C, one core' : 'bare server in Node' }
}

/**
 * The server that knows what it did, on the server's core.
 *
 * @param settings as in packages/load/test/truth/main.c
 */
export async function openTruthServer(settings) {
  const server = await startTruthServer(settings, onServerCore([]))
  started.add(server.process)
  return { ...server, child: server.process }
}

async function listening(child, port) {
  const origin = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with exit code ${child.exitCode}`)
    try {
      await fetch(`${origin}/health`)
      return { child, origin }
    } catch {
      await sleep(20)
    }
  }
  throw new Error('the server does not answer')
}

export function closeSync({ child }) {
  child.kill('SIGKILL')
}

/** The work of the scenario predict. */
export const predictWork = {
  requests: [{ method: 'GET', path: '/predict', headers: {}, body: null }],
  golden: [{ status: 200, contentType: 'text/plain', body: 'Prediction: Iris-Setosa' }],
  compare: 'exact',
  tolerance: 0,
  seed: 1,
  respell: null,
}

/** Right answers a second, each with the share of its life inside the window. */
export const perSecondOf = ({ window, durationMs }) => window.weighted.ok / (durationMs / 1000)

/** Quantiles of a measured histogram in ms. */
export function quantilesMs(histogram, quantiles) {
  const distribution = decodeHistogram(histogram)
  return quantiles.map((q) => histogramQuantile(distribution, q) / 1000)
}

/** The agent as it runs in its container, here as a process on the generator's core. */
export async function openAgent() {
  const { connectAgent } = await import('../../packages/load/dist/index.js')
  await bundleAgent(join(folder, 'agent'))
  const child = start(onGeneratorCore([process.execPath, join(folder, 'agent', 'agent.mjs')]), {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CORES: '1' },
  })
  const agent = await connectAgent(Duplex.from({ readable: child.stdout, writable: child.stdin }))
  const { signal } = new AbortController()
  const prepare = (work) => agent.prepare(work, signal)
  await prepare(predictWork)
  /** One load: it settles, and then its window is so long. `onOpening` is called just before that opens. */
  const load = (origin, order, seconds, { settleMs = 1000, onOpening = () => {} } = {}) => {
    let isOpen = false
    const decide = ({ atMs }) => {
      if (isOpen || atMs < settleMs) return { kind: 'go-on' }
      isOpen = true
      onOpening()
      return { kind: 'measure', durationMs: seconds * 1000 }
    }
    return agent.load({ origin, order, requestTimeoutMs: 10_000, sampleEvery: 64, stream: false, sliceMs: 500 }, decide, signal)
  }
  return {
    prepare,
    load,
    /** the processes that make the load */
    pids: () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number),
    closed: async (origin, connections, seconds) => {
      const measurement = await load(origin, { kind: 'closed', connections }, seconds)
      const perSecond = perSecondOf(measurement)
      const cpuUs = (measurement.agent.cpuSeconds * 1e6) / measurement.window.weighted.ok
      return { perSecond, cpuUs, p50Ms: quantilesMs(measurement.serviceTime, [0.5])[0] }
    },
    close: async () => {
      await agent[Symbol.asyncDispose]()
      child.kill('SIGKILL')
    },
  }
}

export async function plainAutocannon(origin, connections, seconds) {
  const script = here('./plain-autocannon.mjs')
  const text = await output(onGeneratorCore([process.execPath, script, `${origin}/predict`, String(connections), String(seconds)]))
  return JSON.parse(text)
}

export const wrk = {
  available: has('wrk'),
  /** @returns requests a second, CPU time for one, and the median in ms */
  async closed(origin, connections, seconds) {
    const command = `TIMEFORMAT='cpu %U %S'; time wrk -t1 -c${connections} -d${Math.ceil(seconds)}s --latency ${origin}/predict`
    const text = await output(onGeneratorCore(['bash', '-c', `{ ${command}; } 2>&1`]))
    const [, user, system] = /^cpu (\S+) (\S+)$/m.exec(text)
    const requests = Number(/(\d+) requests in/.exec(text)[1])
    return {
      perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]),
      cpuUs: ((Number(user) + Number(system)) * 1e6) / requests,
      p50Ms: inMs(/50%\s+([\d.]+)(us|ms|s)/.exec(text)),
    }
  },
}

const inMs = (match) => (match === null ? Number.NaN : Number(match[1]) * { us: 0.001, ms: 1, s: 1000 }[match[2]])

async function output([program, ...args]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  await once(child, 'close')
  return text
}

async function freePort() {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** A pause in which connections that were just closed go away. */
export const settle = () => sleep(200)

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * How long the main threads of these processes were ready to run and the kernel ran something else, in ms since their start;
 * null where the kernel does not say. It tells a window that other work disturbed, whatever the figures in it.
 */
export function keptWaitingMs(pids) {
  try {
    return pids.reduce((sum, pid) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6, 0)
  } catch {
    return null
  }
}

/** How full the machine is, for the record beside figures. */
export const conditions = () =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, load average ${loadavg()[0].toFixed(1)}, node ${process.version}`

export const range = (values) => `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`
