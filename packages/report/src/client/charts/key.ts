/** A key over a plot, for lines that all end at one place, where names would stand in a heap. */
import type { Plugin } from 'chart.js'
import type { Subject } from '../../shared/subjects.js'
import { colourOf, type Scene } from './drawing.js'
import { type LineNames, nameFont, namesOnOneLine } from './labels.js'
import { widthOf } from './measuring.js'

/** CSS pixels: a row; the piece of line before a name, with its gap; between a name and the next. */
const ROW = 18
const DASH = 20
const BETWEEN = 14

/** @param subjects in the order in which their lines are met from left to right */
export function keyAbove(scene: Scene, subjects: readonly Subject[]): LineNames {
  const font = nameFont(scene)
  const texts = namesOnOneLine(subjects)
  let [row, left] = [0, 0]
  const names = subjects.map((subject, index) => {
    const text = texts[index] as string
    const width = DASH + widthOf(text, font)
    if (left > 0 && left + width > scene.width) [row, left] = [row + 1, 0]
    const place = { text, colour: colourOf(scene, subject), left, middle: (row + 0.5) * ROW }
    left += width + BETWEEN
    return place
  })
  const plugin: Plugin = {
    id: 'key',
    afterDatasetsDraw: ({ ctx }) => {
      ctx.save()
      ctx.font = font
      ctx.textAlign = 'left'
      ctx.textBaseline = 'middle'
      ctx.lineWidth = 2
      for (const { text, colour, left, middle } of names) {
        ctx.strokeStyle = colour
        ctx.beginPath()
        ctx.moveTo(left, middle)
        ctx.lineTo(left + DASH - 6, middle)
        ctx.stroke()
        ctx.fillStyle = colour
        ctx.fillText(text, left + DASH, middle, scene.width - left - DASH)
      }
      ctx.restore()
    },
  }
  return { room: { top: (row + 1) * ROW }, plugin }
}
