/** Turns a card into a PNG: the only importer of resvg, which draws an SVG without a browser and without a network. */
import { createRequire } from 'node:module'
import { CARD, PAINT } from './drawing.js'
import { FAMILY, FONT_FILES } from './font.js'

type Resvg = typeof import('@resvg/resvg-js')

/** undefined: not looked for yet; null: there is none for this machine */
let resvg: Resvg | null | undefined

/** It is a compiled program, and for some machines there is none: there a report has no card, and says so by naming none. */
function found(): Resvg | null {
  if (resvg !== undefined) return resvg
  try {
    resvg = createRequire(import.meta.url)('@resvg/resvg-js') as Resvg
  } catch {
    resvg = null
  }
  return resvg
}

/** The PNG of a card, 1200 × 630; null where no resvg runs on this machine. */
export function pngOf(svg: string): Uint8Array | null {
  const { Resvg } = found() ?? {}
  if (!Resvg) return null
  const font = { loadSystemFonts: false, fontFiles: [...FONT_FILES], defaultFontFamily: FAMILY }
  return new Resvg(svg, { font, background: PAINT.surface, fitTo: { mode: 'width', value: CARD.width } })
    .render()
    .asPng()
}
