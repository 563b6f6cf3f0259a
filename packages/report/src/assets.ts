import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generatedStyle } from './styles/generated-style.js'

/** The page's own script and styles as text, and their hashes as a content-security policy names them. */
export interface Assets {
  readonly script: string
  readonly style: string
  readonly scriptHash: string
  readonly styleHash: string
}

let loaded: Assets | null = null

/**
 * The assets from the bundle beside the compiled code. Run from the sources, they are bundled anew, so that tests see the
 * present sources.
 */
export function reportAssets(): Assets {
  if (loaded) return loaded
  const { script, style } = import.meta.url.endsWith('.ts') ? bundleNow() : readBundle()
  loaded = withHashes({ script, style: `${style}${generatedStyle()}` })
  return loaded
}

function readBundle(): { script: string; style: string } {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
  return { script: read('./page.js'), style: read('./page.css') }
}

function bundleNow(): { script: string; style: string } {
  const bundler = fileURLToPath(new URL('../scripts/bundle.mjs', import.meta.url))
  const text = execFileSync(process.execPath, [bundler, '--stdout'], { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })
  return JSON.parse(text) as { script: string; style: string }
}

function withHashes({ script, style }: { script: string; style: string }): Assets {
  return { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) }
}

/** The hash of a script or a style, as a content-security policy names it. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`
}
