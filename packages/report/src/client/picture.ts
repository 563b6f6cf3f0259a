/** The picture of a chart as a PNG, with its title and condition: it says what it shows wherever it is sent. */
import type { Drawn } from './charts/drawing.js'
import { Chart } from './charts/library.js'
import { widthOf } from './charts/measuring.js'
import type { Ink } from './ink.js'

export interface Picture {
  readonly ink: Ink
  /** of the chart, in CSS pixels */
  readonly width: number
  readonly title: string
  readonly condition: string
}

/** Pixels for each CSS pixel. */
const SCALE = 2
const MARGIN = 16
const TITLE = { size: 18, line: 24, weight: 600 }
const CONDITION = { size: 13, line: 20, weight: 400 }

export function pictureOf({ config, height }: Drawn, { ink, width, title, condition }: Picture): Promise<Blob | null> {
  const texts = [
    ...linesOf(title, width, fontOf(ink, TITLE)).map((text) => ({ text, ...TITLE, colour: ink.text })),
    ...linesOf(condition, width, fontOf(ink, CONDITION)).map((text) => ({ text, ...CONDITION, colour: ink.faint })),
  ]
  const above = texts.reduce((sum, { line }) => sum + line, MARGIN * 1.5)
  const sheet = canvasOf(width + 2 * MARGIN, above + height + MARGIN)
  const pen = sheet.getContext('2d')
  if (!pen) return Promise.resolve(null)
  pen.scale(SCALE, SCALE)
  pen.fillStyle = ink.surface
  pen.fillRect(0, 0, sheet.width, sheet.height)
  pen.textBaseline = 'top'
  let y = MARGIN
  for (const { text, line, colour, ...font } of texts) {
    pen.font = fontOf(ink, font)
    pen.fillStyle = colour
    pen.fillText(text, MARGIN, y)
    y += line
  }
  const chart = canvasOf(width, height)
  chart.width = width
  chart.height = height
  const drawn = new Chart(chart, {
    ...config,
    options: { ...config.options, responsive: false, devicePixelRatio: SCALE },
  })
  pen.drawImage(chart, MARGIN, above, width, height)
  drawn.destroy()
  return new Promise((resolve) => sheet.toBlob(resolve, 'image/png'))
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(width * SCALE)
  canvas.height = Math.ceil(height * SCALE)
  return canvas
}

function fontOf({ font }: Ink, { weight, size }: { weight: number; size: number }): string {
  return `${weight} ${size}px ${font}`
}

/** A text on lines of at most so many CSS pixels. */
function linesOf(text: string, width: number, font: string): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const longer = [lines.at(-1), word].filter(Boolean).join(' ')
    if (lines.length > 0 && widthOf(longer, font) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
