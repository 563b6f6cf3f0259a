import { formatBytes, formatDurationMs } from '@bakeoff/model'

/** An image that a run needs, and what is known about it before it is built. */
export interface NeededImage {
  readonly name: string
  readonly isHere: boolean
  /** seconds of a build from nothing; null when unknown */
  readonly buildSeconds: number | null
  /** bytes on disk, beyond what it shares with the others; null when unknown */
  readonly bytes: number | null
}

/** The time and disk that a run will take on a machine: before the first figure, and in all. */
export interface FirstRun {
  readonly images: number
  /** names of the images to build */
  readonly missing: readonly string[]
  readonly buildMs: number
  /** bytes of the images, without what their builds leave beside them */
  readonly imageBytes: number
  /** bytes with what their builds leave */
  readonly diskBytes: number
  readonly measuringMs: { readonly least: number; readonly most: number }
}

/** A guess for a target that was never built: a download of a toolchain's packages and a short compilation. */
const USUAL_BUILD_SECONDS = 60
const USUAL_BYTES = 150 * 1024 ** 2
/** The factor for stages of builds with their toolchains, which stay on the engine: all shipped images take 6 GB, the engine's disk more than twice as much. */
const DISK_PER_IMAGE_BYTE = 3

/**
 * Estimates a first run. Builds go to whichever lane is free, the longest first, as the image store does it. Pure.
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

/** A duration in minutes, since an estimate is not exact to seconds. */
function minutes(ms: number): string {
  return formatDurationMs(Math.max(1, Math.round(ms / 60_000)) * 60_000)
}
