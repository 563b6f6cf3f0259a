import { BakeoffError, endWords, type Fetched, formatDurationMs, type PlannedEntry, reachOf } from '@bakeoff/model'
import { askListening, type Listening } from './listening.js'
import { containerWords } from './placement.js'
import { plainGet } from './plain-get.js'
import { quoted } from './quoted.js'
import { tailsOf } from './tails.js'
import type { TargetGroup } from './target-group.js'
import type { Testbed } from './testbed.js'
import type { WatchedAgent } from './watched-agent.js'

/**
 * Waits until the target is ready, by its health check, or throws the reason why it never will. Returns the epoch ms of that answer. Of several
 * containers each is asked, the proxy last: it would answer as soon as the first replica does.
 */
export async function waitUntilReady(testbed: Testbed, target: TargetGroup): Promise<number> {
  const { agent, run } = testbed
  const { entry } = target
  const { path, status } = reachOf(entry).health
  const died = target.died.then(async ({ container, ...end }) => {
    const logTail = await container.logTail(40)
    throw new BakeoffError(
      'NOT_READY',
      `${entry.id}: ${containerWords(container)} ${endWords(end)} before it was ready`,
      {
        logTail,
        hint: [...(logTail.some((line) => READ_ONLY.test(line)) ? [MAKE_WRITABLE] : []), lookYourself(entry)].join(' '),
      },
    )
  })
  died.catch(() => {}) // awaited only while waiting
  const asked = askEach(agent, target).catch(async (cause: unknown) => {
    run.signal.throwIfAborted()
    if (cause instanceof BakeoffError && cause.code !== 'NOT_READY') throw cause
    const look = await lookAt(testbed, target)
    throw new BakeoffError(
      'NOT_READY',
      `${entry.id} did not answer ${status} on GET ${path} within ${formatDurationMs(entry.readyTimeoutMs)}: ${lookWords(look)}`,
      {
        cause,
        logTail: await logsOf(target, 40),
        hint: `${todoAfter(look, entry)} ${lookYourself(entry)}`,
      },
    )
  })
  return await Promise.race([asked, died])
}

/** As C libraries, Node and the JVM say it. */
const READ_ONLY = /read-only file ?system|\bEROFS\b/i
const MAKE_WRITABLE =
  'Its root is read-only: `tmpfs: [/var/cache]` in its target.yaml names the folders that it writes to.'

/** What a target that is not ready does: what it answers when it is asked once more, and on which ports it listens. */
interface Look {
  /** the first container that is not ready, else the last one */
  readonly container: string
  /** where it was asked */
  readonly origin: string
  readonly answer: Pick<Fetched, 'status' | 'body' | 'error'> | null
  /** null: the container could not be asked */
  readonly listening: readonly Listening[] | null
}

/** How long the last question may take. */
const LOOK_MS = 1000

async function lookAt({ agent, run }: Testbed, { containers, origins, entry }: TargetGroup): Promise<Look> {
  const { path, status } = reachOf(entry).health
  for (const [index, container] of containers.entries()) {
    const origin = origins[index] as string
    const answer = await agent.fetch(plainGet(origin, path, { timeoutMs: LOOK_MS, mostBytes: 1024 })).catch(() => null)
    if (answer?.status === status && index < containers.length - 1) continue
    return {
      container: containerWords(container),
      origin,
      answer,
      listening: await askListening(container, run.signal),
    }
  }
  return { container: 'target', origin: '', answer: null, listening: null }
}

/** `asked once more, target answers 404 ("Not Found"); it listens on port 8080`. */
function lookWords({ container, origin, answer, listening }: Look): string {
  const body = answer && answer.body !== '' ? ` (${quoted(answer.body)})` : ''
  const said =
    answer === null
      ? 'it could not be asked once more'
      : answer.status === null
        ? `asked once more on ${placeWords(origin)}, ${container} gives no answer (${answer.error})`
        : `asked once more, ${container} answers ${answer.status}${body}`
  if (listening === null) return said
  const ports = listening.map(({ port, isLocal }) => (isLocal ? `${port} of its loopback address only` : `${port}`))
  return `${said}; it listens on ${ports.length === 0 ? 'no port' : `port ${ports.join(', ')}`}`
}

/** `port 8443 by TLS` */
function placeWords(origin: string): string {
  const { protocol, port } = new URL(origin)
  return `port ${port || (protocol === 'https:' ? 443 : 80)}${protocol === 'https:' ? ' by TLS' : ''}`
}

function todoAfter({ answer, listening }: Look, entry: PlannedEntry): string {
  const { port, health, tls } = reachOf(entry)
  const { path, status } = health
  if (answer?.status === status) return 'It needs longer to start: raise readyTimeout in its target.yaml.'
  if (answer !== null && answer.status !== null)
    return `GET ${path} answers ${status} as soon as the service can serve; \`health\` in its target.yaml names another path or status.`
  if (tls && NO_HTTP_1.test(answer?.error ?? ''))
    return 'Its TLS offers no HTTP/1.1, and HTTP/2 is not measured: let it speak HTTP/1.1 too.'
  if (!listening?.some((one) => one.port === port && !one.isLocal))
    return `A target listens on the port that PORT names, which is ${port}, on all addresses (0.0.0.0); \`port\` in its target.yaml is another one.`
  return tls
    ? `It listens, and there is no answer by TLS: it serves with the certificate and key that TLS_CERT and TLS_KEY name.`
    : 'It listens and does not answer: its log says why, or nothing does.'
}

/** The error of a client that offers HTTP/1.1 to a server that speaks only HTTP/2. */
const NO_HTTP_1 = /no.application.protocol/i

async function askEach(agent: WatchedAgent, { origins, entry }: TargetGroup): Promise<number> {
  let lastMs = 0
  const { health } = reachOf(entry)
  for (const origin of origins) {
    const { readyAtMs } = await agent.waitUntilReady(origin, health, entry.readyTimeoutMs)
    lastMs = readyAtMs
  }
  return lastMs
}

/** The last lines of each container of the target. */
export function logsOf({ containers }: TargetGroup, lines: number): Promise<string[]> {
  return tailsOf(containers, lines)
}

function lookYourself(entry: PlannedEntry): string {
  return `Look at it yourself: npm run check -- ${entry.target} --keep`
}
