import { Readable } from 'node:stream'
import type { EngineClient } from '../src/client/client.js'

const { signal } = new AbortController()
const hear = () => undefined
const addresses = { listen: '10.0.0.1:2377', address: '10.0.0.1' }

/** Every call that there is of an engine, by its name on the client. Of long work: its beginning. */
export const CLIENT_CALLS: Readonly<Record<string, (client: EngineClient) => Promise<unknown>>> = {
  ping: (client) => client.ping(),
  version: (client) => client.version(),
  info: (client) => client.info(),
  podmanInfo: (client) => client.podmanInfo(),
  builderVersion: (client) => client.builderVersion(),
  events: (client) => client.events({ events: ['die'], label: 'a=b' }, signal),
  'containers.create': ({ containers }) => containers.create({ Image: 'x' }),
  'containers.unpack': ({ containers }) => containers.unpack('c', '/f', Readable.from([])),
  'containers.start': ({ containers }) => containers.start('c'),
  'containers.stop': ({ containers }) => containers.stop('c', { seconds: 1 }),
  'containers.pin': ({ containers }) => containers.pin('c', [0]),
  'containers.remove': ({ containers }) => containers.remove('c'),
  'containers.inspect': ({ containers }) => containers.inspect('c'),
  'containers.list': ({ containers }) => containers.list('a=b'),
  'containers.logs': ({ containers }) => containers.logs('c', 1),
  'containers.attach': ({ containers }) => containers.attach('c'),
  'containers.stats': ({ containers }) => containers.stats('c'),
  'containers.run': ({ containers }) => containers.run('c', { command: ['true'], hear, signal }),
  'networks.create': ({ networks }) => networks.create({ Name: 'n' }),
  'networks.inspect': ({ networks }) => networks.inspect('n'),
  'networks.remove': ({ networks }) => networks.remove('n'),
  'networks.list': ({ networks }) => networks.list('a=b'),
  'volumes.remove': ({ volumes }) => volumes.remove('v'),
  'volumes.list': ({ volumes }) => volumes.list('a=b'),
  'swarm.init': ({ swarm }) => swarm.init({ ...addresses, labels: {}, pool: '198.18.0.0/15' }),
  'swarm.workerToken': ({ swarm }) => swarm.workerToken(),
  'swarm.join': ({ swarm }) => swarm.join({ ...addresses, managers: ['10.0.0.2:2377'], token: 'secret' }),
  'swarm.leave': ({ swarm }) => swarm.leave(),
  'swarm.nodes': ({ swarm }) => swarm.nodes(),
  'swarm.removeNode': ({ swarm }) => swarm.removeNode('n'),
  'images.inspect': ({ images }) => images.inspect('i'),
  'images.list': ({ images }) => images.list(['i']),
  'images.tag': ({ images }) => images.tag('i', { repo: 'r', tag: 't' }),
  'images.remove': ({ images }) => images.remove('i'),
  'images.build': (client) => aBuild(client).next(),
  'images.pull': ({ images }) => images.pull('x', null, signal).next(),
  'images.push': ({ images }) => images.push({ repo: 'r', tag: 't' }, null, signal).next(),
  'images.import': ({ images }) =>
    images.import({ reference: 'x:y', tar: Readable.from([]), changes: [], signal }).next(),
  'images.save': ({ images }) => images.save(['x'], signal),
  'images.load': ({ images }) => images.load(Readable.from([]), signal).next(),
}

export function aBuild({ images }: EngineClient) {
  return images.build({ tag: 't', pack: () => Readable.from([]), builder: 'classic', memoryBytes: 1e9, signal })
}
