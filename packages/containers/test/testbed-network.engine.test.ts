import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineFacts } from '@bakeoff/model'
import { plainContainer } from '@bakeoff/runner'
import type { ContainerRequest, Network, RunningContainer } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EngineClient, openSession, type Session } from '../src/index.js'
import { buildDist, engineUnderTest, noImages } from './engine.js'

let client: EngineClient
let facts: EngineFacts
let image: string
let lockFolder: string
let session: Session

beforeAll(async () => {
  await buildDist()
  ;({ client, facts, image } = await engineUnderTest())
  lockFolder = await mkdtemp(join(tmpdir(), 'bakeoff-network-'))
  session = await openSession(client, facts, { root: '/test', say: () => undefined, images: noImages, lockFolder })
})
afterAll(async () => {
  await session.close()
  await rm(lockFolder, { recursive: true, force: true })
})

/** A server of this machine on all its addresses, as many a development server is. */
async function hostServer(): Promise<{ port: number; close(): void }> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('a service of the host'))
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

const own = () =>
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)

/** What became of a TCP connection from inside, within two seconds. */
async function connecting(from: RunningContainer, host: string, port: number): Promise<'answered' | 'nobody'> {
  const script = `(exec 3<>/dev/tcp/${host}/${port}) 2>&1`
  const { exitCode, output } = await from.run(['timeout', '2', 'bash', '-c', script], AbortSignal.timeout(20_000))
  return exitCode === 0 || /refused/i.test(output) ? 'answered' : 'nobody'
}

const start = (network: Network, name: string, script: string, changes: Partial<ContainerRequest> = {}) =>
  session.start(network, {
    ...plainContainer(name, image, { cpus: 1, cpuset: [], quotaCpus: null, memoryBytes: 128 * 1024 ** 2 }),
    command: ['bash', '-c', script],
    ...changes,
  })

const WAITING = 'exec sleep 600'
/** a TCP server on port 8080, in what the base image has */
const SERVING =
  `exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1); ` +
  `while ($c = $s->accept) { print $c "hello"; close $c }'`

describe('a container of a testbed', () => {
  it('reaches the others of its testbed by address and by name', async () => {
    await using network = await session.openNetwork('testbed')
    await using service = await start(network, 'service', SERVING, { aliases: ['database'] })
    await using target = await start(network, 'target', WAITING)
    await expect.poll(() => connecting(target, service.address, 8080), { timeout: 60_000 }).toBe('answered')
    for (const name of ['service', 'database']) expect(await connecting(target, name, 8080), name).toBe('answered')
    expect(await connecting(service, 'target', 9), 'refused by it is an answer of it').toBe('answered')
  })

  it('reaches no service of the machine that the engine runs on, no other testbed, and no other network', async (test) => {
    if (!facts.sameKernel) test.skip('the engine is on another machine')
    await using testbed = await session.openNetwork('testbed')
    await using other = await session.openNetwork('other')
    await using neighbour = await start(other, 'service', SERVING)
    await using target = await start(testbed, 'target', WAITING)
    const host = await hostServer()
    try {
      const places = [...new Set([...testbed.hostAddresses, ...other.hostAddresses, ...own()])]
      expect(places.length).toBeGreaterThan(1)
      for (const address of places) expect(await connecting(target, address, host.port), address).toBe('nobody')
      expect(await connecting(target, neighbour.address, 8080), 'another testbed').toBe('nobody')
      expect(await connecting(target, '169.254.169.254', 80), 'the cloud’s own service').toBe('nobody')
      expect(await connecting(target, '1.1.1.1', 80), 'the internet').toBe('nobody')
      const ipv6 = await target.run(['cat', '/proc/net/if_inet6'], AbortSignal.timeout(5_000))
      expect(
        ipv6.output.split('\n').filter((line) => line.endsWith('eth0')),
        'IPv6',
      ).toEqual([])
    } finally {
      host.close()
    }
  })

  it('sends no datagram to that machine either, whatever it does to its socket', async (test) => {
    if (!facts.sameKernel || process.getuid?.() !== 0) test.skip('only root can make the bridge deaf')
    await using testbed = await session.openNetwork('testbed')
    await using target = await start(testbed, 'target', WAITING)
    const heard: string[] = []
    const socket = createSocket('udp4', (message) => heard.push(message.toString()))
    await new Promise<void>((resolve) => socket.bind(0, '0.0.0.0', resolve))
    try {
      const { port } = socket.address()
      for (const address of [...testbed.hostAddresses, ...own()]) {
        // SO_BINDTODEVICE and SO_DONTROUTE: the kernel takes any address for one on this link, and asks for it by ARP.
        const script =
          'use Socket; for my $d (0, 1) { socket(my $s, PF_INET, SOCK_DGRAM, 0); setsockopt($s, SOL_SOCKET, 25, "eth0\\0");' +
          ` setsockopt($s, SOL_SOCKET, SO_DONTROUTE, $d); send($s, "hello", 0, pack_sockaddr_in(${port}, inet_aton("${address}"))) }`
        await target.run(['perl', '-e', script], AbortSignal.timeout(5_000))
      }
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(heard).toEqual([])
    } finally {
      socket.close()
    }
  })

  it('leaves nothing of its network on that machine', async (test) => {
    if (!facts.sameKernel) test.skip('the engine is on another machine')
    const interfaces = async () =>
      (await readFile('/proc/net/dev', 'utf8')).match(/^\s*[^:\s]+(?=:)/gm)?.map((name) => name.trim()) ?? []
    let bridge = ''
    {
      await using network = await session.openNetwork('testbed')
      bridge = `br-${network.id.slice(0, 12)}`
      expect(await interfaces()).toContain(bridge)
    }
    expect(await interfaces()).not.toContain(bridge)
  })
})
