import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleProbe } from '../scripts/bundle-probe.mjs'
import { type EngineClient, ImageStore, labelsOf, type ProbeOptions, probeImage } from '../src/index.js'
import { thisOwner } from '../src/locks/owner.js'
import { root } from './engine.js'

/** The clock of a probe's container is ahead by as much, for all that its program asks. */
export const AHEAD_MS = 3_000

/** Lines of a Dockerfile that set the clocks of what runs in the image ahead. */
const AHEAD = `RUN apt-get update \\
 && apt-get install -y --no-install-recommends libfaketime \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \\
 && ln -s /usr/lib/*/faketime/libfaketime.so.1 /usr/lib/libfaketime.so.1
ENV LD_PRELOAD=/usr/lib/libfaketime.so.1 FAKETIME=+${AHEAD_MS / 1000}s
`

/** Builds the probe's image from the sources, so that what is tested is never an older build. @returns its id */
export function buildProbe(client: EngineClient): Promise<string> {
  return build(client, probeImage, '')
}

/** The name of the image of a probe whose clocks are ahead. */
export const probeAheadImage = `${probeImage}-ahead`

/** Builds it, too. @returns its id */
export function buildProbeAhead(client: EngineClient): Promise<string> {
  return build(client, probeAheadImage, AHEAD)
}

/** @param more lines at the end of its Dockerfile */
async function build(client: EngineClient, name: string, more: string): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'bakeoff-probe-'))
  try {
    const folder = join(temporary, 'image')
    await bundleProbe(folder)
    await appendFile(join(folder, 'Dockerfile'), more)
    const images = new ImageStore(client, { root, logFolder: join(temporary, 'logs') })
    const request = { name, folder, requires: [] }
    return (await images.ensureImage(request, AbortSignal.timeout(20 * 60_000))).id
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

export const aSession = () => `probe-test-${randomBytes(4).toString('hex')}`

export async function probeOptions(
  image: string,
  changes: Partial<ProbeOptions> & Pick<ProbeOptions, 'host'>,
): Promise<ProbeOptions> {
  const session = changes.session ?? aSession()
  const labels = labelsOf(await thisOwner(session))
  return { session, labels, image, say: (line) => console.log(line), ...changes }
}
