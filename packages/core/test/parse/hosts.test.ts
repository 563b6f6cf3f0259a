import { BakeoffError, type HostsSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { parseHosts } from '../../src/index.js'

const PLACE = { home: '/home/ada', folder: '/home/ada/lab' }
const read = (text: string): HostsSpec => parseHosts(text, 'lab.yaml', PLACE)

/** Two hosts that a bench can be made of. */
const TWO = `hosts:
  a: { docker: ssh://ada@10.0.0.1, address: 10.10.0.1 }
  b: { docker: ssh://ada@10.0.0.2, address: 10.10.0.2 }
`
const WHOLE = `hosts:
  bench-1: { docker: ssh://bench@10.0.0.11, address: 10.10.0.11 }
  db-1:    { docker: ssh://db-1, address: 10.10.0.12, socket: /run/docker.sock }
  load-1:  { docker: context:load-1, address: 10.10.0.21 }
  load-2:  { docker: tcp://10.0.0.22:2376, tls: ~/.docker/load-2, address: 10.10.0.22 }
network: overlay
benches:
  - { target: bench-1, services: db-1, agents: [load-1, load-2] }
`

/** One host, a bench by itself, with this way and these members. */
const alone = (docker: string, more = '') => `hosts: { a: { docker: '${docker}'${more} } }\nfleet: [a]\n`

describe('hosts.yaml', () => {
  it('names hosts, the ways to their engines, and what each is for', () => {
    expect(read(WHOLE)).toEqual({
      file: 'lab.yaml',
      hosts: [
        {
          name: 'bench-1',
          docker: 'ssh://bench@10.0.0.11',
          way: { kind: 'ssh', destination: 'bench@10.0.0.11', port: null },
          address: '10.10.0.11',
          socket: '/var/run/docker.sock',
        },
        {
          name: 'db-1',
          docker: 'ssh://db-1',
          way: { kind: 'ssh', destination: 'db-1', port: null },
          address: '10.10.0.12',
          socket: '/run/docker.sock',
        },
        {
          name: 'load-1',
          docker: 'context:load-1',
          way: { kind: 'context', name: 'load-1' },
          address: '10.10.0.21',
          socket: '/var/run/docker.sock',
        },
        {
          name: 'load-2',
          docker: 'tcp://10.0.0.22:2376',
          way: { kind: 'tcp', host: '10.0.0.22', port: 2376, tls: '/home/ada/.docker/load-2' },
          address: '10.10.0.22',
          socket: '/var/run/docker.sock',
        },
      ],
      benches: [{ id: 'bench-1', target: 'bench-1', services: 'db-1', agents: ['load-1', 'load-2'] }],
      tolerance: null,
    })
  })

  it.each([
    { docker: 'ssh://ada@host:2222', way: { kind: 'ssh', destination: 'ada@host', port: 2222 } },
    { docker: 'ssh://[fd00::1]:22', way: { kind: 'ssh', destination: 'fd00::1', port: 22 } },
    { docker: 'context:default', way: { kind: 'context', name: 'default' } },
    { docker: 'unix:///run/lab/h1.sock', way: { kind: 'unix', path: '/run/lab/h1.sock' } },
    {
      docker: 'tcp://h:2375',
      more: ', insecure: true',
      way: { kind: 'tcp', host: 'h', port: 2375, tls: null },
    },
    { docker: 'tcp://h:1', more: ', tls: keys', way: { kind: 'tcp', host: 'h', port: 1, tls: '/home/ada/lab/keys' } },
    { docker: 'tcp://h:1', more: ', tls: /etc/k', way: { kind: 'tcp', host: 'h', port: 1, tls: '/etc/k' } },
  ])('reads $docker$more', ({ docker, more, way }) => {
    expect(read(alone(docker, more)).hosts[0]?.way).toEqual(way)
  })

  it('takes the socket of unix:// as the one that the probe is given', () => {
    expect(read(alone('unix:///run/lab/h1.sock')).hosts[0]?.socket).toBe('/run/lab/h1.sock')
  })

  it('takes services to be with the target, where nothing else is said', () => {
    expect(read(`${TWO}benches: [{ target: a, agent: b }]`).benches).toEqual([
      { id: 'bench-1', target: 'a', services: 'a', agents: ['b'] },
    ])
  })

  it('makes a bench of each host of a fleet, which needs no addresses', () => {
    const fleet = 'hosts: { n1: { docker: ssh://n1 }, n2: { docker: ssh://n2 } }\nfleet: [n1, n2]\n'
    expect(read(fleet).benches).toEqual(
      ['n1', 'n2'].map((host) => ({ id: host, target: host, services: host, agents: [host] })),
    )
  })
})

describe('how alike the benches of a fleet must be', () => {
  const fleet = (more: string) =>
    `hosts:\n${['a', 'b', 'c'].map((name) => `  ${name}: { docker: ssh://${name} }\n`).join('')}fleet: [a, b, c]\n${more}`

  it.each([
    { text: fleet('tolerance: 5 %'), is: 0.05 },
    { text: fleet('tolerance: 0.02'), is: 0.02 },
    { text: fleet(''), is: null },
  ])('is $is', ({ text, is }) => expect(read(text).tolerance).toBe(is))

  it('is not asked of two, which cannot tell which of them is odd', () => {
    const two = 'hosts: { a: { docker: ssh://a }, b: { docker: ssh://b } }\nfleet: [a, b]\ntolerance: 5%\n'
    expect(() => read(two)).toThrow('lab.yaml:3:1: tolerance is for three benches or more, and there are two')
  })
})

/** Six hosts, which two benches of three can be made of. */
const SIX = `hosts:\n${[1, 2, 3, 4, 5, 6].map((n) => `  h${n}: { docker: ssh://h${n}, address: 10.0.0.${n} }\n`).join('')}`

describe('what is wrong is said with its place and what to do', () => {
  it.each([
    {
      because: 'plain TCP',
      text: alone('tcp://10.0.0.22:2375'),
      says: ['lab.yaml:1:23: hosts.a: tcp://10.0.0.22:2375 without TLS', 'insecure: true', 'ssh://user@10.0.0.22'],
    },
    {
      because: 'TLS and none',
      text: alone('tcp://h:2376', ', tls: k, insecure: true'),
      says: ['hosts.a has both tls and insecure'],
    },
    {
      because: 'TLS of a way that has none',
      text: alone('ssh://h', ', tls: k'),
      says: ['lab.yaml:1:34: hosts.a.tls is for tcp://, and docker is ssh://h'],
    },
    {
      because: 'insecure where it means nothing',
      text: alone('unix:///x', ', insecure: true'),
      says: ['insecure is for tcp://'],
    },
    {
      because: 'insecure: false',
      text: alone('tcp://h:1', ', insecure: false'),
      says: ['hosts.a.insecure is false, and can be true'],
    },
    { because: 'a password', text: alone('ssh://ada:pw@h'), says: ['hosts.a.docker has a password', 'ssh-add'] },
    {
      because: 'an option of ssh',
      text: alone('ssh://-oProxyCommand=x'),
      says: ['names no host that ssh could reach'],
    },
    { because: 'an option as the user', text: alone('ssh://-ox@h'), says: ['names no host that ssh could reach'] },
    { because: 'a port that there is not', text: alone('ssh://h:70000'), says: ['names no host that ssh could reach'] },
    { because: 'a socket in the way', text: alone('ssh://h/run/d.sock'), says: ['has a path', 'socket: /run/d.sock'] },
    { because: 'a way by another name', text: alone('shh://h'), says: ['is no way', 'Did you mean "ssh:"?'] },
    { because: 'a bare name', text: alone('load-1'), says: ['is no way', 'Write ssh://load-1', 'context:load-1'] },
    { because: 'HTTP', text: alone('https://h:2376'), says: ['begins with https:', 'tcp://host:2376'] },
    { because: 'no port', text: alone('tcp://h'), says: ['names no host and port', '2376'] },
    {
      because: 'a relative socket',
      text: alone('unix://x.sock'),
      says: ['is not the path of a socket', 'three slashes'],
    },
    { because: 'a context without a name', text: alone('context:'), says: ['names no context', 'docker context ls'] },
    {
      because: 'another socket than the one of unix://',
      text: alone('unix:///x', ', socket: /y'),
      says: ['hosts.a.socket is another one than docker'],
    },
    { because: 'a host without a way', text: 'hosts: { a: {} }\nfleet: [a]', says: ['docker is missing', 'ssh://'] },
    {
      because: 'a key that there is not',
      text: alone('ssh://h', ', adress: 10.0.0.1'),
      says: ['lab.yaml:1:34: unknown key "adress" in hosts.a', 'Did you mean "address"?'],
    },
    {
      because: 'a name that is none',
      text: 'hosts: { Bench_1: { docker: ssh://h } }\nfleet: [Bench_1]',
      says: ['"Bench_1" must be lower-case letters, digits and hyphens'],
    },
    {
      because: 'the name of this machine',
      text: 'hosts: { here: { docker: ssh://h } }\nfleet: [here]',
      says: ['"here"'],
    },
    {
      because: 'an address that is none',
      text: alone('ssh://h', ', address: 10.0.0.256'),
      says: ['hosts.a.address is "10.0.0.256"', 'must be an IPv4 address'],
    },
    {
      because: 'an address of IPv6',
      text: alone('ssh://h', ", address: 'fd00::1'"),
      says: ['must be an IPv4 address'],
    },
    {
      because: 'an address that others cannot reach',
      text: alone('ssh://h', ', address: 127.0.0.1'),
      says: ['hosts.a.address is 127.0.0.1, which no other host can reach', 'ip -4 addr'],
    },
    {
      because: 'two hosts at one address',
      text: `${TWO.replace('10.10.0.2', '10.10.0.1')}benches: [{ target: a, agent: b }]`,
      says: ['lab.yaml:3:45: b and a have the same address, 10.10.0.1'],
    },
    {
      because: 'two hosts with one engine',
      text: `${TWO.replace('10.0.0.2', '10.0.0.1')}benches: [{ target: a, agent: b }]`,
      says: ['b and a have the same docker'],
    },
    {
      because: 'no address where one is needed',
      text: `${TWO.replace(', address: 10.10.0.2', '')}benches: [{ target: a, agent: b }]`,
      says: ['lab.yaml:3:3: hosts.b has no address, and bench-1 has other hosts'],
    },
    { because: 'no benches', text: TWO, says: ['nothing says what the hosts are for', 'fleet: [a, b]'] },
    {
      because: 'benches and a fleet',
      text: `${TWO}benches: [{ target: a, agent: a }]\nfleet: [b]`,
      says: ['lab.yaml:5:1: there are both benches and fleet'],
    },
    { because: 'an empty fleet', text: `${TWO}fleet: []`, says: ['fleet is []', 'at least one host'] },
    {
      because: 'a host that there is not',
      text: WHOLE.replace('services: db-1', 'services: bd-1'),
      says: ['lab.yaml:8:34: there is no host "bd-1"', 'Did you mean "db-1"?'],
    },
    {
      because: 'one in a fleet',
      text: `${TWO}fleet: [a, b, zoo]`,
      says: ['there is no host "zoo"', 'There are: a, b'],
    },
    {
      because: 'a role by another name',
      text: `${TWO}benches: [{ target: a, agnet: b }]`,
      says: ['unknown key "agnet" in benches[0]', 'Did you mean "agent"?'],
    },
    { because: 'no target', text: `${TWO}benches: [{ agents: [a, b] }]`, says: ['benches[0].target is missing'] },
    {
      because: 'no agent',
      text: `${TWO}benches: [{ target: a, services: b }]`,
      says: ['bench-1 has no load agent', 'agents: [HOST]'],
    },
    {
      because: 'an agent and agents',
      text: `${TWO}benches: [{ target: a, agent: b, agents: [b] }]`,
      says: ['bench-1 has both agent and agents'],
    },
    {
      because: 'two agents on one host',
      text: `${TWO}benches: [{ target: a, agents: [b, b] }]`,
      says: ['lab.yaml:4:36: bench-1 names b twice as a load agent'],
    },
    {
      because: 'a host in two benches',
      text: `${SIX}benches: [{ target: h1, agents: [h2, h3] }, { target: h4, agents: [h5, h2] }]`,
      says: ['lab.yaml:8:72: h2 is in bench-1 and in bench-2'],
    },
    {
      because: 'a host twice in a fleet',
      text: `${TWO}fleet: [a, b, a]`,
      says: ['lab.yaml:4:15: fleet names a twice'],
    },
    {
      because: 'benches with other numbers of agents',
      text: `${SIX}benches: [{ target: h1, agents: [h2, h3] }, { target: h4, agent: h5 }]`,
      says: [
        'lab.yaml:8:45: bench-2 has another shape than bench-1: target and services on one host, 1 agent on a host of its own; bench-1: target and services on one host, 2 agents on hosts of their own',
      ],
    },
    {
      because: 'benches with other roles together',
      text: `${SIX}benches: [{ target: h1, agent: h2 }, { target: h3, services: h4, agent: h4 }]`,
      says: ['bench-2 has another shape than bench-1: services on a host of their own, an agent beside the services'],
    },
    {
      because: 'agents in another order',
      text: `${TWO}  c: { docker: ssh://c, address: 10.10.0.3 }\n  d: { docker: ssh://d, address: 10.10.0.4 }\nbenches: [{ target: a, agents: [a, b] }, { target: c, agents: [d, c] }]`,
      says: ['bench-2 names its agents in another order than bench-1'],
    },
    {
      because: 'a host without a use',
      text: `${TWO}fleet: [a]`,
      says: ['lab.yaml:3:3: b is in no bench', 'take it out'],
    },
    {
      because: 'an overlay that joins nothing',
      text: `${TWO}network: overlay\nfleet: [a, b]`,
      says: ['lab.yaml:4:10: network is overlay, and no bench has a second host'],
    },
    {
      because: 'a bridge across hosts',
      text: `${TWO}network: bridge\nbenches: [{ target: a, agent: b }]`,
      says: ['network is bridge, and a bench has several hosts', 'network: overlay'],
    },
    { because: 'an empty file', text: '', says: ['lab.yaml:1:1: '] },
  ])('$because', ({ text, says }) => {
    const { message, hint } = refusalOf(() => read(text))
    for (const each of says) expect(message).toContain(each)
    expect(message).toMatch(/^lab\.yaml:\d+:\d+: .*\n {2}\d+ \| .*\n {2} +\^/)
    expect(hint).toContain('npm run plan -- --hosts lab.yaml')
  })
})

it('shows no password', () => {
  const { message } = refusalOf(() => read(alone('ssh://ada:s3cret@h')))
  expect(message).toContain("docker: 'ssh://ada:…@h'")
  expect(message).not.toContain('s3cret')
})

function refusalOf(run: () => unknown): { readonly message: string; readonly hint: string | null } {
  try {
    run()
  } catch (error) {
    if (error instanceof BakeoffError && error.code === 'BAD_SPEC') return error
    throw error
  }
  throw new Error('it was read')
}
