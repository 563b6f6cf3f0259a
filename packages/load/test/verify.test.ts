import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Work } from '@bakeoff/runner/ports'
import { afterEach, expect, it } from 'vitest'
import { verify } from '../src/agent/verify.js'
import { predictWork, signal } from './helpers/agent.js'

let server: Server
afterEach(() => server.close())

/** @returns the origin, and how often it was asked */
async function serving(answer: (index: number) => { status: number; afterMs: number }) {
  let asked = 0
  server = createServer(async (_, response) => {
    const { status, afterMs } = answer(asked++)
    await sleep(afterMs)
    response.writeHead(status, { 'content-type': 'text/plain' }).end('Prediction: Iris-Setosa')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked }
}

function many(count: number): Work {
  const repeat = <T>(list: readonly T[]) => Array.from({ length: count }, () => list[0] as T)
  return { ...predictWork, requests: repeat(predictWork.requests), golden: repeat(predictWork.golden) }
}

it('asks no more once wrong answers took eight time-outs, and counts what was not asked as not right', async () => {
  const { origin, asked } = await serving(() => ({ status: 503, afterMs: 1000 }))
  const { total, right, differences } = await verify(many(200), { origin, timeoutMs: 1500, signal })
  expect({ total, right }).toEqual({ total: 200, right: 0 })
  expect(differences[0]?.difference).toContain('503')
  expect(asked()).toBeLessThanOrEqual(16) // 12 take 12 s together, of four at once, and three more are under way
})

it('asks on while slow answers are right, or wrong ones quick', async () => {
  const { origin, asked } = await serving((index) =>
    index % 2 ? { status: 200, afterMs: 60 } : { status: 503, afterMs: 0 },
  )
  const { right } = await verify(many(80), { origin, timeoutMs: 500, signal })
  expect({ right, asked: asked() }).toEqual({ right: 40, asked: 80 })
})
