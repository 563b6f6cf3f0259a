import { formatBytes, formatDurationMs } from '@bakeoff/model'

/** An image that a run needs, and what is known of it before it is built. */
export interface NeededImage {
  readonly name: string
  readonly isHere: boolean
  /** of a build from nothing; null: nobody knows */
  readonly buildSeconds: number | null
  /** on disk, beyond what it shares with the others; null: nobody knows */
  readonly bytes: number | null
}

/** What a run will take on a machine: before the first figure, and in all. */
export interface FirstRun {
  readonly images: number
  /** names of those that are to be built */
  readonly missing: readonly string[]
  readonly buildMs: number
  /** of the images, without what their builds leave beside them */
  readonly imageBytes: number
  /** with what their builds leave */
  readonly diskBytes: number
  readonly measuringMs: { readonly least: number; readonly most: number }
}

/** A guess for a target that nobody has built yet: a download of a toolchain's packages and a short compilation. */
const USUAL_BUILD_SECONDS = 60
const USUAL_BYTES = 150 * 1024 ** 2
/** Stages of builds with their toolchains stay on the engine: all shipped images take 6 GB, their engine twice as much and more. */
const DISK_PER_IMAGE_BYTE = 3

/**
 * Pure: builds go to whichever lane is free, the longest first, as the builder takes them.
 *
 * @param atOnce builds that run at once, at least 1
 */
export function firstRun(
  images: readonly NeededImage[],
  atOnce: number,
  measuringMs: FirstRun['measuringMs'],
): FirstRun {
  const missing = images.filter(({ isHere }) => !isHere)
  const imageBytes = missing.reduce((sum, { bytes }) => sum + (bytes ?? USUAL_BYTES), 0)
  return {
    images: images.length,
    missing: missing.map(({ name }) => name),
    buildMs:
      wallSeconds(
        missing.map(({ buildSeconds }) => buildSeconds ?? USUAL_BUILD_SECONDS),
        atOnce,
      ) * 1000,
    imageBytes,
    diskBytes: imageBytes * DISK_PER_IMAGE_BYTE,
    measuringMs,
  }
}

function wallSeconds(builds: readonly number[], atOnce: number): number {
  const lanes = new Array<number>(atOnce).fill(0)
  for (const seconds of [...builds].sort((a, b) => b - a)) {
    const free = lanes.indexOf(Math.min(...lanes))
    lanes[free] = (lanes[free] as number) + seconds
  }
  return Math.max(...lanes)
}

/** `about 14 min of building (31 images, 6.8 GiB), then 8 min to 20 min of measuring` */
export function firstRunWords({ images, missing, buildMs, imageBytes, measuringMs }: FirstRun): string {
  const measuring = spanWords(measuringMs)
  if (missing.length === 0)
    return `${images === 1 ? 'its image is' : `all ${images} images are`} here: about ${measuring} of measuring`
  const which = missing.length === images ? `${images}` : `${missing.length} of ${images}`
  return `about ${minutes(buildMs)} of building (${which} images, ${formatBytes(imageBytes)}), then ${measuring} of measuring`
}

function spanWords({ least, most }: FirstRun['measuringMs']): string {
  return minutes(least) === minutes(most) ? minutes(least) : `${minutes(least)} to ${minutes(most)}`
}

/** An estimate has no seconds. */
function minutes(ms: number): string {
  return formatDurationMs(Math.max(1, Math.round(ms / 60_000)) * 60_000)
}
