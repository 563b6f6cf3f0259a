/** Values by a schema of OpenAPI, where it has no example: seeded, so that the same file gives the same requests. */
import type { Random } from '../stats/random.js'

/** An object of an OpenAPI file, of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>

/** Why a value cannot be made, as it stands after "since". It ends the making of one operation, and is told to the user. */
export class Unmakeable extends Error {
  override readonly name = 'Unmakeable'
}

export interface Making {
  readonly random: Random
  /** the object that a `$ref` stands for. Throws Unmakeable for one that leads nowhere */
  resolve(value: unknown): Json
}

/** How deep required members go before a schema counts as endless, and to what depth members are added that are not required. */
const MOST_DEPTH = 12
const OPTIONAL_DEPTH = 3
const MOST_ITEMS = 20
const MOST_LETTERS = 10_000

/** @throws Unmakeable */
export function sampleOf(schema: unknown, making: Making, depth = 0): unknown {
  if (depth > MOST_DEPTH) throw new Unmakeable('its schema has no end')
  if (schema === true) return 'x'
  const one = merged(making.resolve(schema), making, depth)
  const given = givenValue(one)
  if (given.length > 0) return given[0]
  if (Array.isArray(one.enum) && one.enum.length > 0) {
    const choices = one.enum.filter((choice) => choice !== null)
    return choices.length === 0 ? null : choices[making.random.int(choices.length)]
  }
  switch (typeOf(one)) {
    case 'object':
      return objectOf(one, making, depth)
    case 'array':
      return arrayOf(one, making, depth)
    case 'string':
      return textOf(one, making.random)
    case 'integer':
      return numberOf(one, making.random, 1)
    case 'number':
      return numberOf(one, making.random, 0.01)
    case 'boolean':
      return making.random.int(2) === 1
    case 'null':
      return null
    default:
      throw new Unmakeable('a schema says no type that is known')
  }
}

/** The value that a schema names, as a list of one; else nothing. */
export function givenValue(schema: Json): readonly unknown[] {
  if ('example' in schema) return [schema.example]
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return [schema.examples[0]]
  if ('const' in schema) return [schema.const]
  return 'default' in schema ? [schema.default] : []
}

/** A schema with all parts of `allOf`, and of `oneOf` and `anyOf` the first that can be made, as one. */
function merged(schema: Json, making: Making, depth: number): Json {
  const { allOf, oneOf, anyOf, ...own } = schema
  let one: Json = own
  if (Array.isArray(allOf)) for (const part of allOf) one = joined(one, partOf(part, making, depth))
  for (const choices of [oneOf, anyOf]) {
    if (!Array.isArray(choices) || choices.length === 0 || givenValue(one).length > 0) continue
    one = joined(one, partOf(firstMakeable(choices, making, depth), making, depth))
  }
  return one
}

function partOf(part: unknown, making: Making, depth: number): Json {
  if (depth > MOST_DEPTH) throw new Unmakeable('its schema has no end')
  return merged(making.resolve(part), making, depth + 1)
}

function firstMakeable(choices: readonly unknown[], making: Making, depth: number): unknown {
  const found = choices.find((choice) => {
    try {
      sampleOf(choice, making, depth + 1)
      return true
    } catch (error) {
      if (error instanceof Unmakeable) return false
      throw error
    }
  })
  if (found === undefined) throw new Unmakeable('none of the choices of a schema can be made')
  return found
}

function joined(a: Json, b: Json): Json {
  const required = [...listOf(a.required), ...listOf(b.required)]
  const properties = Object.fromEntries([
    ...Object.entries(mapOf(a.properties)),
    ...Object.entries(mapOf(b.properties)),
  ])
  return {
    ...a,
    ...b,
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
  }
}

function typeOf(schema: Json): unknown {
  const { type } = schema
  if (Array.isArray(type)) return type.find((each) => each !== 'null') ?? 'null'
  if (type !== undefined) return type
  if ('properties' in schema) return 'object'
  return 'items' in schema ? 'array' : undefined
}

function objectOf(schema: Json, making: Making, depth: number): unknown {
  const required = new Set(listOf(schema.required))
  return Object.fromEntries(
    Object.entries(mapOf(schema.properties)).flatMap(([name, property]) => {
      const resolved = property === true ? {} : making.resolve(property)
      if (resolved.readOnly === true) return []
      if (required.has(name)) return [[name, sampleOf(property, making, depth + 1)]]
      if (depth >= OPTIONAL_DEPTH || resolved.deprecated === true) return []
      try {
        return [[name, sampleOf(property, making, depth + 1)]]
      } catch (error) {
        if (error instanceof Unmakeable) return [] // it may be left out
        throw error
      }
    }),
  )
}

function arrayOf(schema: Json, making: Making, depth: number): unknown {
  const least = asCount(schema.minItems) ?? 0
  const count = Math.min(Math.max(least, 1), asCount(schema.maxItems) ?? Number.POSITIVE_INFINITY)
  if (count > MOST_ITEMS) throw new Unmakeable(`a list has ${count} elements at least`)
  // A list that may be empty ends a schema that contains itself.
  if (least === 0 && depth >= OPTIONAL_DEPTH) return []
  return Array.from({ length: count }, () => sampleOf(schema.items ?? {}, making, depth + 1))
}

/** Random texts of so many characters. */
class Texts {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  letters(count: number, of = 'abcdefghijklmnopqrstuvwxyz'): string {
    return Array.from({ length: count }, () => of[this.#random.int(of.length)]).join('')
  }

  digits(count: number): string {
    return this.letters(count, '0123456789')
  }

  hex(count: number): string {
    return this.letters(count, '0123456789abcdef')
  }

  date(): string {
    return `2025-${this.#two(1, 12)}-${this.#two(1, 28)}`
  }

  time(): string {
    return `${this.#two(0, 23)}:${this.#two(0, 59)}:${this.#two(0, 59)}Z`
  }

  #two(least: number, most: number): string {
    return String(least + this.#random.int(most - least + 1)).padStart(2, '0')
  }
}

/** Addresses are of ranges and names for documentation: they belong to no one. */
const FORMATS: Readonly<Record<string, (texts: Texts) => string>> = {
  date: (texts) => texts.date(),
  'date-time': (texts) => `${texts.date()}T${texts.time()}`,
  time: (texts) => texts.time(),
  uuid: (texts) => `${texts.hex(8)}-${texts.hex(4)}-4${texts.hex(3)}-8${texts.hex(3)}-${texts.hex(12)}`,
  email: (texts) => `${texts.letters(8)}@example.com`,
  'idn-email': (texts) => `${texts.letters(8)}@example.com`,
  hostname: (texts) => `${texts.letters(8)}.example.com`,
  uri: (texts) => `https://example.com/${texts.letters(8)}`,
  url: (texts) => `https://example.com/${texts.letters(8)}`,
  iri: (texts) => `https://example.com/${texts.letters(8)}`,
  'uri-reference': (texts) => `/${texts.letters(8)}`,
  ipv4: (texts) => `192.0.2.1${texts.digits(1)}`,
  ipv6: (texts) => `2001:db8::${texts.hex(4)}`,
  byte: (texts) => Buffer.from(texts.letters(9)).toString('base64'),
}

function textOf({ format, pattern, minLength, maxLength }: Json, random: Random): string {
  const texts = new Texts(random)
  const least = asCount(minLength) ?? 0
  const most = asCount(maxLength) ?? Number.POSITIVE_INFINITY
  if (least > MOST_LETTERS) throw new Unmakeable(`a text has ${least} letters at least`)
  if (format === 'binary') throw new Unmakeable('a value has bytes that are no text')
  const ofFormat = typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
  if (ofFormat) return ofFormat(texts)
  if (typeof pattern !== 'string') return texts.letters(Math.min(Math.max(least, 8), most))
  if (!/^\^?(\\d|\[0-9\])\+?\$?$/.test(pattern))
    throw new Unmakeable(`a text follows the pattern ${pattern.slice(0, 60)}`)
  return texts.digits(Math.min(Math.max(least, 1), most))
}

/** @param step the distance between values that may come, unless the schema has one */
function numberOf(schema: Json, random: Random, step: number): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const by = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : step
  // A flag until OpenAPI 3.0, the limit itself from 3.1 on.
  const above =
    typeof exclusiveMinimum === 'number' ? exclusiveMinimum : exclusiveMinimum === true ? minimum : undefined
  const below =
    typeof exclusiveMaximum === 'number' ? exclusiveMaximum : exclusiveMaximum === true ? maximum : undefined
  const highest = typeof below === 'number' ? Math.ceil(below / by) - 1 : Math.floor(asNumber(maximum, Number.NaN) / by)
  const usualLeast = Number.isNaN(highest) ? 1 / by : Math.min(1 / by, highest)
  const least =
    typeof above === 'number'
      ? Math.floor(above / by) + 1
      : Math.ceil(typeof minimum === 'number' ? minimum / by : usualLeast)
  const most = Number.isNaN(highest) ? least + 999 / by : highest
  if (most < least) throw new Unmakeable('no number lies within the limits of a schema')
  const found = (least + random.int(Math.min(Math.floor(most - least), 0xffffff) + 1)) * by
  return Number(found.toPrecision(12))
}

function asNumber(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function mapOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}
