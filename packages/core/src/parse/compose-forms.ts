/** The forms that Compose has for one thing (lists and maps, texts and words), made into the one form that is read from here on. */
import type { ScenarioFile } from '@bakeoff/model'
import { addHint } from './hints.js'
import { badSpec, type Problem } from './problem.js'
import { isWord, shellTokens } from './shell-words.js'
import type { Located, Path } from './yaml.js'

type WrittenService = ScenarioFile['services'][string]
type WrittenHealthcheck = NonNullable<WrittenService['healthcheck']>
type Dependencies = Exclude<NonNullable<WrittenService['depends_on']>, readonly string[]>

/** A service of a scenario, each member in one form. */
export interface ServiceFile
  extends Omit<
    WrittenService,
    'build' | 'cpus' | 'mem_limit' | 'deploy' | 'environment' | 'command' | 'depends_on' | 'healthcheck'
  > {
  readonly build?: string
  readonly cpus: number
  readonly mem_limit: string | number
  readonly environment?: Record<string, string | number | boolean>
  readonly command?: string[]
  readonly depends_on?: Dependencies
  readonly healthcheck?: Omit<WrittenHealthcheck, 'test'> & { readonly test: string[] }
}

/** A scenario's file whose services are in one form. */
export interface PlainScenarioFile extends Omit<ScenarioFile, 'services'> {
  readonly services: Record<string, ServiceFile>
}

/** Adds a problem at a member of a service. */
type Tell = (path: Path, message: string, options?: { key?: boolean; hint?: string }) => void

/** @throws BakeoffError BAD_SPEC with every form that says nothing, or something twice, and its place */
export function inOneForm(located: Located<ScenarioFile>): Located<PlainScenarioFile> {
  const problems: Problem[] = []
  const services = Object.entries(located.value.services).map(([name, service]): [string, ServiceFile] => {
    const tell: Tell = (path, message, options) =>
      problems.push(located.problem(['services', name, ...path], `services.${name}${message}`, options))
    return [name, plainService(service, tell)]
  })
  if (problems.length > 0) throw badSpec(problems, located.text)
  return { ...located, value: { ...located.value, services: Object.fromEntries(services) } }
}

function plainService(written: WrittenService, tell: Tell): ServiceFile {
  const { build, cpus, mem_limit, deploy, environment, command, depends_on, healthcheck, ...rest } = written
  return {
    ...rest,
    ...(build === undefined ? {} : { build: typeof build === 'string' ? build : build.context }),
    cpus: Number(oneCap('cpus', cpus, ['cpus', deploy?.resources.limits.cpus], tell) ?? 1),
    mem_limit: oneCap('mem_limit', mem_limit, ['memory', deploy?.resources.limits.memory], tell) ?? 1,
    ...(environment === undefined ? {} : { environment: plainEnvironment(environment, tell) }),
    ...(command === undefined ? {} : { command: plainCommand(command, tell) }),
    ...(depends_on === undefined ? {} : { depends_on: plainDependencies(depends_on) }),
    ...(healthcheck === undefined ? {} : { healthcheck: plainHealthcheck(healthcheck, tell) }),
  }
}

function oneCap<T>(
  key: 'cpus' | 'mem_limit',
  written: T | undefined,
  [longer, limit]: readonly [string, T | string | undefined],
  tell: Tell,
): T | string | undefined {
  if (written !== undefined && limit !== undefined)
    tell(['deploy', 'resources', 'limits', longer], ` has ${key} and deploy.resources.limits.${longer}`, {
      key: true,
      hint: 'They say the same: take one of them out.',
    })
  const cap = written ?? limit
  if (cap === undefined) tell([], `.${key} is missing`, { hint: addHint(key) })
  return cap
}

function plainEnvironment(
  written: NonNullable<WrittenService['environment']>,
  tell: Tell,
): Record<string, string | number | boolean> {
  const entries = Array.isArray(written)
    ? written.map((line, index) => ({ ...cutAt(line, '='), at: ['environment', index] }))
    : Object.entries(written).map(([key, value]) => ({ key, value, at: ['environment', key] }))
  const plain = new Map<string, string | number | boolean>()
  for (const { key, value, at } of entries) {
    if (value === null)
      tell(at, `.environment: ${key} has no value`, {
        key: !Array.isArray(written),
        hint: `Write it: ${Array.isArray(written) ? `${key}=value` : `${key}: value`}. Nothing is taken from the environment of the host.`,
      })
    else if (plain.has(key)) tell(at, `.environment has ${key} twice`)
    else plain.set(key, typeof value === 'string' ? plainText(value, at, tell) : value)
  }
  return Object.fromEntries(plain)
}

function cutAt(line: string, mark: string): { readonly key: string; readonly value: string | null } {
  const at = line.indexOf(mark)
  return at < 0 ? { key: line, value: null } : { key: line.slice(0, at), value: line.slice(at + 1) }
}

function plainCommand(written: string | string[], tell: Tell): string[] {
  if (Array.isArray(written)) return written.map((word, index) => plainText(word, ['command', index], tell))
  const cut = shellTokens(plainText(written, ['command'], tell), 'words')
  if (!cut.ok) {
    tell(['command'], `.command cannot be cut into words: ${cut.message}`, {
      hint: 'Write a list of words: ["redis-server", "--save", ""].',
    })
    return []
  }
  const words = cut.tokens.filter(isWord).map(({ text }) => text)
  if (words.length === 0) tell(['command'], '.command has no word', { hint: 'Take it out, or write a command.' })
  return words
}

function plainDependencies(written: NonNullable<WrittenService['depends_on']>): Dependencies {
  if (!Array.isArray(written)) return written
  return Object.fromEntries(written.map((name) => [name, { condition: 'service_started' as const }]))
}

function plainHealthcheck(written: WrittenHealthcheck, tell: Tell): NonNullable<ServiceFile['healthcheck']> {
  const at = ['healthcheck', 'test']
  const test =
    typeof written.test === 'string'
      ? ['CMD-SHELL', plainText(written.test, at, tell)]
      : written.test.map((word, index) => plainText(word, [...at, index], tell))
  return { ...written, test }
}

/** What Compose would take from the environment of the host. `$$` is a dollar sign. */
const TAKEN = /\$\{|\$[A-Za-z_]/

/** The text that a container gets of a text in a Compose file. */
function plainText(text: string, at: Path, tell: Tell): string {
  if (TAKEN.test(text.replaceAll('$$', '')))
    tell(at, `: "${text}" is not replaced`, {
      hint: 'Nothing is taken from the environment of the host. Write the value itself; a dollar sign that the container is to see is written $$.',
    })
  return text.replaceAll('$$', () => '$')
}
