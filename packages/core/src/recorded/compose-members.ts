/** The members of one service of a docker-compose file, in the form of a scenario. */
import { posix } from 'node:path'
import { parseBytes } from '@bakeoff/model'
import type { Path } from '../parse/yaml.js'
import { list } from '../words/quantities.js'
import { portsIn } from './compose-ports.js'
import { type Json, mapOf } from './schema-values.js'

export interface ComposePlace {
  /** the folder of the file, from the root of the project with `/`; null: it lies elsewhere */
  readonly folder: string | null
  /** the repository around the project, from that: `..`; absent: the project is one itself */
  readonly repository?: string
}

/** What a service is built from. */
export interface ComposeBuild {
  /** from the root of the project, with `/`; one elsewhere in the repository begins with `..` */
  readonly folder: string
  /** relative to the folder; null: `Dockerfile` */
  readonly dockerfile: string | null
  /** null: the last one */
  readonly stage: string | null
}

export interface ComposeMembers {
  /** in the form of a scenario */
  readonly written: Json
  readonly image: string | null
  readonly build: ComposeBuild | null
  readonly port: number | null
  readonly health: string | null
}

interface Reading {
  readonly name: string
  readonly isTarget: boolean
  readonly place: ComposePlace
  tell(path: Path, message: string, hint: string, key?: boolean): void
  note(sentence: string): void
}

/** Members that change nothing of what is measured, or that a run does in a way of its own. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  ...['restart', 'container_name', 'labels', 'logging', 'profiles', 'stop_grace_period', 'stop_signal', 'tty', 'init'],
  ...['stdin_open', 'platform', 'pull_policy', 'develop', 'links', 'attach', 'annotations', 'oom_score_adj', 'expose'],
])

/** Members that mean something which a scenario cannot say, with the form to write. */
const REFUSED: Readonly<Record<string, string>> = {
  entrypoint: 'Put it into a Dockerfile (`build`), or write `command`.',
  env_file: 'Write the variables as `environment: { KEY: value }`.',
  extends: 'Write the members of the other service out.',
  secrets: 'Write the value as `environment: { KEY: value }`, with a value of the measurement only.',
  configs: 'COPY the file in a Dockerfile (`build`).',
  working_dir: 'Write WORKDIR in a Dockerfile (`build`).',
  network_mode: 'Take it out: services reach one another by name.',
  extra_hosts: 'Make it a service: nothing outside of the scenario can be reached.',
}
const OTHERWISE = 'Take it out where the service works without it, or put it into a Dockerfile (`build`).'

const READ: ReadonlySet<string> = new Set([
  ...['image', 'build', 'command', 'environment', 'depends_on', 'healthcheck', 'ports', 'volumes', 'tmpfs', 'networks'],
  ...['read_only', 'user', 'shm_size', 'cpus', 'mem_limit', 'deploy', 'hostname'],
])

/** Set by the run for every target. */
const OF_RUN: ReadonlySet<string> = new Set(['PORT', 'CORES', 'MEMORY_BYTES'])
const USUAL_CAPS = { cpus: 1, mem_limit: '1g' }

export function readMembers(service: Json, reading: Reading): ComposeMembers {
  const { name, isTarget, note } = reading
  const refuse = refuserOf(reading)
  const passed: string[] = []
  for (const key of Object.keys(service)) {
    if (PASSED_OVER.has(key)) passed.push(key)
    else if (!READ.has(key) && !key.startsWith('x-'))
      refuse([key], `${key} is not read`, Object.hasOwn(REFUSED, key) ? (REFUSED[key] as string) : OTHERWISE)
  }
  const said = passed.filter((key) => key !== 'expose' && key !== 'profiles')
  if (said.length > 0)
    note(`${name}: ${list(said)} ${said.length === 1 ? 'is' : 'are'} left out, since a run does without.`)
  refuseNames(service, reading)
  const image = service.image === undefined ? null : interpolated(service.image, ['image'], reading)
  const build = service.build === undefined ? null : buildOf(service.build, reading)
  const health = isTarget ? healthPathOf(service.healthcheck) : null
  const written: Record<string, unknown> = {
    ...(build !== null ? { build: fromCompose(build.folder) } : image !== null ? { image } : {}),
    ...capsOf(service, reading),
    ...(service.environment === undefined ? {} : { environment: environmentOf(service.environment, reading) }),
    ...(service.depends_on === undefined ? {} : { depends_on: dependsOnOf(service.depends_on, reading) }),
  }
  // The rest is said by each target of its own.
  if (!isTarget) {
    if (service.command !== undefined && service.command !== null)
      written.command = textsOf(service.command, ['command'], reading)
    const healthcheck = healthcheckOf(service.healthcheck, reading)
    if (healthcheck !== null) written.healthcheck = healthcheck
    written.read_only = service.read_only === true
    const tmpfs = [...tmpfsOf(service.tmpfs, reading), ...volumesOf(service.volumes, reading)]
    if (tmpfs.length > 0) written.tmpfs = [...new Set(tmpfs)]
    if (service.user !== undefined) written.user = interpolated(String(service.user), ['user'], reading)
    if (service.shm_size !== undefined) written.shm_size = service.shm_size
    if (service.ports !== undefined)
      note(`${name}: its ports are not published, since services reach one another by name.`)
  } else if (service.volumes !== undefined)
    note(`${name}: its volumes are left out. What the service reads is COPYed into its image.`)
  const [port = null] = [...portsIn(service.ports), ...portsIn(service.expose)]
  return { written, image, build, port, health }
}

/** Refuses a member of the service, by its path in it. */
function refuserOf({ name, tell }: Reading) {
  return (path: Path, message: string, hint: string, key = true) =>
    tell(['services', name, ...path], `services.${name}: ${message}`, hint, key)
}

/** Names under which others may know a service, beside its own. */
function refuseNames({ hostname, networks }: Json, reading: Reading): void {
  const refuse = refuserOf(reading)
  const hint = `Take it out, and write ${reading.name} where others speak of it.`
  if (hostname !== undefined && hostname !== reading.name) refuse(['hostname'], 'hostname is not read', hint)
  for (const [network, settings] of Object.entries(mapOf(networks)))
    if (mapOf(settings).aliases !== undefined) refuse(['networks', network, 'aliases'], 'aliases are not read', hint)
}

/** The name of a variable, in braces with what follows it there, or bare. */
const VARIABLE = /\$(?:\$|\{([A-Za-z_]\w*)(:?[-+?][^}]*)?\}|([A-Za-z_]\w*))/g

/** A text whose variables have their defaults. One without a default would come of the environment of the host. `$$` stays, as a scenario writes it. */
function interpolated(value: unknown, path: Path, reading: Reading): string {
  const text = String(value)
  return text.replace(VARIABLE, (whole, braced?: string, rule?: string, bare?: string) => {
    if (whole === '$$') return whole
    const variable = (braced ?? bare) as string
    const [, usual] = /^:?-([^$]*)$/.exec(rule ?? '') ?? []
    if (usual !== undefined) {
      reading.note(`${reading.name}: ${whole} has its default, ${JSON.stringify(usual)}.`)
      return usual
    }
    refuserOf(reading)(
      path,
      `${whole} is not replaced`,
      `Write the value of ${variable} itself, or a default: \${${variable}:-value}. Nothing is taken from the environment of the host, nor from .env.`,
      false,
    )
    return whole
  })
}

function textsOf(value: unknown, path: Path, reading: Reading): string | string[] {
  if (Array.isArray(value)) return value.map((one, index) => interpolated(one, [...path, index], reading))
  return interpolated(value, path, reading)
}

/** What is built. Only a target can name another file than Dockerfile, or a stage. */
function buildOf(value: unknown, reading: Reading): ComposeBuild | null {
  const refuse = refuserOf(reading)
  const { context = '.', ...rest } = typeof value === 'string' ? { context: value } : mapOf(value)
  const { dockerfile, target } = mapOf(rest)
  const isUsual = dockerfile === undefined || dockerfile === 'Dockerfile' || dockerfile === './Dockerfile'
  if (!isUsual && !reading.isTarget)
    refuse(
      ['build', 'dockerfile'],
      `a build by ${String(dockerfile)} is not read`,
      'Call that file Dockerfile, in the folder that is built.',
    )
  const refused = ['args', 'additional_contexts', 'ssh', 'secrets', 'dockerfile_inline']
  for (const key of reading.isTarget ? refused : [...refused, 'target'])
    if (mapOf(rest)[key] !== undefined)
      refuse(['build', key], `build.${key} is not read`, 'Write it into the Dockerfile: a folder is built by it alone.')
  const at = typeof value === 'string' ? ['build'] : ['build', 'context']
  const text = interpolated(context, at, reading)
  if (/^[a-z][a-z0-9+.-]*:|^\//i.test(text)) {
    refuse(
      at,
      `a build from "${text.slice(0, 60)}" is not read`,
      'Write a folder inside of the repository, from this file on: ./store',
      false,
    )
    return null
  }
  const path = reading.place.folder === null ? null : posix.join(reading.place.folder, text).replace(/\/+$/, '')
  if (path === null || upwards(path) > upwards(reading.place.repository ?? '')) {
    refuse(
      at,
      `"${text.slice(0, 60)}" lies outside of the repository`,
      'Copy the folder into the repository, and this file too.',
      false,
    )
    return null
  }
  return {
    folder: path === '' ? '.' : path,
    dockerfile: isUsual ? null : posix.normalize(interpolated(dockerfile, ['build', 'dockerfile'], reading)),
    stage: target === undefined ? null : interpolated(target, ['build', 'target'], reading),
  }
}

/** How many steps a path leads out of where it begins. */
function upwards(path: string): number {
  return path.split('/').filter((part) => part === '..').length
}

/** A folder of the project as a file in compose/ writes it. */
function fromCompose(path: string): string {
  const found = posix.relative('compose', path)
  return found.startsWith('..') ? found : `./${found}`
}

function capsOf(service: Json, reading: Reading): Json {
  const refuse = refuserOf(reading)
  const limits = mapOf(mapOf(mapOf(service.deploy).resources).limits)
  const { replicas } = mapOf(service.deploy)
  if (replicas !== undefined && replicas !== 1)
    refuse(
      ['deploy', 'replicas'],
      'several replicas are not read',
      'Write one. Replicas of a target are said in its target.yaml.',
      false,
    )
  const cpus = service.cpus ?? limits.cpus
  const memory = service.mem_limit ?? limits.memory
  const atCpus = service.cpus === undefined ? ['deploy', 'resources', 'limits', 'cpus'] : ['cpus']
  const atMemory = service.mem_limit === undefined ? ['deploy', 'resources', 'limits', 'memory'] : ['mem_limit']
  if (cpus !== undefined && !(Number(cpus) > 0))
    refuse(atCpus, `cpus is ${JSON.stringify(cpus)}`, 'Write a number of cores: 1', false)
  if (memory !== undefined && typeof memory !== 'number' && parseBytes(String(memory)) === null)
    refuse(atMemory, `its memory is ${JSON.stringify(memory)}`, 'Write a size: 512m', false)
  if (cpus === undefined || memory === undefined) {
    const missing = [...(cpus === undefined ? ['cpus: 1'] : []), ...(memory === undefined ? ['mem_limit: 1g'] : [])]
    reading.note(
      `${reading.name}: ${list(missing)} is written, since the file has no such limit. Set what it is to have.`,
    )
  }
  return { cpus: cpus === undefined ? USUAL_CAPS.cpus : Number(cpus), mem_limit: memory ?? USUAL_CAPS.mem_limit }
}

function environmentOf(value: unknown, reading: Reading): Record<string, string> {
  const refuse = refuserOf(reading)
  const entries: [string, unknown, Path][] = Array.isArray(value)
    ? value.map((line, index) => {
        const text = String(line)
        const at = text.indexOf('=')
        return [at < 0 ? text : text.slice(0, at), at < 0 ? null : text.slice(at + 1), ['environment', index]]
      })
    : Object.entries(mapOf(value)).map(([key, one]) => [key, one, ['environment', key]])
  return Object.fromEntries(
    entries.flatMap(([key, one, path]): [string, string][] => {
      if (reading.isTarget && OF_RUN.has(key)) {
        reading.note(`${reading.name}: ${key} is left out, since every run sets it.`)
        return []
      }
      if (one !== null && one !== undefined) return [[key, interpolated(one, path, reading)]]
      refuse(
        path,
        `environment: ${key} has no value`,
        `Write ${key}=value. Nothing is taken from the environment of the host.`,
      )
      return []
    }),
  )
}

const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully']

function dependsOnOf(value: unknown, reading: Reading): Json {
  if (Array.isArray(value)) return Object.fromEntries(value.map((one) => [String(one), { condition: CONDITIONS[0] }]))
  return Object.fromEntries(
    Object.entries(mapOf(value)).map(([other, settings]) => {
      const { condition = CONDITIONS[0] } = mapOf(settings)
      if (!CONDITIONS.includes(String(condition)))
        refuserOf(reading)(
          ['depends_on', other, 'condition'],
          `it waits for ${other} by "${String(condition)}"`,
          `Write ${list(CONDITIONS, 'or')}.`,
          false,
        )
      return [other, { condition }]
    }),
  )
}

function healthcheckOf(value: unknown, reading: Reading): Json | null {
  const { test, disable, interval, timeout, retries, start_period } = mapOf(value)
  if (value === undefined || disable === true || (Array.isArray(test) && test[0] === 'NONE')) return null
  if (test === undefined) {
    refuserOf(reading)(
      ['healthcheck'],
      'its healthcheck has no test, so that of the image would be asked',
      'Write the test: ["CMD", "redis-cli", "ping"]',
    )
    return null
  }
  const times = { interval, timeout, start_period }
  return {
    test: textsOf(test, ['healthcheck', 'test'], reading),
    ...Object.fromEntries(
      Object.entries(times).flatMap(([key, time]) =>
        time === undefined ? [] : [[key, durationOf(time, ['healthcheck', key], reading)]],
      ),
    ),
    ...(retries === undefined ? {} : { retries: Number(retries) }),
  }
}

/** `1m30s` → `90s`. */
function durationOf(value: unknown, path: Path, reading: Reading): string {
  const found = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/.exec(String(value))
  if (!found || String(value) === '') {
    refuserOf(reading)(path, `"${String(value)}" is no duration`, 'Write it with its unit: 10s', false)
    return '1s'
  }
  const [hours, minutes, seconds, ms] = found.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  const total = Math.round((hours * 3600 + minutes * 60 + seconds) * 1000 + ms)
  return total % 1000 === 0 ? `${total / 1000}s` : `${total}ms`
}

function tmpfsOf(value: unknown, reading: Reading): string[] {
  const all = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return all.map((one) => interpolated(one, ['tmpfs'], reading).split(':', 1)[0] as string)
}

/** Volumes that begin empty become memory, which begins empty as well; files of the host cannot be given to a container. */
function volumesOf(value: unknown, reading: Reading): string[] {
  const all = Array.isArray(value) ? value : []
  return all.flatMap((volume, index) => {
    const { source, target } = volumePlaces(volume)
    const inside = target?.split(':', 1)[0] ?? ''
    if (source !== null && /^[.~/$]/.test(source)) {
      refuserOf(reading)(
        ['volumes', index],
        `a file of the host (${source.slice(0, 60)}) is not given to a container`,
        `COPY it in a Dockerfile: build: ./${reading.name}, with FROM the image and COPY ${posix.basename(source)} ${inside || '/path'}`,
        false,
      )
      return []
    }
    if (!inside.startsWith('/')) return []
    reading.note(`${reading.name}: ${inside} is memory (tmpfs) in place of a volume, and empty at every start.`)
    return [inside]
  })
}

function volumePlaces(volume: unknown): { readonly source: string | null; readonly target: string | null } {
  if (typeof volume === 'string') {
    const [first = '', second] = volume.split(':')
    return second === undefined ? { source: null, target: first } : { source: first, target: second }
  }
  const { source, target } = mapOf(volume)
  return { source: source === undefined ? null : String(source), target: target === undefined ? null : String(target) }
}

function healthPathOf(healthcheck: unknown): string | null {
  const { test } = mapOf(healthcheck)
  const text = Array.isArray(test) ? test.join(' ') : String(test ?? '')
  return /https?:\/\/[^/\s'"]+(\/[^\s'"|)]*)/.exec(text)?.[1] ?? null
}
