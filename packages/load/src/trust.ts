import type { Trust } from '@bakeoff/runner/ports'

/**
 * The options of a TLS connection: the target's certificate must be by the one authority, and for the target's name, whatever the
 * address that is dialled. HTTP/1.1 is all that is offered, since nothing else is spoken here.
 */
export function tlsOptions(trust: Trust | undefined) {
  return {
    ca: trust?.authority ?? [],
    servername: trust?.name ?? '',
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
  }
}

/** What an error of a connection is: its code, and of TLS the alert by which the other end refused. */
export function kindOfError({ code, message }: NodeJS.ErrnoException): string {
  const alert = code === 'EPROTO' ? /\balert ([a-z ]+)/.exec(message)?.[1]?.trim() : undefined
  return alert === undefined ? (code ?? message) : `${code}, TLS alert: ${alert}`
}
