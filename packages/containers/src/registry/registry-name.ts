import { BakeoffError } from '@bakeoff/model'

/** A place for images in a registry: `registry.example:5000/team`. */
export interface RegistryPlace {
  /** `registry.example:5000` */
  readonly host: string
  /** host and path; names of images are appended to it */
  readonly name: string
}

/** As Docker's grammar of references has it. */
const HOST =
  /^(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i
const PART = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/
/** The most characters of a registry's name, so that the longest image name of Bakeoff still fits behind it. */
const MOST_CHARACTERS = 160

/**
 * Parses the name of a registry, with or without a path.
 *
 * @param what names the setting in errors: `BAKEOFF_REGISTRY`
 * @throws BakeoffError BAD_SPEC
 */
export function parseRegistry(text: string, what: string): RegistryPlace {
  const bad = (why: string, hint: string) =>
    new BakeoffError('BAD_SPEC', `${what} is ${JSON.stringify(shown(text))}: ${why}`, { hint })
  const example = `Write it as in ${what === 'BAKEOFF_REGISTRY' ? 'BAKEOFF_REGISTRY=' : ''}registry.example:5000/team`
  const scheme = /^[a-z]+:\/\//i.exec(text)?.[0]
  if (scheme) throw bad(`the engine finds out by itself whether it is http or https`, `Leave ${scheme} out. ${example}`)
  if (text.includes('@'))
    throw bad('it has an @ in it, as of a password or a digest', `Log in with docker login instead. ${example}`)
  const [host = '', ...path] = text.replace(/\/$/, '').split('/')
  if (!HOST.test(host)) throw bad('its host is not a host name', example)
  const port = Number(/:(\d+)$/.exec(host)?.[1] ?? 1)
  if (port < 1 || port > 65_535) throw bad(`there is no port ${port}`, example)
  // Docker reads a first part without a dot or a port as a name on Docker Hub.
  if (!/[.:]/.test(host) && host !== 'localhost')
    throw bad(
      'its first part has neither a dot nor a port',
      `For Docker Hub: docker.io/${text}. For a host: ${host}:5000`,
    )
  const wrong = path.find((part) => !PART.test(part))
  if (wrong !== undefined) {
    const why = wrong.includes(':') ? 'it has a tag' : `"${shown(wrong)}" is no part of a path`
    throw bad(why, `Parts have small letters, digits and single . _ - between them, and no tag. ${example}`)
  }
  const name = [host, ...path].join('/')
  if (name.length > MOST_CHARACTERS) throw bad(`it is longer than ${MOST_CHARACTERS} characters`, example)
  return { host, name }
}

/** The repository of an image that Bakeoff builds: `registry.example:5000/team/bakeoff/target/go-net-http`. */
export function repositoryOf(place: RegistryPlace, name: string): string {
  return `${place.name}/${name}`
}

/** An image that is used as published, by repository and tag; an image that is named by digest exists only in its own registry. */
export interface AsItIsPlace {
  readonly repository: string
  readonly tag: string
}

/** The repository of an image that Dockerfiles or scenarios name and no folder here builds: `redis:7` in `…/bakeoff/as-is/redis`. Null when it is pinned by digest. */
export function asItIsPlaceOf(place: RegistryPlace, reference: string): AsItIsPlace | null {
  if (reference.includes('@')) return null
  const { name, tag } = nameAndTag(reference)
  return { repository: `${place.name}/bakeoff/as-is/${name.replace(/:(?=\d+\/)/, '-').toLowerCase()}`, tag }
}

/** `redis:7` → `redis` and `7`; without a tag it is `latest`. */
export function nameAndTag(reference: string): { readonly name: string; readonly tag: string } {
  const tag = /:([\w][\w.-]{0,127})$/.exec(reference)?.[1]
  return tag === undefined ? { name: reference, tag: 'latest' } : { name: reference.slice(0, -tag.length - 1), tag }
}

function shown(text: string): string {
  return text.replace(/[^/@]*@/, '***@').slice(0, 200)
}
