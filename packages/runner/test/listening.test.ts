import { describe, expect, it } from 'vitest'
import { listeningIn } from '../src/listening.js'

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const line = (address: string, port: number, state = '0A') =>
  `   0: ${address}:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0`
const ANY = '00000000'
const LOCAL = '0100007F'
const ANY6 = '0'.repeat(32)
const LOCAL6 = `${'0'.repeat(24)}01000000`

describe('listeningIn', () => {
  it.each([
    { because: 'nothing listens', lines: [], ports: [] },
    { because: 'all addresses', lines: [line(ANY, 3000)], ports: [{ port: 3000, isLocal: false }] },
    { because: 'all addresses of IPv6', lines: [line(ANY6, 8080)], ports: [{ port: 8080, isLocal: false }] },
    { because: 'localhost alone', lines: [line(LOCAL, 8080)], ports: [{ port: 8080, isLocal: true }] },
    { because: 'localhost of IPv6 alone', lines: [line(LOCAL6, 8080)], ports: [{ port: 8080, isLocal: true }] },
    {
      because: 'localhost and all addresses are open to others',
      lines: [line(LOCAL, 80), line(ANY6, 80)],
      ports: [{ port: 80, isLocal: false }],
    },
    { because: 'connections are no ports', lines: [line(ANY, 8080, '01')], ports: [] },
    { because: 'the resolver of the engine is not of the target', lines: [line('0B00007F', 41_234)], ports: [] },
    {
      because: 'two, by number',
      lines: [line(ANY, 9000), HEAD, line(ANY6, 80)],
      ports: [
        { port: 80, isLocal: false },
        { port: 9000, isLocal: false },
      ],
    },
  ])('$because', ({ lines, ports }) => expect(listeningIn([HEAD, ...lines].join('\n'))).toEqual(ports))
})
