/** What the agent's benchmarks share: servers, generators, and cores for both. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleAgent } from '../../packages/load/scripts/bundle.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bakeoff-benchmark-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
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
const onServerCore = (command) => (canPin ? ['taskset', '-c', String(cpus().length - 2), ...command] : command)
const onGeneratorCore = (command) => (canPin ? ['taskset', '-c', String(cpus().length - 1), ...command] : command)
/** Ended with us at the latest: a benchmark that fails leaves no server behind. */
const start = ([program, ...args], options) => {
  const child = spawn(program, args, options)
  process.on('exit', () => child.kill('SIGKILL'))
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

/** The server of known delays: in C where there is a compiler, since Node's own work before and after a request is no constant. */
export async function startTruthServer(settings) {
  const port = await freePort()
  const binary = join(folder, 'truth-server')
  const compiled = has('gcc')
  if (compiled && !existsSync(binary)) execFileSync('gcc', ['-O2', '-std=gnu17', '-Wall', '-Wextra', '-o', binary, here('./truth-server.c')])
  const command = compiled
    ? [binary, String(port), String(settings.delayUs), String(settings.slowEvery), String(settings.slowUs)]
    : [
        process.execPath,
        here('../../packages/load/test/servers/truth-server.mjs'),
        ...Object.entries({
          FAULT: 'delay',
          PORT: port,
          HOST: '127.0.0.1',
          DELAY_MS: settings.delayUs / 1000,
          SLOW_SHARE: settings.slowEvery === 0 ? 0 : 1 / settings.slowEvery,
          SLOW_MS: settings.slowUs / 1000,
        }).map(([name, value]) => `${name}=${value}`),
      ]
  const child = start(onServerCore(command), { stdio: ['ignore', 'ignore', 'inherit'] })
  return truthful(await listening(child, port), compiled ? 'truth server in C' : 'truth server in Node')
}

/** The server that sleeps for a second, once: see its file. */
export async function startStallingServer() {
  const port = await freePort()
  const script = here('../../packages/load/test/servers/truth-server.mjs')
  const command = [process.execPath, script, 'FAULT=stall', 'STALL_AFTER_MS=2000', 'STALL_MS=1000', `PORT=${port}`, 'HOST=127.0.0.1']
  const child = start(onServerCore(command), { stdio: ['ignore', 'ignore', 'inherit'] })
  return truthful(await listening(child, port), 'truth server in Node')
}

/** With what the server itself saw since `forget`. */
const truthful = (server, what) => ({
  ...server,
  what,
  truth: async () => (await fetch(`${server.origin}/truth`)).json(),
  forget: async () => void (await (await fetch(`${server.origin}/truth`, { method: 'DELETE' })).text()),
})

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
  await agent.prepare(
    {
      requests: [{ method: 'GET', path: '/predict', headers: {}, body: null }],
      golden: [{ status: 200, contentType: 'text/plain', body: 'Prediction: Iris-Setosa' }],
      compare: 'exact',
      tolerance: 0,
    },
    signal,
  )
  const load = (origin, order, seconds) =>
    agent.load(
      { origin, order, durationMs: seconds * 1000, requestTimeoutMs: 10_000, sampleEvery: 64, stream: false, windowMs: 500 },
      () => true,
      signal,
    )
  return {
    load,
    /** the processes that make the load */
    pids: () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number),
    closed: async (origin, connections, seconds) => {
      const { counts, durationMs, agent } = await load(origin, { kind: 'closed', connections }, seconds)
      return { perSecond: counts.ok / (durationMs / 1000), cpuUs: (agent.cpuSeconds * 1e6) / counts.ok }
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
