import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { rootCertificates } from 'node:tls'
import { aborted, BakeoffError } from '@bakeoff/model'

/** A requirement: something that a build needs from outside and that not every network gives. */
export interface Requirement {
  readonly name: string
  readonly title: string
  /** an address that answers 200 to a HEAD where builds can reach the thing */
  readonly url: string
  /** a mirror of it that builds may be given instead */
  readonly mirror?: {
    /** the build argument with its address */
    readonly argument: string
    /** what is asked for there */
    readonly path: string
  }
}

/** The requirements that targets can name under `requires`. A new one is one line here. */
export const requirements: readonly Requirement[] = [
  {
    name: 'hex',
    title: 'the hex package repository',
    url: 'https://repo.hex.pm/names',
    mirror: { argument: 'HEX_MIRROR', path: 'names' },
  },
  // Its releases come from another host, which is not asked: what lets one through lets the other, but for odd filters.
  { name: 'github', title: 'files of GitHub releases', url: 'https://github.com/' },
]

export interface ProbeOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** certificate authorities to trust besides the usual ones, as PEM */
  readonly certificates: readonly string[]
  /** addresses that builds are given, by the build argument's name */
  readonly mirrors?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number
}

/**
 * The requirement of this name.
 *
 * @throws BakeoffError BAD_SPEC when there is no such requirement
 */
export function requirementOf(name: string, known: readonly Requirement[] = requirements): Requirement {
  const found = known.find((requirement) => requirement.name === name)
  if (found) return found
  throw new BakeoffError('BAD_SPEC', `requires: "${name}" is not known`, {
    hint: `Known are: ${known.map((requirement) => requirement.name).join(', ')}.`,
  })
}

/**
 * The reason why a requirement cannot be met here, or null when it can. Asks as a build would, through the environment's
 * proxy where there is one.
 */
export async function whyUnreachable(requirement: Requirement, options: ProbeOptions): Promise<string | null> {
  const url = addressOf(requirement, options.mirrors ?? {})
  if (typeof url === 'string') return url
  const timeoutMs = options.timeoutMs ?? 3000
  const proxy = proxyFor(url, options.env)
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  try {
    const status = proxy === null ? await head(url, options, signal) : await connectThrough(proxy, url, signal)
    return status < 400 ? null : `${url.host} answers ${status}`
  } catch (error) {
    if (options.signal?.aborted) throw aborted(`while asking for ${requirement.title}`, error)
    if (deadline.aborted) return `${url.host} does not answer within ${timeoutMs / 1000} s`
    return `${url.host} is not reachable: ${(error as Error).message}`
  }
}

/** What is asked for: the mirror's, where builds are given one. A sentence where that is no address. */
function addressOf({ url, mirror }: Requirement, mirrors: Readonly<Record<string, string>>): URL | string {
  const given = mirror && mirrors[mirror.argument]
  if (!mirror || !given) return new URL(url)
  const address = `${given.replace(/\/+$/, '')}/${mirror.path}`
  return /^https?:\/\//.test(address) && URL.canParse(address)
    ? new URL(address)
    : `${mirror.argument} is ${JSON.stringify(given)}, which is no address of a mirror`
}

function head(url: URL, options: ProbeOptions, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'http:' ? httpRequest : httpsRequest
    const trusted = { ca: [...rootCertificates, ...options.certificates] }
    request(url, { method: 'HEAD', signal, agent: false, ...(url.protocol === 'http:' ? {} : trusted) }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

/** Asks a proxy for a tunnel. A proxy that opens it has reached the host; nothing is sent through it. */
function connectThrough(proxy: URL, url: URL, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const credentials = proxy.username
      ? `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
      : null
    const request = proxy.protocol === 'https:' ? httpsRequest : httpRequest
    request({
      host: proxy.hostname,
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: `${url.hostname}:${url.port || (url.protocol === 'http:' ? 80 : 443)}`,
      signal,
      agent: false,
      headers:
        credentials === null ? {} : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` },
    })
      .on('connect', (response, socket) => {
        socket.destroy()
        resolve(response.statusCode ?? 0)
      })
      .on('error', reject)
      .end()
  })
}

function proxyFor(url: URL, env: Readonly<Record<string, string | undefined>>): URL | null {
  const without = (env.NO_PROXY ?? env.no_proxy ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
  const host = url.hostname.toLowerCase()
  const direct = without.some((entry) => {
    const suffix = entry.toLowerCase().replace(/^\*?\./, '')
    return entry === '*' || host === suffix || host.endsWith(`.${suffix}`)
  })
  const address = env.HTTPS_PROXY || env.https_proxy || env.ALL_PROXY || env.all_proxy
  if (direct || !address) return null
  const full = address.includes('://') ? address : `http://${address}`
  return URL.canParse(full) && /^https?:/.test(full) ? new URL(full) : null
}
