import { isPort } from '../recorded/compose-ports.js'

/** What the sources of a service tell in passing. All of it is a guess, and files that are made of it say so. */

/** Texts of files, by their paths in the folder of the service. */
export type Sources = ReadonlyMap<string, string>

/** What tells that a service is served by what its language brings along, by language, and what that is called in a stack. */
const STANDARD: Readonly<Record<string, { readonly sign: RegExp; readonly name: string }>> = {
  go: { sign: /\bhttp\.(?:ListenAndServe|Serve|Server)\b/, name: 'net/http' },
  node: { sign: /\bcreateServer\(|\bBun\.serve\(|\bDeno\.serve\(/, name: 'node:http' },
  java: { sign: /\bcom\.sun\.net\.httpserver\b/, name: 'JDK HttpServer' },
  python: { sign: /\b(?:HTTPServer|ThreadingHTTPServer)\(/, name: 'http.server' },
}

/** Servers of the language itself that the sources use. */
export function standardServersIn(language: string, sources: Sources): string[] {
  const standard = Object.hasOwn(STANDARD, language) ? STANDARD[language] : undefined
  return standard && [...sources.values()].some((text) => standard.sign.test(text)) ? [standard.name] : []
}

/** Paths that services answer while they are well, the usual ones first. */
const HEALTH_PATHS = ['/healthz', '/health', '/readyz', '/ready', '/livez', '/live', '/ping', '/status']

/** A path in the sources that looks like a health check; null: there is none. */
export function healthPathIn(sources: Sources): string | null {
  const texts = [...sources.values()]
  // "/healthz" by itself, and "GET /healthz" as Go's own routes have it.
  return (
    HEALTH_PATHS.find((path) => texts.some((text) => new RegExp(`["'\`](?:GET )?${path}["'\`]`).test(text))) ?? null
  )
}

/** A service that asks its environment for PORT, in any of the languages. */
const READS_PORT = /\benv\.PORT\b|["'`]PORT["'`]|\$\{?PORT\b/

/** Calls and settings of servers that have the port in them. A client of a database has one too, so a mere `port: 6379` is none. */
const PORTS = [
  /\blisten\(\s*(?:\{\s*port:\s*)?(\d{2,5})\b/,
  /\bPORT\s*(?::\s*\w+\s*)?=\s*(\d{2,5})\b/,
  /\bListenAndServe\(\s*"[^":]*:(\d{2,5})"/,
  /\bAddr:\s*"[^":]*:(\d{2,5})"/,
  /\.run\([^)]*\bport\s*=\s*(\d{2,5})\b/,
  /\bserver\.port\s*=\s*(\d{2,5})\b/,
  /^server:\s*\n\s+port:\s*(\d{2,5})\b/m,
  /\bInetSocketAddress\(\s*(?:"[^"]*",\s*)?(\d{2,5})\b/,
  /["'](?:0\.0\.0\.0|\[::\]):(\d{2,5})["']/,
  /\[0, ?0, ?0, ?0\], ?(\d{2,5})\b/,
  /\b(?:Bandit|Plug\.Cowboy)\b.*\bport:\s*(\d{2,5})\b/,
  /--port[= ](\d{2,5})\b/,
]

/** The port that is written into the sources; null where they read PORT, or say none. */
export function writtenPortIn(sources: Sources): number | null {
  const texts = [...sources.values()]
  if (texts.some((text) => READS_PORT.test(text))) return null
  for (const pattern of PORTS) {
    const port = texts.map((text) => Number(pattern.exec(text)?.[1])).find(isPort)
    if (port !== undefined) return port
  }
  return null
}

/** The application of a Python service as servers take it: `main:app` of `app = FastAPI()` in main.py; null: none is found. */
export function pythonApplicationIn(sources: Sources): string | null {
  for (const [path, text] of sources) {
    if (!/^[\w/]+\.py$/.test(path)) continue
    const name = /^(\w+)(?::\s*\w+)?\s*=\s*(?:\w+\.)?(?:FastAPI|Starlette|Litestar|Flask|Quart|Sanic)\(/m.exec(
      text,
    )?.[1]
    if (name !== undefined) return `${path.slice(0, -'.py'.length).replaceAll('/', '.')}:${name}`
    if (path.endsWith('wsgi.py') && /\bget_wsgi_application\(/.test(text))
      return `${path.slice(0, -'.py'.length).replaceAll('/', '.')}:application`
  }
  return null
}
