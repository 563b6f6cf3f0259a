import { type Json, mapOf } from './schema-values.js'

export type Query = readonly (readonly [name: string, value: string])[]

/**
 * A parameter as names and values, by its `style` and `explode`: a list becomes one value with commas or a value for each element, an object
 * its members.
 */
export function parameterText(parameter: Json, name: string, value: unknown): [string, string][] {
  const style = parameter.style ?? (parameter.in === 'query' || parameter.in === 'cookie' ? 'form' : 'simple')
  const isExploded = typeof parameter.explode === 'boolean' ? parameter.explode : style === 'form'
  if (Array.isArray(value)) {
    const texts = value.map(plain)
    if (style === 'form' && isExploded) return texts.map((text) => [name, text])
    const mark = style === 'spaceDelimited' ? ' ' : style === 'pipeDelimited' ? '|' : ','
    return [[name, texts.join(mark)]]
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(mapOf(value)).map(([key, one]): [string, string] => [key, plain(one)])
    if (style === 'deepObject') return members.map(([key, text]) => [`${name}[${key}]`, text])
    if (style === 'form' && isExploded) return members
    const mark = isExploded ? '=' : ','
    return [[name, members.map(([key, text]) => `${key}${mark}${text}`).join(',')]]
  }
  return [[name, plain(value)]]
}

function plain(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
