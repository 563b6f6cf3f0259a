import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { toBase91 } from './shared/base91.js'
import { generatedStyle } from './styles/generated-style.js'

/** The page's own script and styles as text, and their hashes as a content-security policy names them. */
export interface Assets {
  readonly script: string
  /** what the script runs later, packed: gzipped and written as text */
  readonly later: string
  readonly style: string
  readonly scriptHash: string
  /** of the later script as it runs */
  readonly laterHash: string
  readonly styleHash: string
}

let loaded: Assets | null = null

/**
 * The assets from the bundle beside the compiled code. Run from the sources, they are bundled anew, so that tests see the
 * present sources.
 */
export function reportAssets(): Assets {
  if (loaded) return loaded
  const bundle = import.meta.url.endsWith('.ts') ? bundleNow() : readBundle()
  loaded = withHashes({ ...bundle, style: `${bundle.style}${generatedStyle()}` })
  return loaded
}

interface Bundle {
  readonly script: string
  readonly later: string
  readonly style: string
}

function readBundle(): Bundle {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
  return { script: read('./page.js'), later: read('./later.js'), style: read('./page.css') }
}

function bundleNow(): Bundle {
  const bundler = fileURLToPath(new URL('../scripts/bundle.mjs', import.meta.url))
  const text = execFileSync(process.execPath, [bundler, '--stdout'], { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })
  return JSON.parse(text) as Bundle
}

function withHashes({ script, later, style }: Bundle): Assets {
  const hashes = { scriptHash: hashOf(script), laterHash: hashOf(later), styleHash: hashOf(style) }
  return { script, later: toBase91(gzipSync(later, { level: 9 })), style, ...hashes }
}

/** The hash of a script or a style, as a content-security policy names it. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`
}
