/** Requests from an OpenAPI file: those of its examples, and where it has none values of its schemas. */
import { BakeoffError, openApiFile } from '@bakeoff/model'
import { badSpec } from '../parse/problem.js'
import { type Located, readYaml } from '../parse/yaml.js'
import { createRandom, type Random } from '../stats/random.js'
import { Collector } from './collector.js'
import { isSecretHeader, type WrittenHeader } from './headers.js'
import { parameterText, type Query } from './openapi-parameters.js'
import { nameOf, type Recording, type SecretsAs } from './recorded.js'
import { givenValue, type Json, type Making, mapOf, sampleOf, Unmakeable } from './schema-values.js'

export interface OpenApiOptions {
  readonly secretsAs: SecretsAs
  /** null: all but options and trace */
  readonly methods: readonly string[] | null
  /** requests of an operation whose values are made; those with examples have one for each */
  readonly each: number
  readonly most: number
  readonly seed: number
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace']
const NEVER: ReadonlySet<string> = new Set(['options', 'trace'])
const MOST_REFERENCES = 32
/** Objects that are looked at for one operation: parts of schemas multiply, so a small file may ask for endless work. */
const MOST_OBJECTS = 20_000

/**
 * The requests of an OpenAPI 3 file, in JSON or YAML.
 *
 * @throws BakeoffError BAD_SPEC when it is none, or no request of it can be made
 */
export function readOpenApi(file: string, text: string, options: OpenApiOptions): Recording {
  const located = readYaml(file, text, openApiFile)
  refuseOtherVersions(located)
  const document = new OpenApiDocument(located.value as Json, createRandom(options.seed))
  const collector = new Collector(options.secretsAs)
  const failed: string[] = []
  for (const [path, item] of Object.entries(located.value.paths ?? {})) {
    for (const method of METHODS) {
      const operation = mapOf(item)[method]
      if (operation === undefined || !isWanted(method, options.methods)) continue
      const asked = { method: method.toUpperCase(), path }
      try {
        for (const request of document.requestsOf(asked, mapOf(item), mapOf(operation), options.each)) {
          if (collector.count === options.most) collector.leave(`more than ${options.most} (--most)`, request)
          else collector.add({ ...request, answer: null })
        }
      } catch (error) {
        if (!(error instanceof Unmakeable)) throw error
        const { line, column } = located.problem(['paths', path, method], '', { key: true })
        failed.push(
          `${file}:${line}:${column}: no request is made of ${nameOf(asked)}, since ${error.message}. Give it an \`example\`.`,
        )
      }
    }
  }
  for (const sentence of [...failed, ...document.notes]) collector.note(sentence)
  if (collector.count > 0) return collector.finish()
  throw new BakeoffError('BAD_SPEC', [`${file}:1:1: no request can be made of it`, ...failed].join('\n'), {
    hint: 'It needs `paths` with operations, and an `example` where a schema alone does not say what is sent.',
  })
}

function refuseOtherVersions({
  value,
  problem,
  text,
}: Located<{ openapi?: string | undefined; swagger?: unknown }>): void {
  if (value.swagger !== undefined)
    throw badSpec(
      [problem(['swagger'], 'this is Swagger 2, and OpenAPI 3 is read', { hint: 'Convert it to OpenAPI 3 first.' })],
      text,
    )
  if (!value.openapi?.startsWith('3.'))
    throw badSpec(
      [problem(['openapi'], 'this is no OpenAPI 3 file', { hint: 'It begins with `openapi: 3.0.3`, or another 3.' })],
      text,
    )
}

function isWanted(method: string, methods: readonly string[] | null): boolean {
  return methods ? methods.some((one) => one.toLowerCase() === method) : !NEVER.has(method)
}

interface Made {
  readonly method: string
  readonly path: string
  readonly headers: WrittenHeader[]
  readonly body: string | null
}

class OpenApiDocument {
  readonly #root: Json
  readonly #making: Making
  /** names of ways to authorise that are no header of a secret's */
  readonly #unsent = new Set<string>()
  /** objects that may still be looked at for the operation */
  #left = MOST_OBJECTS

  constructor(root: Json, random: Random) {
    this.#root = root
    this.#making = { random, resolve: (value) => this.#resolve(value) }
  }

  get notes(): string[] {
    return [...this.#unsent].map((name) => `The security scheme "${name}" is not sent: write it into requests.ndjson.`)
  }

  /** @throws Unmakeable */
  requestsOf(asked: { method: string; path: string }, item: Json, operation: Json, each: number): Made[] {
    this.#left = MOST_OBJECTS
    const parameters = this.#parametersOf(item, operation)
    const bodies = this.#bodiesOf(operation)
    const security = this.#securityOf(operation)
    const base = this.#basePath(item, operation)
    const make = (body: () => { type: string; text: string } | null): Made => {
      const { path, query, headers } = this.#fill(asked.path, parameters)
      const sent = body()
      const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
      return {
        method: asked.method,
        path: `${base}${path}${search === '' ? '' : `?${search}`}`,
        headers: [...headers, ...security, ...(sent ? [{ name: 'content-type', value: sent.type }] : [])],
        body: sent?.text ?? null,
      }
    }
    if (bodies.examples.length > 0) return bodies.examples.map((body) => make(() => body))
    const made = Array.from({ length: each }, () => make(bodies.make))
    const different = new Map(made.map((request) => [JSON.stringify(request), request]))
    return [...different.values()]
  }

  #resolve(value: unknown): Json {
    if (this.#left-- <= 0) throw new Unmakeable('its schema is too large')
    let found = value
    for (let steps = 0; steps < MOST_REFERENCES; steps++) {
      const reference = mapOf(found).$ref
      if (typeof reference !== 'string') {
        if (typeof found !== 'object' || found === null) throw new Unmakeable('an object is missing where one is meant')
        return mapOf(found)
      }
      if (!reference.startsWith('#/'))
        throw new Unmakeable(`${reference.slice(0, 80)} stands in another file: bundle them into one`)
      found = reference
        .slice(2)
        .split('/')
        .map((part) => unescaped(part))
        .reduce<unknown>((inner, key) => (Object.hasOwn(mapOf(inner), key) ? mapOf(inner)[key] : undefined), this.#root)
      if (found === undefined) throw new Unmakeable(`${reference.slice(0, 80)} leads nowhere`)
    }
    throw new Unmakeable('a reference leads to itself')
  }

  /** Parameters of the path and of the operation; of the same name the operation's count. */
  #parametersOf(item: Json, operation: Json): Json[] {
    const all = [item.parameters, operation.parameters].flatMap((list) => (Array.isArray(list) ? list : []))
    const resolved = all.map((one) => this.#resolve(one))
    return [...new Map(resolved.map((one) => [`${one.in} ${one.name}`, one])).values()]
  }

  #fill(template: string, parameters: readonly Json[]): { path: string; query: Query; headers: WrittenHeader[] } {
    const query: [string, string][] = []
    const headers: WrittenHeader[] = []
    let path = template
    for (const parameter of parameters) {
      const name = String(parameter.name)
      const isNeeded = parameter.required === true || parameter.in === 'path'
      if (!isNeeded && this.#exampleOf(parameter).length === 0) continue
      if (parameter.in === 'header' && /^(accept|content-type|authorization)$/i.test(name)) continue
      if (parameter.in === 'cookie') {
        headers.push({ name: 'cookie', value: name })
        continue
      }
      const value = this.#valueOf(parameter)
      if (parameter.in === 'query') query.push(...parameterText(parameter, name, value))
      else {
        const text = parameterText(parameter, name, value)
          .map(([, one]) => one)
          .join(',')
        if (parameter.in === 'path') path = path.replaceAll(`{${name}}`, () => encodeURIComponent(text))
        else headers.push({ name, value: text })
      }
    }
    const [unfilled] = /\{[^}]+\}/.exec(path) ?? []
    if (unfilled) throw new Unmakeable(`no parameter says what ${unfilled} is`)
    return { path, query, headers }
  }

  #exampleOf(parameter: Json): readonly unknown[] {
    const [named] = this.#namedExamples(parameter)
    if (named) return [named.value]
    const given = givenValue(parameter)
    return given.length > 0 ? given : parameter.schema === undefined ? [] : givenValue(this.#resolve(parameter.schema))
  }

  #valueOf(parameter: Json): unknown {
    const [example] = this.#exampleOf(parameter)
    if (example !== undefined) return example
    const [content] = Object.values(mapOf(parameter.content))
    if (content !== undefined) return JSON.stringify(sampleOf(mapOf(content).schema, this.#making))
    return sampleOf(parameter.schema, this.#making)
  }

  #namedExamples(of: Json): { readonly value: unknown }[] {
    if (Array.isArray(of.examples)) return [] // a schema's, in OpenAPI 3.1
    return Object.values(mapOf(of.examples)).flatMap((example) => {
      const resolved = this.#resolve(example)
      return 'value' in resolved ? [{ value: resolved.value }] : []
    })
  }

  /** The bodies that an operation has examples of, and how one is made by its schema. */
  #bodiesOf(operation: Json): {
    readonly examples: { type: string; text: string }[]
    make(): { type: string; text: string } | null
  } {
    if (operation.requestBody === undefined) return { examples: [], make: () => null }
    const body = this.#resolve(operation.requestBody)
    const content = Object.entries(mapOf(body.content))
    const found = content.find(([type]) => isJson(type)) ?? content.find(([type]) => SENT.has(type.toLowerCase()))
    if (!found) {
      if (body.required !== true) return { examples: [], make: () => null }
      throw new Unmakeable(
        `its body is ${content.map(([type]) => type).join(' or ') || 'of no media type'}, which is not written`,
      )
    }
    const [type, written] = found
    const media = mapOf(written)
    const textOf = (value: unknown) => ({ type, text: bodyText(type, value) })
    const examples = [...this.#namedExamples(media), ...('example' in media ? [{ value: media.example }] : [])]
    return {
      examples: examples.map(({ value }) => textOf(value)),
      make: () => textOf(sampleOf(media.schema ?? {}, this.#making)),
    }
  }

  /** Headers whose value is a secret, which the collector leaves out or names. */
  #securityOf(operation: Json): WrittenHeader[] {
    const demands = operation.security ?? this.#root.security
    if (!Array.isArray(demands) || demands.length === 0) return []
    if (demands.some((demand) => Object.keys(mapOf(demand)).length === 0)) return [] // it can do without
    const schemes = mapOf(mapOf(this.#root.components).securitySchemes)
    return Object.keys(mapOf(demands[0])).flatMap((name): WrittenHeader[] => {
      const scheme = schemes[name] === undefined ? {} : this.#resolve(schemes[name])
      if (scheme.type === 'apiKey') {
        const header = String(scheme.name)
        if (scheme.in === 'header' && isSecretHeader(header)) return [{ name: header, value: name }]
        if (scheme.in === 'cookie') return [{ name: 'cookie', value: name }]
        this.#unsent.add(name)
        return []
      }
      const kind = String(scheme.scheme ?? 'bearer').toLowerCase() === 'basic' ? 'Basic' : 'Bearer'
      return [{ name: 'authorization', value: `${kind} ${name}` }]
    })
  }

  /** The path that all addresses begin with, by `servers`. */
  #basePath(item: Json, operation: Json): string {
    const [server] =
      ([operation.servers, item.servers, this.#root.servers].find((one) => Array.isArray(one)) as Json[] | undefined) ??
      []
    if (!server) return ''
    const url = String(mapOf(server).url ?? '').replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
      String(mapOf(mapOf(mapOf(server).variables)[name]).default ?? ''),
    )
    try {
      return new URL(url, 'http://service').pathname.replace(/\/+$/, '')
    } catch {
      throw new Unmakeable(`the server "${url.slice(0, 60)}" is no address`)
    }
  }
}

const SENT: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'text/plain'])

function isJson(type: string): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(type)
}

function bodyText(type: string, value: unknown): string {
  if (isJson(type)) return JSON.stringify(value)
  if (typeof value === 'string') return value
  if (type.toLowerCase() !== 'application/x-www-form-urlencoded') throw new Unmakeable(`a body of ${type} is no text`)
  const fields = Object.entries(mapOf(value)).flatMap(([name, one]) =>
    (Array.isArray(one) ? one : [one]).map((each): [string, string] => [
      name,
      typeof each === 'object' && each !== null ? JSON.stringify(each) : String(each),
    ]),
  )
  return new URLSearchParams(fields).toString()
}

/** A part of a JSON Pointer in a fragment: `~1` is a slash, `~0` a tilde. */
function unescaped(part: string): string {
  let text = part
  try {
    text = decodeURIComponent(part)
  } catch {
    // as it stands
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~')
}
