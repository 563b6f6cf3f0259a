import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'

export interface Sent {
  readonly method: string
  /** path and query */
  readonly path: string
  /** names and values one after the other, or by name */
  readonly headers: Readonly<Record<string, string>> | readonly string[]
  readonly body: Buffer | null
}

/**
 * Sends a request to an origin, by HTTP or HTTPS, over a connection of its own.
 *
 * @returns the answer, whose body is still to be read
 * @throws the error of the connection, or the reason of the signal
 */
export function send(
  origin: URL,
  { method, path, headers, body }: Sent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted()
  const request = origin.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        protocol: origin.protocol,
        host: origin.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: origin.port === '' ? (origin.protocol === 'https:' ? 443 : 80) : Number(origin.port),
        method,
        path,
        headers: headers as Record<string, string>,
        agent: false,
        signal,
      },
      resolve,
    )
    outgoing.on('error', (error) => reject(signal.aborted ? signal.reason : error))
    outgoing.end(body ?? undefined)
  })
}

/** Bytes of a stream up to a limit; what comes beyond it is counted and dropped. */
export class BoundedBytes {
  readonly #most: number
  readonly #chunks: Buffer[] = []
  #length = 0

  constructor(most: number) {
    this.#most = most
  }

  add(chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length <= this.#most) this.#chunks.push(chunk)
  }

  get length(): number {
    return this.#length
  }

  /** The whole as text; null when it is longer than the limit, or no UTF-8. */
  get text(): string | null {
    if (this.#length > this.#most) return null
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(this.#chunks))
    } catch {
      return null
    }
  }
}
