/** What the manifests of a service's folder say: its language, its name and the libraries that it serves with. */

export type Language = 'python' | 'go' | 'rust' | 'node' | 'elixir' | 'java'

/** What one manifest says. */
export interface Manifest {
  readonly language: Language
  /** as the manifest names it; null: it does not */
  readonly name: string | null
  /** names of the libraries that it depends on, lower case */
  readonly libraries: readonly string[]
  /** how it is started, where the manifest says; null: it does not */
  readonly start: string | null
}

interface Reader {
  readonly language: Language
  read(text: string): Omit<Manifest, 'language'>
}

/** By file name; of a folder with several the first counts. */
const READERS: Readonly<Record<string, Reader>> = {
  'go.mod': {
    language: 'go',
    read: (text) => ({
      name: lastPart(/^module\s+(\S+)/m.exec(text)?.[1]),
      libraries: all(text, /^\s*(?:require\s+)?([\w.-]+\.[a-z]+\/\S+)\s+v\d/gm),
      start: null,
    }),
  },
  'Cargo.toml': {
    language: 'rust',
    read: (text) => ({
      name: /^name\s*=\s*"([^"]+)"/m.exec(text)?.[1] ?? null,
      libraries: all(text, /^([\w-]+)(?:\.workspace)?\s*=\s*(?:"|\{|true)/gm),
      start: null,
    }),
  },
  'mix.exs': {
    language: 'elixir',
    read: (text) => ({
      name: /\bapp:\s*:(\w+)/.exec(text)?.[1] ?? null,
      libraries: all(text, /\{:(\w+),/g),
      start: null,
    }),
  },
  'pom.xml': {
    language: 'java',
    read: (text) => ({
      // A parent has an artifactId too, before the project's own.
      name: /<artifactId>([^<]+)</.exec(text.replace(/<parent>[\s\S]*?<\/parent>/, ''))?.[1] ?? null,
      libraries: all(text, /<artifactId>([^<]+)</g),
      start: null,
    }),
  },
  'build.gradle': { language: 'java', read: gradle },
  'build.gradle.kts': { language: 'java', read: gradle },
  'pyproject.toml': {
    language: 'python',
    read: (text) => ({
      name: /^name\s*=\s*"([^"]+)"/m.exec(text)?.[1] ?? null,
      libraries: all(text, /^\s*"?([A-Za-z][\w.-]*)"?(?:\[[^\]]*\])?\s*(?:[=<>~!]=?|")/gm),
      start: null,
    }),
  },
  'requirements.txt': {
    language: 'python',
    read: (text) => ({ name: null, libraries: all(text, /^([A-Za-z][\w.-]*)/gm), start: null }),
  },
  'package.json': { language: 'node', read: packageJson },
}

/** The files that say what a folder holds, those that say most first. */
export const MANIFESTS: readonly string[] = Object.keys(READERS)

/** What a manifest says; null where it cannot be read as one. */
export function readManifest(file: string, text: string): Manifest | null {
  const reader = READERS[file]
  if (reader === undefined) return null
  try {
    return { language: reader.language, ...reader.read(text) }
  } catch {
    return null
  }
}

function packageJson(text: string): Omit<Manifest, 'language'> {
  const { name, dependencies, scripts, main } = JSON.parse(text) as {
    readonly name?: string
    readonly dependencies?: Readonly<Record<string, string>>
    readonly scripts?: Readonly<Record<string, string>>
    readonly main?: string
  }
  return {
    name: lastPart(name),
    libraries: Object.keys(dependencies ?? {}).map((library) => library.toLowerCase()),
    start: scripts?.start ?? (main === undefined ? null : `node ${main}`),
  }
}

function gradle(text: string): Omit<Manifest, 'language'> {
  return { name: null, libraries: all(text, /["'][\w.-]+:([\w.-]+)(?::[^"']*)?["']/g), start: null }
}

function all(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => (name as string).toLowerCase()))]
}

/** `orders` of `@shop/orders` and of `example.com/shop/orders`; the major version of a Go module is no name. */
function lastPart(name: string | undefined): string | null {
  return (
    name
      ?.replace(/\/v\d+$/, '')
      .split('/')
      .at(-1) || null
  )
}
