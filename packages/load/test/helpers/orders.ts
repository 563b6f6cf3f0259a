import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an order service saw. */
export interface Seen {
  /** numbers of all orders that were made, in order */
  readonly numbers: string[]
  /** `GET /orders/7`, in order */
  readonly requests: string[]
  /** requests for orders that there are not */
  readonly missing: number
  readonly tokens: ReadonlySet<string>
}

export interface OrderService extends AsyncDisposable {
  readonly origin: string
  readonly seen: Seen
}

/** What is odd about the service. */
export interface Oddities {
  /** every so many answers to a read are those for another customer */
  readonly wrongEvery?: number
  /** no answer says the id of the order that was made */
  readonly isSilent?: boolean
  /** where the id of an order that was made stands */
  readonly idIn?: 'body' | 'header'
  /** how long each answer takes */
  readonly afterMs?: number
}

/** A service that makes, reads, lists and deletes orders, and makes their ids itself. */
export async function startOrders({
  wrongEvery,
  isSilent = false,
  idIn = 'body',
  afterMs = 0,
}: Oddities = {}): Promise<OrderService> {
  const orders = new Map<string, { id: string; number: string; customer: string; madeAt: number }>()
  const seen = { numbers: [] as string[], requests: [] as string[], missing: 0, tokens: new Set<string>() }
  let made = 0
  let reads = 0
  const answer = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(value)
    const send = () =>
      response
        .writeHead(status, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          ...headers,
        })
        .end(text)
    if (afterMs > 0) setTimeout(send, afterMs)
    else send()
  }
  const make = (response: ServerResponse, body: string) => {
    const { number, customer } = JSON.parse(body) as { number: number; customer: string }
    const id = `o${++made}`
    const order = { id, number: String(number), customer, madeAt: Date.now() }
    orders.set(id, order)
    seen.numbers.push(order.number)
    const inBody = isSilent || idIn === 'header' ? { customer } : { id, customer, madeAt: order.madeAt }
    answer(response, 201, inBody, idIn === 'header' && !isSilent ? { location: `/orders/${id}` } : {})
  }
  const read = (response: ServerResponse, id: string) => {
    const order = orders.get(id)
    if (!order) {
      seen.missing++
      answer(response, 404, { error: 'no such order' })
      return
    }
    const isWrong = wrongEvery !== undefined && ++reads % wrongEvery === 0
    answer(response, 200, isWrong ? { ...order, customer: 'mallory' } : order)
  }
  const server = createServer((request, response) => {
    seen.requests.push(`${request.method} ${request.url}`)
    if (request.headers.authorization) seen.tokens.add(request.headers.authorization)
    void bodyOf(request).then((body) => {
      const id = /^\/orders\/(.+)$/.exec(request.url ?? '')?.[1]
      if (request.method === 'POST' && request.url === '/orders') make(response, body)
      else if (request.method === 'POST' && request.url === '/login') answer(response, 200, { token: 't-17' })
      else if (request.method === 'DELETE' && id) answer(response, orders.delete(id) ? 200 : 404, {})
      else if (id) read(response, id)
      else answer(response, 200, { orders: orders.size, authorization: request.headers.authorization ?? null })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
