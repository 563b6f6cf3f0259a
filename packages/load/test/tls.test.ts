/** Targets that answer by TLS: the agent takes a certificate for the target's name by the run's authority, and no other. */
import { createSecureServer } from 'node:http2'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Server as TlsServer } from 'node:tls'
import type { Trust, Work } from '@bakeoff/runner/ports'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, makeAuthority } from '../../runner/src/authority.js'
import { certify } from '../../runner/src/certificate.js'
import { loadOf, measureFor, predictWork, type StartedAgent, signal, startAgent, unaccounted } from './helpers/agent.js'

const HEALTH = { path: '/predict', status: 200 }
const ANSWER = 'Prediction: Iris-Setosa'
const closed = { kind: 'closed', connections: 4 } as const

const ours = makeAuthority(Date.now())
let started: StartedAgent
let server: TlsServer
beforeAll(async () => {
  started = await startAgent()
})
afterEach(() => server.close())
afterAll(() => started[Symbol.asyncDispose]())

const filesOf = ({ filesOfTarget: { texts } }: Authority) => ({ cert: texts['cert.pem']!, key: texts['key.pem']! })

async function listening(made: TlsServer): Promise<string> {
  server = made
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server as a target that has these files. */
const serving = (files: { cert: string; key: string }, answer = ANSWER): Promise<string> =>
  listening(
    createServer(files, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(answer)
    }) as Server,
  )

const trusting = (trust: Trust, answer = ANSWER): Work => ({
  ...predictWork,
  golden: predictWork.golden.map((line) => ({ ...line, body: answer })),
  trust,
})

describe('a target by TLS', () => {
  it('is asked, verified and measured', async () => {
    const origin = await serving(filesOf(ours))
    await started.agent.prepare(trusting(ours.trust), signal)
    await started.agent.waitUntilReady(origin, HEALTH, 5000, signal)
    expect(await started.agent.verify(origin, 2000, signal)).toMatchObject({ total: 1, right: 1 })
    const measured = await started.agent.load(loadOf(origin, closed), measureFor(500), signal)
    expect(measured.counts).toMatchObject({ wrong: 0, errorStatus: 0, lost: 0, timeouts: 0 })
    expect(measured.counts.ok).toBeGreaterThan(100)
    expect(unaccounted(measured)).toBe(0)
  })

  it('may give answers longer than a record of TLS, and than what is read at once', async () => {
    const long = 'x'.repeat(200_000)
    const origin = await serving(filesOf(ours), long)
    await started.agent.prepare(trusting(ours.trust, long), signal)
    const measured = await started.agent.load(loadOf(origin, closed), measureFor(500), signal)
    expect(measured.counts).toMatchObject({ wrong: 0, errorStatus: 0, lost: 0, timeouts: 0 })
    expect(measured.counts.ok).toBeGreaterThan(10)
  })
})

describe('a certificate that is not of the run', () => {
  const lasting = { fromMs: Date.now() - 1000, toMs: Date.now() + 60_000 }
  const stranger = makeAuthority(Date.now())
  it.each([
    { because: 'by another authority', files: filesOf(stranger), says: /last: .*(CERT|VERIFY)/ },
    {
      because: 'by nobody but itself',
      files: (() => {
        const own = certify({ subject: 'target', hosts: ['target'], ...lasting }, null)
        return { cert: own.certificatePem, key: own.key.export({ type: 'pkcs8', format: 'pem' }) as string }
      })(),
      says: /last: [A-Z]/,
    },
  ])('is refused, $because', async ({ files, says }) => {
    const origin = await serving(files)
    await started.agent.prepare(trusting(ours.trust), signal)
    await expect(started.agent.waitUntilReady(origin, HEALTH, 2000, signal)).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringMatching(says),
    })
    const measured = await started.agent.load(loadOf(origin, closed), measureFor(300), signal)
    expect(measured.counts.ok).toBe(0)
  })

  it('is refused for another name', async () => {
    const origin = await serving(filesOf(ours))
    await started.agent.prepare(trusting({ ...ours.trust, name: 'other' }), signal)
    await expect(started.agent.waitUntilReady(origin, HEALTH, 2000, signal)).rejects.toMatchObject({
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    })
  })

  it('is refused where nobody is to be trusted', async () => {
    const origin = await serving(filesOf(ours))
    await started.agent.prepare(predictWork, signal)
    await expect(started.agent.waitUntilReady(origin, HEALTH, 2000, signal)).rejects.toMatchObject({
      code: 'NOT_READY',
    })
  })
})

it('a server that speaks only HTTP/2 is told from one that does not answer', async () => {
  const origin = await listening(createSecureServer({ ...filesOf(ours), allowHTTP1: false }) as unknown as TlsServer)
  await started.agent.prepare(trusting(ours.trust), signal)
  await expect(started.agent.waitUntilReady(origin, HEALTH, 2000, signal)).rejects.toMatchObject({
    message: expect.stringMatching(/no.application.protocol/i),
  })
})
