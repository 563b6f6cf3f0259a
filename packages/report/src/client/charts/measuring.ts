/** The width of a text in CSS pixels. */
export function widthOf(text: string, font: string): number {
  pen ??= document.createElement('canvas').getContext('2d')
  if (!pen) return text.length * 7
  pen.font = font
  return pen.measureText(text).width
}

let pen: CanvasRenderingContext2D | null = null
