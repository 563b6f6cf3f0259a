import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { performance } from 'node:perf_hooks'
import type { Fetched } from '@bakeoff/model'
import type { FetchRequest, Trust } from '@bakeoff/runner/ports'
import { kindOfError, tlsOptions } from '../trust.js'
import { decodeText } from './text.js'

/** The most bytes of a body, unless the request sets another limit; a longer body is cut. */
const MOST_BYTES = 8 * 1024 * 1024

/**
 * Sends one request over a connection of its own. Any failure is part of the answer: this rejects only when it is aborted.
 *
 * @param trust whom to trust where the origin is https; absent: nobody
 * @throws the signal's reason
 */
export function fetchOnce(request: FetchRequest, signal: AbortSignal, trust?: Trust): Promise<Fetched> {
  signal.throwIfAborted()
  const { origin, method, path, headers, body, encoding, timeoutMs, abandonAfterMs, mostBytes = MOST_BYTES } = request
  const bytes = body === null ? null : Buffer.from(body, encoding)
  const started = performance.now()
  return new Promise((resolve, reject) => {
    let status: number | null = null
    let answerHeaders: Record<string, string> = {}
    const chunks: Buffer[] = []
    let length = 0

    const { ask, place } = wayTo(origin, trust)
    const outgoing = ask({
      ...place,
      method,
      // The path is sent as it stands: one that is not a valid URL is a case to test.
      path,
      agent: false,
      headers: { ...headers, ...(bytes === null ? {} : { 'content-length': bytes.length }) },
    })
    const timers = [setTimeout(() => finish(`no complete answer within ${timeoutMs} ms`), timeoutMs)]
    if (abandonAfterMs !== null)
      timers.push(setTimeout(() => finish(`abandoned after ${abandonAfterMs} ms`), abandonAfterMs))

    const close = () => {
      for (const timer of timers) clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      outgoing.destroy()
    }
    const finish = (error: string | null) => {
      close()
      const { text, whole } = decodeText(Buffer.concat(chunks).subarray(0, mostBytes))
      const bodyTruncated = !whole || length > mostBytes
      const durationMs = performance.now() - started
      resolve({ status, headers: answerHeaders, body: text, bodyTruncated, durationMs, error })
    }
    const abort = () => {
      close()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort)

    outgoing.on('error', (error: NodeJS.ErrnoException) => finish(kindOfError(error)))
    outgoing.on('response', (incoming) => {
      status = incoming.statusCode ?? null
      answerHeaders = flatten(incoming.headers)
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length > mostBytes) finish(null)
      })
      incoming.on('end', () => finish(null))
      // The connection ended in the middle of the body.
      incoming.on('error', (error: NodeJS.ErrnoException) => finish(kindOfError(error)))
    })
    outgoing.end(bytes ?? undefined)
  })
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

/** How an origin is asked: by which client, where, and by TLS trusting whom. */
function wayTo(origin: string, trust: Trust | undefined) {
  const { protocol, hostname: host, port } = new URL(origin)
  return protocol === 'https:'
    ? { ask: httpsRequest, place: { host, port: Number(port || 443), ...tlsOptions(trust) } }
    : { ask: httpRequest, place: { host, port: Number(port || 80) } }
}
