import { BakeoffError, composeFile } from '@bakeoff/model'
import { stringify } from 'yaml'
import { parseScenario } from '../parse/scenario.js'
import { readYaml } from '../parse/yaml.js'
import { dependenciesOf, withMergedKeys } from '../recorded/compose.js'
import { readMembers } from '../recorded/compose-members.js'
import { TARGET_ALONE } from '../recorded/scenario-text.js'
import { type Json, mapOf } from '../recorded/schema-values.js'
import { list } from '../words/quantities.js'
import { isStore } from './known.js'

/** What the targets of a scenario need, as a docker-compose file says it. */
export interface Surroundings {
  /** lines below `services` of a scenario, `target` first; null: nothing is known, or nothing could be taken over */
  readonly lines: string | null
  readonly notes: readonly string[]
}

export interface ComposeText {
  /** the name of the file */
  readonly file: string
  readonly text: string
  /** names of its services that become targets */
  readonly targets: readonly string[]
  /** the repository within which services are built, from the project with `/`: `..` where the file lies in it */
  readonly repository: string
}

/**
 * The services that targets need, in the form of a scenario: those that the first target waits for; where no service of the file is a target, its databases and the like.
 * What cannot be taken over is left out, and told.
 */
export function surroundingsOf({ file, text, targets, repository }: ComposeText): Surroundings {
  const located = attempt(() => readYaml(file, text, composeFile))
  if (located instanceof BakeoffError) return { lines: null, notes: [`${file} is not taken over: ${located.message}`] }
  const all = Object.fromEntries(
    Object.entries(located.value.services).map(([name, service]) => [name, withMergedKeys(service)]),
  )
  const [first] = targets
  const notes: string[] = []
  const lost: string[] = []
  const stores = new Map<string, Json>()
  for (const name of first === undefined ? storesOf(all) : neededBy(first, all)) {
    if (targets.includes(name)) continue
    const { written, problems } = membersOf(all[name] as Json, { name, isTarget: false, repository, notes })
    if (problems.length === 0) stores.set(name, written)
    else lost.push(`${name} of ${file} is not taken over: ${problems.join('; ')}`)
  }
  const own =
    first === undefined ? null : membersOf(all[first] as Json, { name: first, isTarget: true, repository, notes })
  for (const why of own?.problems ?? []) lost.push(`${first} of ${file}: ${why}`)
  const target = targetOf(own?.written ?? null, stores)
  if (stores.size === 0 && target.environment === undefined) return { lines: null, notes: lost }
  const kept = [...stores].map(([name, written]): [string, Json] => [name, withoutLost(written, stores)])
  const lines = stringify({ services: { target, ...Object.fromEntries(kept) } }, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .slice(1)
    .join('\n')
  const refused = attempt(() => parseAlone(lines))
  if (refused instanceof BakeoffError)
    return { lines: null, notes: [...lost, `${list([...stores.keys()])} of ${file}: ${refused.message}`] }
  return {
    lines,
    notes: [
      ...lost,
      ...notes,
      ...(first !== undefined && targets.length > 1
        ? [`What targets are given is that of ${first} in ${file}: environment and services.`]
        : []),
    ],
  }
}

interface Member {
  readonly name: string
  readonly isTarget: boolean
  readonly repository: string
  readonly notes: string[]
}

/** A service in the form of a scenario, and what of it cannot be said there. */
function membersOf(
  service: Json,
  { name, isTarget, repository, notes }: Member,
): { readonly written: Json; readonly problems: readonly string[] } {
  const problems: string[] = []
  // What a target is built from is said in its target.yaml.
  const { build: _, ...rest } = service
  const { written } = readMembers(isTarget ? rest : service, {
    name,
    isTarget,
    // The file lies beside the folder of the project.
    place: { folder: '..', repository },
    tell: (_path, message, hint) => void problems.push(`${message.replace(`services.${name}: `, '')} (${hint})`),
    note: (sentence) => void notes.push(sentence),
  })
  return { written, problems }
}

function targetOf(own: Json | null, stores: ReadonlyMap<string, Json>): Json {
  const waits =
    own === null ? [...stores.keys()] : Object.keys(mapOf(own.depends_on)).filter((name) => stores.has(name))
  // What would come of the environment of this machine is told, and left out.
  const environment = Object.entries(mapOf(own?.environment)).filter(([, value]) => !isOpen(String(value)))
  const conditionOf = (name: string) =>
    mapOf(mapOf(own?.depends_on)[name]).condition ??
    (stores.get(name)?.healthcheck === undefined ? 'service_started' : 'service_healthy')
  return {
    ...TARGET_ALONE.target,
    ...(own?.cpus === undefined ? {} : { cpus: own.cpus }),
    ...(own?.mem_limit === undefined ? {} : { mem_limit: own.mem_limit }),
    ...(environment.length === 0 ? {} : { environment: Object.fromEntries(environment) }),
    ...(waits.length === 0
      ? {}
      : { depends_on: Object.fromEntries(waits.map((name) => [name, { condition: conditionOf(name) }])) }),
  }
}

/** Whether a text has a variable in it that was not replaced. `$$` is a dollar sign. */
function isOpen(text: string): boolean {
  return /\$[A-Za-z_{]/.test(text.replaceAll('$$', ''))
}

/** A service that waits for no other which was not taken over. */
function withoutLost({ depends_on, ...written }: Json, stores: ReadonlyMap<string, Json>): Json {
  const waits = Object.entries(mapOf(depends_on)).filter(([name]) => stores.has(name))
  return waits.length === 0 ? written : { ...written, depends_on: Object.fromEntries(waits) }
}

/** All that a service waits for, and what that waits for. */
function neededBy(name: string, all: Readonly<Record<string, Json>>): string[] {
  const needed = new Set<string>()
  const waiting = [name]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const other of dependenciesOf(all[one] ?? {})) {
      if (needed.has(other) || !Object.hasOwn(all, other) || other === name) continue
      needed.add(other)
      waiting.push(other)
    }
  }
  return [...needed]
}

/** Databases and the like, and what those wait for. */
function storesOf(all: Readonly<Record<string, Json>>): string[] {
  const stores = Object.keys(all).filter((name) => {
    const image = all[name]?.image
    return typeof image === 'string' && isStore(image)
  })
  return [...new Set(stores.flatMap((name) => [name, ...neededBy(name, all)]))]
}

/** @throws BakeoffError BAD_SPEC for services that no scenario can have */
function parseAlone(lines: string): void {
  const texts: Readonly<Record<string, string>> = { requests: '{"path":"/"}\n', golden: '{"status":200,"body":""}\n' }
  parseScenario({
    id: 'draft',
    file: 'the scenario',
    yaml: `services:\n${lines}\nx-scenario:\n  summary: a draft\n  requests: requests\n  expect: { golden: golden, compare: exact }\n  load: { closed: [1] }\n`,
    resolve: (path) => path,
    read: (path) => texts[path] ?? null,
    buildable: () => true,
  })
}

function attempt<T>(act: () => T): T | BakeoffError {
  try {
    return act()
  } catch (error) {
    if (error instanceof BakeoffError) return error
    throw error
  }
}
