/** The services of a docker-compose file as a scenario has them. What is not read is refused with its place and the form to write. */
import { composeFile } from '@bakeoff/model'
import { badSpec, didYouMean, type Problem } from '../parse/problem.js'
import { type Located, type Path, readYaml } from '../parse/yaml.js'
import { list } from '../words/quantities.js'
import { type ComposeBuild, type ComposeMembers, type ComposePlace, readMembers } from './compose-members.js'
import { type Json, mapOf } from './schema-values.js'

export interface ComposeOptions extends ComposePlace {
  /** the service that the targets take the place of; null: the only one that publishes ports, of those that no other waits for where there are such */
  readonly targetService: string | null
}

export interface ComposeReading {
  /** in the form of a scenario, `target` first */
  readonly services: Readonly<Record<string, Json>>
  readonly target: ComposeTarget
  readonly notes: readonly string[]
}

/** What the file says of the service that is measured: a target of its own is made of it. */
export interface ComposeTarget {
  /** what the file calls it */
  readonly service: string
  readonly image: string | null
  readonly build: ComposeBuild | null
  /** the first port that it listens on */
  readonly port: number | null
  /** the path of its health check, where that is an HTTP request */
  readonly health: string | null
}

/** @throws BakeoffError BAD_SPEC with everything that is not read */
export function readCompose(file: string, text: string, options: ComposeOptions): ComposeReading {
  const located = readYaml(file, text, composeFile)
  const problems: Problem[] = []
  const tell = (path: Path, message: string, hint: string, key = true) =>
    void problems.push(located.problem(path, message, { key, hint }))
  if (located.value.include !== undefined)
    tell(['include'], 'include is not read', 'Write the services of the other file into this one.')
  const all = Object.fromEntries(
    Object.entries(located.value.services).map(([name, service]) => [name, withMergedKeys(service)]),
  )
  const chosen = chooseTarget(located, all, options.targetService)
  if (typeof chosen !== 'string') throw badSpec([...problems, chosen], text)
  const notes: string[] = []
  const taken = takenServices(all, chosen, notes)
  const members = taken.map((name): [string, ComposeMembers] => {
    const isTarget = name === chosen
    if (!isTarget && (!/^[a-z0-9][a-z0-9-]*$/.test(name) || name === 'target' || name === 'agent'))
      tell(
        ['services', name],
        `a service cannot be called "${name}" here`,
        'Rename it, also where others speak of it: lower-case letters, digits and hyphens, and neither target nor agent.',
      )
    return [
      name,
      readMembers(all[name] as Json, { name, isTarget, place: options, tell, note: (one) => notes.push(one) }),
    ]
  })
  if (problems.length > 0) throw badSpec(problems, text)
  const target = members.find(([name]) => name === chosen)?.[1] as ComposeMembers
  const { image, build, port, health } = target
  return {
    services: Object.fromEntries([
      ['target', forTarget(target, taken)],
      ...members.filter(([name]) => name !== chosen).map(([name, one]): [string, Json] => [name, one.written]),
    ]),
    target: { service: chosen, image, build, port, health },
    notes,
  }
}

/** Of the target its folder says what it is made of; here stands what it is given. */
function forTarget({ written }: ComposeMembers, taken: readonly string[]): Json {
  const { cpus, mem_limit, environment, depends_on } = written
  const dependsOn = Object.entries(mapOf(depends_on)).filter(([name]) => taken.includes(name))
  return {
    image: '${TARGET_IMAGE}',
    cpus,
    mem_limit,
    ...(environment === undefined ? {} : { environment }),
    ...(dependsOn.length === 0 ? {} : { depends_on: Object.fromEntries(dependsOn) }),
  }
}

/** `<<: *defaults` on any level, such as in `environment`, which YAML 1.2 does not know and Compose does. */
export function withMergedKeys(service: Json): Json {
  const { '<<': merged, ...own } = service
  const given = merged === undefined ? [] : [merged].flat()
  const parts = given.toReversed().map((part) => withMergedKeys(mapOf(part)))
  return Object.assign({}, ...parts, Object.fromEntries(Object.entries(own).map(([key, one]) => [key, mergedIn(one)])))
}

function mergedIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mergedIn)
  return typeof value === 'object' && value !== null ? withMergedKeys(mapOf(value)) : value
}

function chooseTarget(
  located: Located<unknown>,
  services: Readonly<Record<string, Json>>,
  asked: string | null,
): string | Problem {
  const names = Object.keys(services)
  if (asked !== null) {
    if (Object.hasOwn(services, asked)) return asked
    const meant = didYouMean(asked, names)
    return located.problem(['services'], `there is no service "${asked}"`, {
      key: true,
      hint: meant ? `Did you mean "${meant}"?` : `There are ${list(names)}.`,
    })
  }
  const waitedFor = new Set(names.flatMap((name) => dependenciesOf(services[name] as Json)))
  const publishing = names.filter((name) => services[name]?.ports !== undefined)
  const unawaited = publishing.filter((name) => !waitedFor.has(name))
  const open = unawaited.length > 0 ? unawaited : publishing
  if (open.length === 1) return open[0] as string
  const message =
    open.length === 0
      ? 'no service publishes ports, so it is open which one is measured'
      : `${list(open)} publish ports, so it is open which one is measured`
  return located.problem(['services'], message, {
    key: true,
    hint: `Name it: --target-service ${open[0] ?? names[0] ?? 'NAME'}`,
  })
}

export function dependenciesOf({ depends_on }: Json): string[] {
  return Array.isArray(depends_on) ? depends_on.map(String) : Object.keys(mapOf(depends_on))
}

/** The services that a run starts: not those that wait for the target, nor those of a profile that the target does not need. */
function takenServices(services: Readonly<Record<string, Json>>, target: string, notes: string[]): string[] {
  const closure = (from: string, seen = new Set<string>()): Set<string> => {
    for (const other of dependenciesOf(services[from] ?? {})) {
      if (seen.has(other)) continue
      seen.add(other)
      closure(other, seen)
    }
    return seen
  }
  const needed = closure(target)
  return Object.keys(services).filter((name) => {
    if (name === target || needed.has(name)) return true
    if (closure(name).has(target)) {
      notes.push(`${name} is left out: it waits for ${target}.`)
      return false
    }
    const profiles = services[name]?.profiles
    if (Array.isArray(profiles) && profiles.length > 0) {
      notes.push(`${name} is left out: it belongs to a profile, and ${target} does not wait for it.`)
      return false
    }
    return true
  })
}
