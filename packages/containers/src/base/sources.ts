/** The places from which a machine gets Debian, as its apt sources say. */
export interface DebianMirrors {
  readonly main: string
  /** null: the sources name none */
  readonly security: string | null
}

/**
 * Reads Debian's mirrors out of apt's sources, in both formats. Null when they name none: another distribution's, or
 * only media and local folders.
 *
 * @param files names and texts of /etc/apt/sources.list and the files in sources.list.d
 */
export function debianMirrors(
  files: readonly { readonly name: string; readonly text: string }[],
): DebianMirrors | null {
  const entries = files
    .flatMap(({ name, text }) => (name.endsWith('.sources') ? stanzas(text) : oneLiners(text)))
    .filter(({ uri }) => /^https?:\/\//.test(uri))
    .map((entry) => ({ ...entry, uri: entry.uri.replace(/\/+$/, '') }))
  // Debian calls its suites by these names; Ubuntu's and third parties' have others.
  const main = entries.find(({ suite, components }) => DEBIAN_SUITE.test(suite) && components.includes('main'))
  if (!main) return null
  const security = entries.find(({ suite }) => SECURITY_SUITE.test(suite))
  return { main: main.uri, security: security?.uri ?? null }
}

interface SourceEntry {
  readonly uri: string
  readonly suite: string
  readonly components: readonly string[]
}

const DEBIAN_SUITE = /^(?:buster|bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable)$/
const SECURITY_SUITE = /^(?:buster|bullseye|bookworm|trixie|forky|oldstable|stable|testing)(?:-security|\/updates)$/

/** `deb [options] uri suite component…` */
function oneLiners(text: string): SourceEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
    return match ? [{ uri: match[1] as string, suite: match[2] as string, components: words(match[3] as string) }] : []
  })
}

/** deb822: stanzas of `Field: values`, continued on lines that begin with a space. */
function stanzas(text: string): SourceEntry[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const fields = new Map(
        stanza
          .replace(/\n[ \t]+/g, ' ')
          .split('\n')
          .map(
            (line) =>
              [
                line
                  .slice(0, Math.max(0, line.indexOf(':')))
                  .trim()
                  .toLowerCase(),
                line.slice(line.indexOf(':') + 1),
              ] as const,
          ),
      )
      const valuesOf = (field: string): string[] => words(fields.get(field) ?? '')
      if (!valuesOf('types').includes('deb') || /^\s*(?:no|false|off|0)\s*$/i.test(fields.get('enabled') ?? ''))
        return []
      return valuesOf('uris').flatMap((uri) =>
        valuesOf('suites').map((suite) => ({ uri, suite, components: valuesOf('components') })),
      )
    })
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
