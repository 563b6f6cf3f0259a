/** The part of this machine's environment that a build gets. */
export interface BuildArgs {
  /** arguments for proxies, which Docker knows by itself and keeps out of the image's history; not part of the cache key */
  readonly proxies: Readonly<Record<string, string>>
  /** addresses of registries, by the argument's name; only for Dockerfiles that declare it */
  readonly registries: Readonly<Record<string, string>>
  /** sentences that say what was not passed, and why */
  readonly notes: readonly string[]
}

const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
const REGISTRY_NAMES = [
  'PIP_INDEX_URL',
  'NPM_CONFIG_REGISTRY',
  'GOPROXY',
  'GOSUMDB',
  'GONOSUMDB',
  'GOFLAGS',
  'MAVEN_MIRROR_URL',
  'HEX_MIRROR',
  'HEX_CDN',
  // For a mirror that does not sign its registry with hex's key, or calls it by another name.
  'HEX_UNSAFE_REGISTRY',
  'HEX_NO_VERIFY_REPO_ORIGIN',
  'XLA_ARCHIVE_URL',
]

/**
 * Picks the build arguments from an environment. Arguments other than proxies can be read in the image's history, so
 * an address with credentials is not passed at all: without the credentials the build would only fail later and less clearly.
 */
export function buildArgsFrom(env: Readonly<Record<string, string | undefined>>): BuildArgs {
  const proxies: Record<string, string> = {}
  const registries: Record<string, string> = {}
  const notes: string[] = []
  for (const name of PROXY_NAMES.flatMap((upper) => [upper, upper.toLowerCase()])) {
    const value = env[name]
    if (!value) continue
    proxies[name] = value
    if (!/^no_proxy$/i.test(name) && isLoopback(value)) {
      notes.push(`${name} is an address of this machine only: builds run in containers and will not reach it`)
    }
  }
  for (const name of REGISTRY_NAMES) {
    // npm passes its own settings to the programs it runs, under lower-case names.
    const value = env[name] ?? (name === 'NPM_CONFIG_REGISTRY' ? env.npm_config_registry : undefined)
    if (!value) continue
    if (hasCredentials(value)) {
      notes.push(
        `${name} holds credentials and is not passed to builds: they could be read in the image's history. Use an address without them`,
      )
    } else {
      registries[name] = value
    }
  }
  return { proxies, registries, notes }
}

/** `https://user:secret@host/…`, also inside a list such as GOPROXY's. */
function hasCredentials(value: string): boolean {
  return /:\/\/[^/?#\s,|]*@/.test(value)
}

function isLoopback(address: string): boolean {
  return /^(?:\w+:\/\/)?(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/i.test(address)
}
