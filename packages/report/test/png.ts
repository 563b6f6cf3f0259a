/** Reads a PNG of 8 bits a channel without interlacing, as resvg writes it: what a test asks of a picture. */
import { inflateSync } from 'node:zlib'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** red, green and blue of a pixel, as `#rrggbb` */
  readonly at: (x: number, y: number) => string
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 }

export function readPng(file: Uint8Array): Pixels {
  const bytes = Buffer.from(file)
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('not a PNG')
  const parts: Buffer[] = []
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  const size = CHANNELS[bytes[25] ?? -1]
  if (bytes[24] !== 8 || size === undefined || bytes[28] !== 0) throw new Error('a PNG of another kind')
  const pixels = unfiltered(inflateSync(Buffer.concat(parts)), width * size, height, size)
  return {
    width,
    height,
    at: (x, y) => `#${pixels.subarray((y * width + x) * size, (y * width + x) * size + 3).toString('hex')}`,
  }
}

/** The lines of a PNG are told by how they differ from what lies left of and above them. */
function unfiltered(lines: Buffer, stride: number, height: number, size: number): Buffer {
  const pixels = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)] as number
    for (let x = 0; x < stride; x++) {
      const here = y * stride + x
      const left = x < size ? 0 : (pixels[here - size] as number)
      const above = y === 0 ? 0 : (pixels[here - stride] as number)
      const corner = x < size || y === 0 ? 0 : (pixels[here - stride - size] as number)
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] as number
      pixels[here] = (lines[y * (stride + 1) + 1 + x] as number) + guess
    }
  }
  return pixels
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value)) as [number, number, number]
  return a <= b && a <= c ? left : b <= c ? above : corner
}
