import type { RequestLine } from '@bakeoff/model'

/**
 * A corpus as replay.lua reads it: finished HTTP/1.1 requests, byte for byte those that the agent sends, each after
 * its length (`57:GET / …`). A length needs no escapes, so a body may hold anything.
 *
 * @param origin `http://10.1.2.3:8080`
 */
export function renderCorpus(requests: readonly RequestLine[], origin: string): Buffer {
  const { host } = new URL(origin)
  return Buffer.concat(
    requests.flatMap((request) => {
      const wire = toWire(request, host)
      return [Buffer.from(`${wire.length}:`), wire]
    }),
  )
}

function toWire({ method, path, headers, body }: RequestLine, host: string): Buffer {
  const content = Buffer.from(body ?? '')
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const own = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  // Servers want to see a length with these methods, even one of 0.
  const hasLength = content.length > 0 || ['POST', 'PUT', 'PATCH'].includes(method)
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...(names.includes('host') ? [] : [`Host: ${host}`]),
    'Connection: keep-alive',
    ...own.map(([name, value]) => `${name}: ${value}`),
    ...(hasLength ? [`Content-Length: ${content.length}`] : []),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), content])
}
