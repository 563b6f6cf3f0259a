import {
  bringProbe,
  holdEngine,
  ImageStore,
  isReached,
  leaveSwarm,
  leavingWords,
  needIdle,
  type OpenHost,
  openHosts,
  type PreparedSwarm,
  prepareSwarm,
  type ReachedHost,
  reachHosts,
  SiteImages,
  type SwarmHost,
  type SwarmReadiness,
  swarmReadiness,
} from '@bakeoff/containers'
import { BakeoffError, HOSTS_FILE, type HostsSpec, networkOf } from '@bakeoff/model'
import type { ImageEvent } from '@bakeoff/runner/ports'
import { Option } from 'commander'
import { doctorLines } from '../doctor-lines.js'
import { exitCodes } from '../exit.js'
import { readHosts } from '../hosts-file.js'
import type { Invocation } from '../invocation.js'
import { isFine, lookAtSite, siteLines } from '../look-at-site.js'
import { buildingWords } from '../progress-lines.js'
import type { Terminal } from '../terminal.js'
import { lockFolderFrom } from '../workbench.js'
import type { AddCommand } from './shared/command.js'
import { jsonOption, toJson } from './shared/json.js'

interface HostsFlags {
  readonly hosts: string
  readonly json?: boolean
  readonly yes?: boolean
}

const hostsOption = () => new Option('--hosts <file>', 'the file that names the machines').default(HOSTS_FILE)

export const addHosts: AddCommand = (program, invocation) => {
  const command = program.command('hosts').description('look at the machines of hosts.yaml, and join them for a run')
  const read = (file: string) => readHosts(file, invocation.terminal)
  const leave = (isFine: boolean) => invocation.leave(isFine ? exitCodes.fine : exitCodes.environment)

  command
    .command('check', { isDefault: true })
    .description('show what each machine has, what is wrong and what to do; changes nothing (the default)')
    .addOption(hostsOption())
    .addOption(jsonOption('what was found'))
    .action(async ({ hosts, json = false }: HostsFlags) => leave(await check(invocation, read(hosts), json)))
  command
    .command('prepare')
    .description('form a swarm of them, unless all are in one, and bring the image of the probe; asks first')
    .addOption(hostsOption())
    .option('--yes', 'do not ask')
    .action(async ({ hosts, yes = false }: HostsFlags) => prepare(invocation, read(hosts), yes))
  command
    .command('leave')
    .description('let them leave the swarm that prepare formed, and no other')
    .addOption(hostsOption())
    .action(async ({ hosts }: HostsFlags) => leave(await leaveHosts(invocation, read(hosts))))
}

/** @returns true when nothing prevents a run */
async function check(invocation: Invocation, spec: HostsSpec, json: boolean): Promise<boolean> {
  const { terminal } = invocation
  const checks = await lookAtSite(invocation, spec, { all: false })
  terminal.print(json ? toJson(checks) : siteLines(checks, terminal).join('\n'))
  return isFine(checks)
}

/**
 * Does once what a run on these machines needs.
 *
 * @throws NO_ENGINE where one cannot be reached, BAD_SPEC when the user has to be asked and cannot be, SETUP_FAILED
 */
async function prepare(invocation: Invocation, spec: HostsSpec, yes: boolean): Promise<void> {
  const {
    terminal,
    stop: { signal },
  } = invocation
  await using opened = await openHosts(spec.hosts, { signal })
  const { hosts } = opened
  if (networkOf(spec.benches) === 'bridge') {
    terminal.print('No swarm is needed: every bench is one machine.')
  } else {
    const prepared = await joinThem(hosts.map(asSwarmHost), { terminal, signal, yes })
    if (prepared === null) return terminal.print('nothing was changed')
    terminal.print(preparedWords(prepared))
  }
  await bringProbeTo(hosts, spec, invocation)
  terminal.print(`the probe is on ${hosts.map(({ spec: { name } }) => name).join(', ')}`)
}

/** Builds the image of the probe where images are built, and moves it to the others. No run may be disturbed meanwhile. */
async function bringProbeTo(
  hosts: readonly OpenHost[],
  { benches }: HostsSpec,
  { project, terminal, stop: { signal } }: Invocation,
): Promise<void> {
  const maker = hosts.find(({ spec: { name } }) => name === benches[0]?.target) as OpenHost
  const { client, facts } = maker.engine
  await Promise.all(hosts.map(({ spec: { name }, engine }) => needIdle(name, engine.client)))
  const { giveBack } = await holdEngine(facts, { root: project.root, ...lockFolderFrom(process.env) })
  try {
    const store = new ImageStore(client, { ...project, env: process.env, say: terminal.say })
    const engines = hosts.map(({ spec: { name }, engine }) => ({ name, client: engine.client }))
    const images = new SiteImages({ engines, maker: maker.spec.name, images: store })
    await bringProbe(hosts, { images, signal, onEvent: (event) => tellImage(event, terminal) })
  } finally {
    terminal.live('')
    await giveBack()
  }
}

function tellImage(event: ImageEvent, { say }: Terminal): void {
  if (event.state === 'building') say(buildingWords(event.image, {}))
  if (event.state === 'moving') say(buildingWords(event.image, { movedTo: event.to }))
}

interface Asking {
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly yes: boolean
}

/** @returns null when the user says no */
async function joinThem(hosts: readonly SwarmHost[], { terminal, signal, yes }: Asking): Promise<PreparedSwarm | null> {
  const question = questionOf(await swarmReadiness(hosts, signal), hosts)
  if (question !== null && !yes) {
    if (terminal.ask === null)
      throw new BakeoffError('BAD_SPEC', `prepare asks before it forms a swarm, and there is no terminal to ask at`, {
        hint: `${question}\nIf so: npm run hosts -- prepare --yes`,
      })
    if (!(await terminal.ask(question))) return null
  }
  return prepareSwarm(hosts, { say: terminal.say, signal })
}

/** What the user is asked before anything changes; null where nothing will, or nothing can. Pure. */
export function questionOf(
  readiness: SwarmReadiness,
  hosts: readonly Pick<SwarmHost, 'name' | 'address'>[],
): string | null {
  const shown = ({ name, address }: Pick<SwarmHost, 'name' | 'address'>) => `${name} (${address})`
  switch (readiness.kind) {
    case 'ready':
    case 'unusable':
      return null
    case 'to-form': {
      const [manager, ...others] = hosts.map(shown)
      return `Form a Docker swarm on ${manager} and let ${others.join(', ')} join it? npm run hosts -- leave undoes it.`
    }
    case 'to-join': {
      const missing = hosts.filter(({ name }) => readiness.missing.includes(name)).map(shown)
      return `Let ${missing.join(', ')} join the swarm of ${readiness.manager.name}? npm run hosts -- leave undoes it.`
    }
  }
}

/** Pure. */
export function preparedWords({ manager, joined, formedByBakeoff }: PreparedSwarm): string {
  if (joined.length > 0) return `in the swarm of ${manager} now: ${joined.join(', ')}`
  const whose = formedByBakeoff ? '' : ', which Bakeoff did not form: it is used, and never left'
  return `all are in the swarm of ${manager}${whose}`
}

/**
 * Lets the machines leave the swarm that Bakeoff formed. One that cannot be reached keeps no other from leaving.
 *
 * @returns true when nothing is left to do
 * @throws ENGINE_HELD when a run uses one
 */
async function leaveHosts({ terminal, stop: { signal } }: Invocation, spec: HostsSpec): Promise<boolean> {
  await using reached = await reachHosts(spec.hosts, signal)
  const leaving = await leaveSwarm(
    reached.hosts.map((host) => ({
      name: host.spec.name,
      address: host.spec.address,
      client: isReached(host) ? host.engine.client : host.problem,
    })),
    signal,
  )
  const checks = leaving.map(({ name, leaving }) => {
    const words = leavingWords(name, leaving)
    return { id: leaving.kind, title: name, state: words.todo === null ? ('ok' as const) : ('warn' as const), ...words }
  })
  terminal.print(checks.flatMap((check) => doctorLines(check, terminal)).join('\n'))
  return checks.every(({ state }) => state === 'ok')
}

function asSwarmHost({ spec: { name, address }, engine: { client } }: ReachedHost): SwarmHost {
  return { name, address, client }
}
