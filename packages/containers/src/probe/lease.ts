/** The lease of an engine: only one probe runs on it, whatever machine its orchestrator is on. */
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError, type Owner, visibleText } from '@bakeoff/model'
import type { ContainerAnswer } from '../client/answers.js'
import type { EngineClient } from '../client/client.js'
import { sentenceOf, statusOf } from '../client/errors.js'
import { stateOf } from '../locks/owner.js'
import { LEASE, ownerIn } from '../session/labels.js'
import { startProblem } from '../session/problems.js'
import { removeContainer } from '../session/sweep.js'
import { Frames } from '../session/wire.js'
import { HEARD_FILE, HOST_LABEL, type ProbeContainer, probeMounts, probeOptions } from './container.js'
import { SILENCE_MS } from './protocol.js'

/** How long the orchestrator of a created container may take to start it. */
const START_MS = 5_000
const ATTEMPTS = 10
const RELEASE_MS = 200
/** How long a command in the holder's container may take. */
const ASK_MS = 5_000

export interface LeaseRequest extends ProbeContainer {
  readonly host: ProbeContainer['host'] & { readonly socket: string }
}

/**
 * Creates the probe's container, and with it takes the lease. A lease of a dead owner is replaced.
 *
 * @returns the container's id
 * @throws ENGINE_HELD when another orchestrator has it, BAD_SPEC when this one has it under another host's name, START_FAILED when the
 *         engine refuses the container
 */
export async function takeLease(client: EngineClient, request: LeaseRequest): Promise<string> {
  let mounts = probeMounts(request.host)
  for (let attempt = 1; ; ) {
    try {
      return await client.containers.create(probeOptions(request, mounts))
    } catch (error) {
      const missing = missingSource(error)
      if (mounts.some(({ source, isOptional }) => isOptional && source === missing)) {
        mounts = mounts.filter(({ source }) => source !== missing)
        continue
      }
      if (missing === request.host.socket) throw noSocket(request)
      if (statusOf(error) !== 409 || attempt === ATTEMPTS)
        throw startProblem(`the probe on ${request.host.name}`, error)
      attempt++
      await removeIfDead(client, request)
    }
  }
}

/** The path that the engine did not find on its host. */
function missingSource(error: unknown): string | undefined {
  return /bind source path does not exist: (\S+)/.exec(sentenceOf(error))?.[1]
}

function noSocket({ host }: LeaseRequest): BakeoffError {
  return new BakeoffError('BAD_SPEC', `${host.name}: there is no ${host.socket} on that machine`, {
    hint: `The probe removes everything through its engine's socket when this machine is gone. Say where it is: \`socket: /run/user/1000/docker.sock\` under ${host.name} in hosts.yaml.`,
  })
}

/** @throws ENGINE_HELD when its owner lives, or may live */
async function removeIfDead(client: EngineClient, request: LeaseRequest): Promise<void> {
  const found = await find(client)
  if (found === null) return await sleep(RELEASE_MS) // it is removed, and its name is about to be free
  const labels = found.Config?.Labels ?? {}
  if (labels['bakeoff.session'] === request.session) throw sameEngine(request.host.name, labels[HOST_LABEL])
  if (await isDead(client, found)) return void (await removeContainer(client, found.Id))
  throw held(request.host.name, (await find(client)) ?? found, await heardSecondsAgo(client, found.Id))
}

async function isDead(client: EngineClient, found: ContainerAnswer): Promise<boolean> {
  const owner = ownerOf(found)
  if (owner !== null && (await stateOf(owner)) === 'dead') return true
  switch (found.State.Status) {
    case 'exited':
    case 'dead':
    case 'removing':
      return true
    case 'created':
    case undefined: {
      // Its owner was killed before the start, or is about to start it.
      await sleep(START_MS)
      const again = await find(client)
      return again?.Id === found.Id && again.State.Status === 'created'
    }
    default:
      return false
  }
}

async function find(client: EngineClient): Promise<ContainerAnswer | null> {
  return client.containers.inspect(LEASE).catch((error: unknown) => {
    if (statusOf(error) === 404) return null
    throw error
  })
}

function ownerOf({ Config }: ContainerAnswer): Owner | null {
  return ownerIn(Config?.Labels ?? undefined)
}

/** How long ago the holder's probe heard from its orchestrator; null where it does not say. */
async function heardSecondsAgo(client: EngineClient, id: string): Promise<number | null> {
  const frames = new Frames()
  let said = ''
  const hear = (chunk: Buffer) => {
    for (const { payload } of frames.take(chunk)) said += payload.toString('latin1')
  }
  const command = ['sh', '-c', `echo $(( $(date +%s) - $(stat -c %Y ${HEARD_FILE}) ))`]
  const exitCode = await client.containers
    .run(id, { command, hear, signal: AbortSignal.timeout(ASK_MS) })
    .catch(() => null) // it may end at this moment
  return exitCode === 0 && /^\d+\s*$/.test(said) ? Number(said) : null
}

function sameEngine(name: string, other: string | undefined): BakeoffError {
  return new BakeoffError('BAD_SPEC', `${name} and ${other ?? 'another host'} are the same engine`, {
    hint: 'In hosts.yaml every host is a machine of its own: remove one of the two.',
  })
}

function held(name: string, found: ContainerAnswer, heardAgo: number | null): BakeoffError {
  const owner = ownerOf(found)
  const who =
    owner === null
      ? `a container named ${LEASE} that Bakeoff did not make`
      : `process ${owner.pid} on ${visibleText(owner.host)}`
  const message = `another run holds the engine of ${name}: ${who}, since ${visibleText(found.State.StartedAt)}`
  return new BakeoffError('ENGINE_HELD', heardAgo === null ? message : `${message}, heard of ${heardAgo} s ago`, {
    hint: `Two runs at once would measure each other. ${whatToDo(owner, heardAgo)}`,
  })
}

function whatToDo(owner: Owner | null, heardAgo: number | null): string {
  if (owner === null) return `Look at it with \`docker inspect ${LEASE}\` on that machine, and remove it there.`
  if (heardAgo !== null && heardAgo > SILENCE_MS / 3000)
    return `It seems to be gone, and its probe removes everything ${SILENCE_MS / 1000} s after it last heard of it: try again in a minute.`
  return 'Wait for it, or end it where it runs.'
}
