import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlain, type Server as PlainServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Certified, certify } from '../../runner/src/certificate.js'
import { connect, openWay } from '../src/index.js'

const HOUR_MS = 3_600_000
const validity = { fromMs: Date.now() - HOUR_MS, toMs: Date.now() + HOUR_MS }
const authority = certify({ subject: 'authority', hosts: [], ...validity }, null)
const other = certify({ subject: 'another authority', hosts: [], ...validity }, null)

let folder: string
/** As `dockerd --tlsverify` has it: a client without a certificate of the authority gets nothing. */
let engine: Server
let plain: PlainServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-tls-'))
  const server = certify({ subject: 'engine', hosts: ['localhost'], ...validity }, authority)
  engine = createServer(
    { cert: server.certificatePem, key: pemOf(server), ca: authority.certificatePem, requestCert: true },
    (_, response) => response.end('OK'),
  )
  plain = createPlain((_, response) => response.end('OK'))
  for (const each of [engine, plain]) await new Promise<void>((done) => each.listen(0, '127.0.0.1', done))
})
afterAll(async () => {
  for (const each of [engine, plain]) {
    each.closeAllConnections()
    await new Promise((done) => each.close(done))
  }
  rmSync(folder, { recursive: true, force: true })
})

it('leads to an engine by TLS, which knows the client', async () => {
  const tls = filesOf('good', authority, authority)
  await using way = await openWay(at(engine, { tls }))
  await connect(way.found).ping()
  expect(way.found).toMatchObject({ endpoint: `tcp://localhost:${portOf(engine)}`, foundBy: 'host load-2' })
})

it.each([
  {
    because: 'its certificate is by another authority',
    host: () => at(engine, { tls: filesOf('other-ca', other, authority) }),
    says: 'its certificate is not signed by ca.pem',
    hint: 'openssl s_client -connect localhost:',
  },
  {
    because: 'the engine does not know the client',
    host: () => at(engine, { tls: filesOf('other-client', authority, other) }),
    says: 'the engine refuses cert.pem',
    hint: '--tlscacert',
  },
  {
    because: 'the certificate is for another name',
    host: () => at(engine, { tls: filesOf('name', authority, authority), host: '127.0.0.1' }),
    says: 'its certificate is for another name',
    hint: 'the name or address that the certificate is for',
  },
  {
    because: 'the engine speaks no TLS',
    host: () => at(plain, { tls: filesOf('plain', authority, authority) }),
    says: 'the engine does not speak TLS',
    hint: 'reach it by ssh',
  },
])('is an error when $because', async ({ host, says, hint }) => {
  await expect(openWay(host())).rejects.toMatchObject({
    code: 'NO_ENGINE',
    message: expect.stringContaining(`host load-2: ${says}`),
    hint: expect.stringContaining(hint),
  })
})

function at(server: Server | PlainServer, { tls, host = 'localhost' }: { tls: string; host?: string }) {
  return {
    name: 'load-2',
    way: { kind: 'tcp', host, port: portOf(server), tls },
    socket: '/var/run/docker.sock',
  } as const
}

/** A folder as hosts.yaml names it. */
function filesOf(name: string, trusted: Certified, clientsIssuer: Certified): string {
  const client = certify({ subject: 'client', hosts: [], ...validity }, clientsIssuer)
  const path = join(folder, name)
  mkdirSync(path)
  writeFileSync(join(path, 'ca.pem'), trusted.certificatePem)
  writeFileSync(join(path, 'cert.pem'), client.certificatePem)
  writeFileSync(join(path, 'key.pem'), pemOf(client), { mode: 0o600 })
  return path
}

function pemOf({ key }: Certified): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

function portOf(server: Server | PlainServer): number {
  return (server.address() as { port: number }).port
}
