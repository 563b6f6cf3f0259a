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

/** A manifest that is there and says nothing, as a JSON file that ends in the middle. */
export interface Unreadable {
  /** from the repository, with `/` */
  readonly file: string
  readonly why: string
}

type Said = Omit<Manifest, 'language'>

interface Reader {
  readonly language: Language
  read(text: string): Said
}

/** What holds other projects together and is none itself. */
const NOTHING: Said = { name: null, libraries: [], start: null }

/** By file name; of a folder with several languages that of the first counts. package.json is last: it often is there for tools alone. */
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
    read: (text) =>
      // A workspace alone names dependencies of its members.
      /^\[package\]/m.test(text)
        ? {
            name: tomlName(text, '[package]'),
            libraries: all(text, /^([\w-]+)(?:\.workspace)?\s*=\s*(?:["']|\{|true)/gm, /^\[dependencies\.([\w-]+)\]/gm),
            start: null,
          }
        : NOTHING,
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
    read: (text) =>
      /<packaging>\s*pom\s*<\/packaging>/.test(text)
        ? NOTHING
        : {
            // A parent has an artifactId too, before the project's own.
            name: /<artifactId>([^<]+)</.exec(text.replace(/<parent>[\s\S]*?<\/parent>/, ''))?.[1] ?? null,
            libraries: all(text, /<artifactId>([^<]+)</g),
            start: null,
          },
  },
  'build.gradle': { language: 'java', read: gradle },
  'build.gradle.kts': { language: 'java', read: gradle },
  'pyproject.toml': {
    language: 'python',
    read: (text) => ({
      name: tomlName(text, '[project]') ?? tomlName(text, '[tool.poetry]'),
      // A list of requirements, or Poetry's table.
      libraries: all(
        text,
        /["']([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*(?:[<>=~!;@][^"'\n]*)?["']/g,
        /^([A-Za-z][\w.-]*)\s*=\s*["'{^]/gm,
      ),
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

/** What a manifest says; the reason as a text where it cannot be read. */
export function readManifest(file: string, text: string): Manifest | string {
  const reader = READERS[file]
  if (reader === undefined) return 'it is no manifest'
  try {
    return { language: reader.language, ...reader.read(text) }
  } catch (error) {
    return (error as Error).message
  }
}

function packageJson(text: string): Said {
  const json: unknown = JSON.parse(text)
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw new Error('it is no JSON object')
  const { name, dependencies, scripts, main } = json as Readonly<Record<string, unknown>>
  const start = textIn(scripts, 'start')
  return {
    name: typeof name === 'string' ? lastPart(name) : null,
    libraries: Object.keys(dependencies ?? {}).map((library) => library.toLowerCase()),
    start: start ?? (typeof main === 'string' ? `node ${main}` : null),
  }
}

function textIn(object: unknown, key: string): string | null {
  const value = object !== null && typeof object === 'object' ? (object as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : null
}

function gradle(text: string): Said {
  return { name: null, libraries: all(text, /["'][\w.-]+:([\w.-]+)(?::[^"']*)?["']/g), start: null }
}

/** The name in a table of TOML, such as `[package]`. */
function tomlName(text: string, table: string): string | null {
  const [, inside] = text.split(table, 2)
  return /^name\s*=\s*["']([^"']+)["']/m.exec(inside?.split(/^\[/m, 1)[0] ?? '')?.[1] ?? null
}

/** What the first group of the patterns finds, each once. */
function all(text: string, ...patterns: readonly RegExp[]): string[] {
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name.toLowerCase()))
  return [...new Set(found)]
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
