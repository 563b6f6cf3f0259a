/** Brings hosts into one swarm. What is there is used, and no host is ever taken out of a swarm here. */
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError, isAborted } from '@bakeoff/model'
import type { EngineClient } from '../client/client.js'
import { EngineRefusal, sentenceOf, statusOf } from '../client/errors.js'
import { membershipOf } from './membership.js'
import { list, readinessOf, SWARM_PORTS, type SwarmReadiness } from './readiness.js'
import { FORMED_BY_BAKEOFF, type SwarmState, swarmState } from './state.js'

export interface SwarmHost {
  /** in hosts.yaml */
  readonly name: string
  /** IPv4 address that is measured over */
  readonly address: string | null
  readonly client: EngineClient
}

export interface SwarmOptions {
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
  /** how long a manager may take to hear from a host that joined; default 30 s */
  readonly patienceMs?: number
}

export interface PreparedSwarm {
  /** the host that makes overlay networks */
  readonly manager: string
  /** hosts that were brought into the swarm just now, the one that formed it first; empty: nothing was changed */
  readonly joined: readonly string[]
  readonly formedByBakeoff: boolean
}

/**
 * Addresses of overlay networks, 256 for each. The usual ones, of 10.0.0.0/8, are those of many a company; these are set aside for
 * benchmarks (RFC 2544).
 */
const POOL = '198.18.0.0/15'
const MANAGER_PORT = 2377

/** What there is to do before these hosts share a swarm. Changes nothing. @throws ENGINE_LOST */
export async function swarmReadiness(hosts: readonly SwarmHost[], signal?: AbortSignal): Promise<SwarmReadiness> {
  const states = await Promise.all(
    hosts.map(async ({ name, client }) => ({ name, state: await swarmState(client, signal) })),
  )
  return readinessOf(membershipOf(states))
}

/**
 * The host that makes overlay networks for these.
 *
 * @throws SETUP_FAILED when they do not share a swarm yet
 */
export async function swarmManager(hosts: readonly SwarmHost[], signal?: AbortSignal): Promise<string> {
  const readiness = await swarmReadiness(hosts, signal)
  if (readiness.kind === 'ready') return readiness.manager.name
  throw notReady(readiness)
}

/**
 * Forms a swarm on the first host and lets the others join, or joins what is missing to a swarm that Bakeoff formed. A swarm in which all
 * are is used as it is. After an error, what joined stays: the next call goes on from there.
 *
 * @throws SETUP_FAILED with the host at which it failed, or with what the user has to decide; ENGINE_LOST
 */
export async function prepareSwarm(hosts: readonly SwarmHost[], options: SwarmOptions): Promise<PreparedSwarm> {
  const [first] = hosts
  if (first === undefined) throw new RangeError('no hosts')
  const readiness = await swarmReadiness(hosts, options.signal)
  switch (readiness.kind) {
    case 'unusable':
      throw notReady(readiness)
    case 'ready':
      return {
        manager: readiness.manager.name,
        joined: [],
        formedByBakeoff: readiness.manager.state.formedByBakeoff,
      }
    case 'to-form':
      await form(first, options)
      await joinAll(hosts, first, hosts.slice(1), options)
      return { manager: first.name, joined: hosts.map(({ name }) => name), formedByBakeoff: true }
    case 'to-join': {
      const { manager, missing } = readiness
      const named = (name: string) => hosts.find((host) => host.name === name) as SwarmHost
      await joinAll(hosts, named(manager.name), missing.map(named), options)
      return { manager: manager.name, joined: missing, formedByBakeoff: true }
    }
  }
}

async function form(host: SwarmHost, { say }: SwarmOptions): Promise<void> {
  const address = addressOf(host)
  say(`${host.name}: forming a swarm at ${address}`)
  try {
    const listen = `${address}:${MANAGER_PORT}`
    await host.client.swarm.init({ listen, address, labels: FORMED_BY_BAKEOFF, pool: POOL })
  } catch (error) {
    throw failedAt(host, 'cannot form a swarm', error, ownHint(host, error))
  }
}

async function joinAll(
  hosts: readonly SwarmHost[],
  manager: SwarmHost,
  missing: readonly SwarmHost[],
  options: SwarmOptions,
): Promise<void> {
  const state = await swarmState(manager.client, options.signal)
  if (state.kind !== 'manager') throw notReady({ kind: 'to-form' })
  const token = await manager.client.swarm.workerToken()
  for (const host of missing) {
    options.signal?.throwIfAborted()
    await join(host, manager, { state, token }, options)
  }
  await untilHeard(hosts, options)
}

async function join(
  host: SwarmHost,
  manager: SwarmHost,
  { state, token }: { readonly state: Extract<SwarmState, { kind: 'manager' }>; readonly token: string },
  { say }: SwarmOptions,
): Promise<void> {
  const address = addressOf(host)
  say(`${host.name}: joining the swarm of ${manager.name}`)
  const managers = state.managers.map(({ address }) => address)
  try {
    await host.client.swarm.join({ listen: `${address}:${MANAGER_PORT}`, address, managers, token })
  } catch (error) {
    await withdraw(host) // an engine that gave up waiting goes on trying to join
    const hint =
      ownHint(host, error) ??
      `${manager.name} must be reachable from ${host.name} at ${managers.join(', ')}: open ${SWARM_PORTS} between the addresses of the hosts, and let all of them set their clocks by NTP.`
    throw failedAt(host, `cannot join the swarm of ${manager.name}`, error, hint)
  }
}

async function withdraw({ client }: SwarmHost): Promise<void> {
  await client.swarm.leave().catch(() => undefined) // in none after all; an engine that is gone is told by the error of the join
}

/** Waits until the manager hears from all hosts: a network that is made earlier cannot be attached to on the others. */
async function untilHeard(hosts: readonly SwarmHost[], { signal, patienceMs = 30_000 }: SwarmOptions): Promise<void> {
  const until = performance.now() + patienceMs
  for (;;) {
    const readiness = await swarmReadiness(hosts, signal)
    if (readiness.kind === 'ready') return
    if (performance.now() > until) throw notReady(readiness)
    await sleep(250, undefined, { signal }).catch(() => signal?.throwIfAborted())
  }
}

function notReady(readiness: Exclude<SwarmReadiness, { kind: 'ready' }>): BakeoffError {
  switch (readiness.kind) {
    case 'unusable':
      return new BakeoffError('SETUP_FAILED', readiness.problem, { hint: readiness.todo })
    case 'to-form':
      return new BakeoffError('SETUP_FAILED', 'the hosts are in no swarm yet, which an overlay network needs', PREPARE)
    case 'to-join':
      return new BakeoffError(
        'SETUP_FAILED',
        `${list(readiness.missing)} ${readiness.missing.length > 1 ? 'are' : 'is'} not in the swarm of the other hosts yet`,
        PREPARE,
      )
  }
}

const PREPARE = { hint: 'Prepare them once: npm run hosts -- prepare' }

/** What the host itself has to change; null: nothing that its engine says points to it. */
function ownHint({ name, address }: SwarmHost, error: unknown): string | null {
  const sentence = sentenceOf(error)
  if (/live-restore/i.test(sentence))
    return `Swarm excludes live restore: take "live-restore" out of /etc/docker/daemon.json on ${name}, and restart its engine.`
  if (
    /not recognized as a system address|cannot assign requested address|must specify a listening address/i.test(
      sentence,
    )
  )
    return `${address} is on no interface of ${name}: write the address that it has there in the file of hosts. npm run hosts -- check`
  if (/address already in use/i.test(sentence))
    return `Another program on ${name} listens on ${MANAGER_PORT}/tcp: sudo ss -ltnp 'sport = :${MANAGER_PORT}'`
  if (/rootless/i.test(sentence)) return `Swarm does not work without root: use an engine that runs as root on ${name}.`
  return null
}

function failedAt(host: SwarmHost, what: string, error: unknown, hint: string | null): unknown {
  if (isAborted(error) || !(error instanceof EngineRefusal || error instanceof BakeoffError)) return error
  const status = statusOf(error)
  return new BakeoffError('SETUP_FAILED', `${host.name} ${what}: ${sentenceOf(error)}`, {
    hint:
      hint ?? `Look at the log of its engine${status === null ? '' : ` (it answered ${status})`}: journalctl -u docker`,
  })
}

function addressOf({ name, address }: SwarmHost): string {
  if (address !== null) return address
  throw new BakeoffError('BAD_SPEC', `${name} has no address, and hosts that share a bench are joined over one`, {
    hint: 'Write its IPv4 address on the network that is measured over, for example `address: 10.10.0.11`.',
  })
}
