import { posix } from 'node:path'
import {
  type EngineWay,
  HERE,
  type HostSpec,
  type HostsSpec,
  hostsFile,
  hostsOf,
  networkOf,
  type PlannedBench,
  parseFraction,
} from '@bakeoff/model'
import type { z } from 'zod'
import { benchShape, benchShapeKey } from '../words/benches.js'
import { badSpec, didYouMean, LOOK_AT_PLAN, type Problem } from './problem.js'
import { type Located, type Path, readYaml } from './yaml.js'

/** Where paths of hosts.yaml begin. */
export interface HostsPlace {
  /** home folder of the user, for `~` */
  readonly home: string
  /** folder of the file, for relative paths */
  readonly folder: string
}

type HostsFile = z.infer<typeof hostsFile>
type HostFile = HostsFile['hosts'][string]
type BenchFile = NonNullable<HostsFile['benches']>[number]

/** The engine's socket where nothing else is said. */
const DEFAULT_SOCKET = '/var/run/docker.sock'
const PORTS = { tls: 2376, plain: 2375 }

/**
 * Parses hosts.yaml, which names the machines of a run and what each of them is for.
 *
 * @param file as the user named it
 * @throws BakeoffError BAD_SPEC with file, line and column
 */
export function parseHosts(text: string, file: string, place: HostsPlace): HostsSpec {
  const next = `${LOOK_AT_PLAN} -- --hosts ${file}`
  const located = readYaml(file, text, hostsFile, next)
  const problems: Problem[] = []
  const hosts = Object.entries(located.value.hosts).flatMap(([name, host]): HostSpec[] => {
    const way = wayOf(host.docker)
    const wrong = [
      ...problemsOfName(located, name),
      ...problemsOfWay(located, name, host, way),
      ...problemsOfAddress(located, name, host),
    ]
    problems.push(...wrong)
    if ('wrong' in way || wrong.length > 0) return []
    return [
      {
        name,
        way: way.kind === 'tcp' && host.tls !== undefined ? { ...way, tls: pathOf(host.tls, place) } : way,
        docker: host.docker,
        address: host.address ?? null,
        socket: way.kind === 'unix' ? way.path : (host.socket ?? DEFAULT_SOCKET),
      },
    ]
  })
  problems.push(...problemsOfTwins(located))
  const benches = benchesIn(located.value)
  problems.push(...problemsOfBenches(located, benches))
  if (problems.length > 0) throw badSpec(problems, withoutPasswords(text), next)
  const { tolerance } = located.value
  return {
    file,
    hosts,
    benches: benches.map(({ bench }) => bench),
    tolerance: typeof tolerance === 'string' ? parseFraction(tolerance) : (tolerance ?? null),
  }
}

/** The text as it is shown: errors end up in logs. */
function withoutPasswords(text: string): string {
  return text.replace(/(\/\/[^\s:/@]*):[^\s/@]*@/g, '$1:…@')
}

interface BenchAt {
  readonly bench: PlannedBench
  readonly at: Path
  /** every mention of a host, with its place */
  readonly mentions: readonly { readonly host: string; readonly role: string; readonly at: Path }[]
}

function benchesIn({ benches, fleet }: HostsFile): BenchAt[] {
  if (benches !== undefined) return benches.map(benchOf)
  return (fleet ?? []).map((host, index) => {
    const at = ['fleet', index]
    return { bench: { id: host, target: host, services: host, agents: [host] }, at, mentions: [{ host, role: '', at }] }
  })
}

function benchOf({ target, services, agents, agent }: BenchFile, index: number): BenchAt {
  const at = ['benches', index]
  return {
    bench: {
      id: `bench-${index + 1}`,
      target,
      services: services ?? target,
      agents: agents ?? (agent === undefined ? [] : [agent]),
    },
    at,
    mentions: [
      { host: target, role: 'target', at: [...at, 'target'] },
      ...(services === undefined ? [] : [{ host: services, role: 'services', at: [...at, 'services'] }]),
      ...(agents ?? []).map((host, place) => ({ host, role: 'agents', at: [...at, 'agents', place] })),
      ...(agent === undefined ? [] : [{ host: agent, role: 'agent', at: [...at, 'agent'] }]),
    ],
  }
}

interface WrongWay {
  readonly wrong: string
  readonly hint: string
}

const WAYS = ['ssh', 'context', 'tcp', 'unix']
const EXAMPLES_OF_WAYS = 'ssh://user@10.0.0.11, context:NAME, tcp://10.0.0.22:2376 with `tls: FOLDER`, or unix:///path'

/** The way that `docker` says; TLS is another member's. */
function wayOf(docker: string): EngineWay | WrongWay {
  const { scheme, rest } = /^(?<scheme>[a-zA-Z]+):(?<rest>.*)$/.exec(docker)?.groups ?? {}
  switch (scheme) {
    case 'ssh':
      return sshWay(rest as string)
    case 'context':
      return contextWay(rest as string)
    case 'tcp':
      return tcpWay(rest as string)
    case 'unix':
      return rest?.startsWith('///')
        ? { kind: 'unix', path: posix.normalize(rest.slice(2)) }
        : { wrong: 'is not the path of a socket', hint: 'Write unix:///var/run/docker.sock, with three slashes.' }
    case 'http':
    case 'https':
      return { wrong: `begins with ${scheme}:`, hint: 'Write tcp://host:2376 with `tls: FOLDER`.' }
    default: {
      const meant = scheme && didYouMean(scheme, WAYS)
      return {
        wrong: 'is no way to an engine',
        hint: meant ? `Did you mean "${meant}:"?` : hintForBareName(docker),
      }
    }
  }
}

function hintForBareName(docker: string): string {
  return USER.test(docker)
    ? `Write ssh://${docker} for a host of your ssh configuration, or context:${docker} for a context of Docker.`
    : `Write ${EXAMPLES_OF_WAYS}.`
}

/** A host as ssh and the engine's client take it. It never begins with a hyphen, which ssh would read as an option. */
const HOST = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<name>[A-Za-z0-9_][A-Za-z0-9_.-]*))(?::(?<port>\d+))?$/
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/

function sshWay(rest: string): EngineWay | WrongWay {
  const { user, host, path } = /^\/\/(?:(?<user>[^@/]*)@)?(?<host>[^/]*)(?<path>\/.*)?$/.exec(rest)?.groups ?? {}
  if (user?.includes(':'))
    return { wrong: 'has a password', hint: 'Take it out: ssh logs in with your key (ssh-add), and nothing else.' }
  if (path !== undefined && path !== '/')
    return { wrong: 'has a path', hint: `Write the socket as a member of its own: socket: ${path}` }
  const found = hostAndPort(host)
  if (found === null || (user !== undefined && !USER.test(user)))
    return { wrong: 'names no host that ssh could reach', hint: 'Write ssh://user@host or ssh://user@host:22.' }
  return { kind: 'ssh', destination: user === undefined ? found.host : `${user}@${found.host}`, port: found.port }
}

function contextWay(name: string): EngineWay | WrongWay {
  if (/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/.test(name)) return { kind: 'context', name }
  return { wrong: 'names no context', hint: 'Write context:NAME; their names: docker context ls' }
}

function tcpWay(rest: string): EngineWay | WrongWay {
  const found = hostAndPort(/^\/\/(?<host>[^/]*)\/?$/.exec(rest)?.groups?.host)
  if (found === null || found.port === null)
    return { wrong: 'names no host and port', hint: `Write tcp://10.0.0.22:${PORTS.tls}.` }
  return { kind: 'tcp', host: found.host, port: found.port, tls: null }
}

function hostAndPort(text: string | undefined): { readonly host: string; readonly port: number | null } | null {
  const { six, name, port } = HOST.exec(text ?? '')?.groups ?? {}
  const host = six ?? name
  if (host === undefined || (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))) return null
  return { host, port: port === undefined ? null : Number(port) }
}

function pathOf(written: string, { home, folder }: HostsPlace): string {
  const expanded = written === '~' || written.startsWith('~/') ? posix.join(home, written.slice(1)) : written
  return posix.resolve(folder, expanded)
}

type Place = Pick<Located<HostsFile>, 'problem' | 'value'>

function problemsOfName({ problem }: Place, name: string): Problem[] {
  return name === HERE
    ? [
        problem(['hosts', name], `"${HERE}" is the name of this machine in runs without hosts.yaml`, {
          key: true,
          hint: 'Give it another name.',
        }),
      ]
    : []
}

function problemsOfWay({ problem }: Place, name: string, host: HostFile, way: EngineWay | WrongWay): Problem[] {
  const at = (member: keyof HostFile) => ['hosts', name, member]
  const ofHost = `hosts.${name}`
  if ('wrong' in way) {
    const shown = way.wrong === 'has a password' ? 'docker' : `docker is ${JSON.stringify(host.docker)}, which`
    return [problem(at('docker'), `${ofHost}.${shown} ${way.wrong}`, { hint: way.hint })]
  }
  const notOfWay = (member: 'tls' | 'insecure'): Problem[] =>
    host[member] === undefined || way.kind === 'tcp'
      ? []
      : [
          problem(at(member), `${ofHost}.${member} is for tcp://, and docker is ${host.docker}`, {
            key: true,
            hint: 'Take it out.',
          }),
        ]
  const found = [...notOfWay('tls'), ...notOfWay('insecure')]
  if (way.kind === 'unix' && host.socket !== undefined && posix.normalize(host.socket) !== way.path)
    found.push(
      problem(at('socket'), `${ofHost}.socket is another one than docker: the engine of unix:// is on this machine`, {
        hint: 'Take `socket` out.',
      }),
    )
  if (way.kind !== 'tcp') return found
  if (host.tls === undefined && host.insecure === undefined)
    found.push(
      problem(
        at('docker'),
        `${ofHost}: ${host.docker} without TLS lets everybody who reaches that port be root there`,
        {
          hint: `Write \`tls: FOLDER\` (ca.pem, cert.pem and key.pem) with port ${PORTS.tls}, or better ssh://user@${way.host}; in a network of your own alone, \`insecure: true\`.`,
        },
      ),
    )
  if (host.tls !== undefined && host.insecure !== undefined)
    found.push(
      problem(at('insecure'), `${ofHost} has both tls and insecure`, { key: true, hint: 'Take `insecure` out.' }),
    )
  return found
}

/** Addresses that no other host can reach: this network, the machine itself, multicast and what lies beyond. */
function problemsOfAddress({ problem }: Place, name: string, { address }: HostFile): Problem[] {
  const first = Number(address?.split('.')[0] ?? 1)
  if (first !== 0 && first !== 127 && first < 224) return []
  return [
    problem(['hosts', name, 'address'], `hosts.${name}.address is ${address}, which no other host can reach`, {
      hint: 'Write the address of its network card: ip -4 addr',
    }),
  ]
}

/** Two hosts that are the same machine. */
function problemsOfTwins({ problem, value }: Place): Problem[] {
  const hosts = Object.entries(value.hosts)
  return (['docker', 'address'] as const).flatMap((member) =>
    hosts.flatMap(([name, host], index) => {
      const first = hosts.slice(0, index).find(([, other]) => other[member] === host[member])
      return first === undefined || host[member] === undefined
        ? []
        : [
            problem(['hosts', name, member], `${name} and ${first[0]} have the same ${member}, ${host[member]}`, {
              hint: 'Each host is a machine of its own: correct one of them, or take it out.',
            }),
          ]
    }),
  )
}

function problemsOfBenches(located: Place, benches: readonly BenchAt[]): Problem[] {
  const { problem, value } = located
  if (value.benches !== undefined && value.fleet !== undefined)
    return [problem(['fleet'], 'there are both benches and fleet', { key: true, hint: 'Write one of them.' })]
  if (benches.length === 0) {
    const names = Object.keys(value.hosts)
    return [
      problem(['hosts'], 'nothing says what the hosts are for', {
        key: true,
        hint: `Write \`benches: [{ target: ${names[0] ?? 'bench-1'}, agents: [${names[1] ?? names[0] ?? 'bench-1'}] }]\`, or \`fleet: [${names.join(', ')}]\` where each is a bench of its own.`,
      }),
    ]
  }
  const unknown = benches.flatMap(({ mentions }) => mentions.flatMap((mention) => problemsOfMention(located, mention)))
  if (unknown.length > 0) return unknown
  const ofBenches = [
    ...benches.flatMap((bench, index) => problemsOfAgents(located, bench, value.benches?.[index])),
    ...hostsOfTwoBenches(located, benches),
  ]
  if (ofBenches.length > 0) return ofBenches
  return [
    ...problemsOfShape(located, benches),
    ...problemsOfUse(located, benches),
    ...missingAddresses(located, benches),
    ...problemsOfNetwork(located, benches),
    ...problemsOfTolerance(located, benches),
  ]
}

function problemsOfMention({ problem, value }: Place, { host, at }: BenchAt['mentions'][number]): Problem[] {
  const known = Object.keys(value.hosts)
  if (known.includes(host)) return []
  const meant = didYouMean(host, known)
  return [
    problem(at, `there is no host "${host}"`, {
      hint: meant ? `Did you mean "${meant}"?` : `There are: ${known.join(', ') || 'none'}`,
    }),
  ]
}

function problemsOfAgents({ problem }: Place, { bench, at }: BenchAt, written: BenchFile | undefined): Problem[] {
  if (written?.agent !== undefined && written.agents !== undefined)
    return [
      problem([...at, 'agent'], `${bench.id} has both agent and agents`, { key: true, hint: 'Write one of them.' }),
    ]
  if (bench.agents.length === 0)
    return [
      problem(at, `${bench.id} has no load agent`, {
        hint: 'Add `agents: [HOST]`; it can be the host of the target, which then shares its cores.',
      }),
    ]
  return bench.agents.flatMap((host, index) =>
    bench.agents.indexOf(host) < index
      ? [
          problem([...at, 'agents', index], `${bench.id} names ${host} twice as a load agent`, {
            hint: 'One agent uses all the cores that a host has for it: name the host once.',
          }),
        ]
      : [],
  )
}

function hostsOfTwoBenches({ problem }: Place, benches: readonly BenchAt[]): Problem[] {
  const owners = new Map<string, BenchAt>()
  return benches.flatMap((bench) =>
    bench.mentions.flatMap(({ host, at }) => {
      const owner = owners.get(host) ?? bench
      owners.set(host, owner)
      if (owner === bench) return []
      const isFleet = at[0] === 'fleet'
      return [
        problem(
          at,
          isFleet ? `fleet names ${host} twice` : `${host} is in ${owner.bench.id} and in ${bench.bench.id}`,
          {
            hint: isFleet
              ? 'Take one of them out.'
              : 'Benches run at the same time and would disturb one another: each host belongs to one.',
          },
        ),
      ]
    }),
  )
}

function problemsOfShape({ problem }: Place, [first, ...others]: readonly BenchAt[]): Problem[] {
  return others
    .filter(({ bench }) => first !== undefined && benchShapeKey(bench) !== benchShapeKey(first.bench))
    .map(({ bench, at }) => {
      const [is, was] = [benchShape(bench), benchShape(first!.bench)]
      return problem(
        at,
        is === was
          ? `${bench.id} names its agents in another order than ${first!.bench.id}: ${is}`
          : `${bench.id} has another shape than ${first!.bench.id}: ${is}; ${first!.bench.id}: ${was}`,
        {
          hint: 'Figures of one run come from benches of one shape: make them alike, or run them one after the other.',
        },
      )
    })
}

function problemsOfUse({ problem, value }: Place, benches: readonly BenchAt[]): Problem[] {
  const used = new Set(benches.flatMap(({ bench }) => hostsOf(bench)))
  return Object.keys(value.hosts)
    .filter((name) => !used.has(name))
    .map((name) =>
      problem(['hosts', name], `${name} is in no bench`, {
        key: true,
        hint: 'Give it a role, or take it out (a # before it is enough).',
      }),
    )
}

function missingAddresses({ problem, value }: Place, benches: readonly BenchAt[]): Problem[] {
  return benches
    .map(({ bench }) => ({ id: bench.id, hosts: hostsOf(bench) }))
    .filter(({ hosts }) => hosts.length > 1)
    .flatMap(({ id, hosts }) =>
      hosts
        .filter((name) => value.hosts[name]?.address === undefined)
        .map((name) =>
          problem(['hosts', name], `hosts.${name} has no address, and ${id} has other hosts that must reach it`, {
            key: true,
            hint: 'Add `address:`, the IPv4 address of the network that is measured over, such as `address: 10.10.0.11`.',
          }),
        ),
    )
}

function problemsOfNetwork({ problem, value }: Place, benches: readonly BenchAt[]): Problem[] {
  const needed = networkOf(benches.map(({ bench }) => bench))
  if (value.network === undefined || value.network === needed) return []
  return [
    problem(
      ['network'],
      needed === 'bridge'
        ? 'network is overlay, and no bench has a second host'
        : 'network is bridge, and a bench has several hosts',
      { hint: `Take it out, or write \`network: ${needed}\`.` },
    ),
  ]
}

/** Two benches cannot tell which of them is odd. */
function problemsOfTolerance({ problem, value }: Place, benches: readonly BenchAt[]): Problem[] {
  if (value.tolerance === undefined || benches.length > 2) return []
  return [
    problem(
      ['tolerance'],
      `tolerance is for three benches or more, and there ${benches.length === 1 ? 'is one' : 'are two'}`,
      { key: true, hint: 'Take it out: with fewer there is no median to tell the odd one by.' },
    ),
  ]
}
